/** A seventh source from the template, in a copy of the project: one folder, one line, two pages, and all that follows from them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['src', 'spiders', 'pipelines', 'jobs', 'ops', 'prisma', 'package.json', 'tsconfig.json', '.biome.json'];
const SET = (id: string, title: string) =>
  `<html><head><link rel="canonical" href="https://www.lampmixes.example/sets/${id}"></head><body><h1>${title}</h1>
   <time datetime="2026-05-01">1 May</time><ol><li>Ada Lamp - Harbour (Dub Mix)</li><li>Quill - Night Bus</li></ol></body></html>\n`;

let copy: string;
let made: { registryLine: string; files: string[] };

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'musicdb-copy-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  made = JSON.parse(
    musicdb('source', 'new', 'lampmixes', '--host', 'www.lampmixes.example', '--title', "Lamp's Mixes", '--json'),
  );
  const registry = join(copy, 'spiders', 'registry.ts');
  const text = readFileSync(registry, 'utf8');
  writeFileSync(registry, text.replace(/(const LOADERS[^\n]*\{\n)/, `$1${made.registryLine}\n`));
  writeFileSync(join(copy, 'spiders/lampmixes/fixtures/one.html'), SET('one', 'One Night'));
  writeFileSync(join(copy, 'spiders/lampmixes/fixtures/two.html'), SET('two', 'Another Night'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('a seventh source', () => {
  it('is listed, with its facts and what it needs to run live', () => {
    const listed = JSON.parse(musicdb('list', '--json')) as { name: string }[] | { sources: { name: string }[] };
    const names = (Array.isArray(listed) ? listed : listed.sources).map(({ name }) => name);
    expect(names).toContain('lampmixes');
    expect(JSON.parse(musicdb('source', 'show', 'lampmixes', '--json'))).toMatchObject({
      title: "Lamp's Mixes",
      hosts: ['www.lampmixes.example'],
      live: { allowed: false },
    });
  });

  it('has its own expected files written first, which fails, and is then held to them and to every other rule', () => {
    const first = contractTests();
    expect(first.status).not.toBe(0);
    expect(first.stdout + first.stderr).toMatch(/wrote one\.html\.expected\.json/);
    expect(existsSync(join(copy, 'spiders/lampmixes/fixtures/two.html.expected.json'))).toBe(true);
    const second = contractTests();
    expect(second.stdout + second.stderr).not.toMatch(/FAIL/);
    expect(second.status).toBe(0);
  });

  it('has a queue, a schedule, and an address of each page, without another line', () => {
    const script = `
      const { CRAWL_QUEUE_NAMES } = await import('./jobs/queues.ts');
      const { defaultSchedules } = await import('./jobs/orchestrate.ts');
      const { createRegistry } = await import('./jobs/registry.ts');
      console.log(JSON.stringify([CRAWL_QUEUE_NAMES.includes('crawl-lampmixes'), createRegistry().has('crawl-lampmixes'),
        (await defaultSchedules()).some(({ id }) => id === 'seed-lampmixes')]));`;
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: copy, encoding: 'utf8' });
    expect(JSON.parse(told)).toEqual([true, true, true]);
  });

  it('reads a saved page into the catalogue', () => {
    const data = mkdtempSync(join(tmpdir(), 'musicdb-seventh-'));
    try {
      const page = join(copy, 'spiders/lampmixes/fixtures/one.html');
      const imported = JSON.parse(musicdb('import', 'lampmixes', page, '--data', data, '--json'));
      expect(imported).toMatchObject({ items: { setlist: 1 }, catalogue: { setlists: 1, tracks: 2 } });
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  it('that exists, or has no name, is not made', () => {
    const again = spawnSync(process.execPath, ['src/cli/bin.js', 'source', 'new', 'lampmixes', '--json'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect([again.status, JSON.parse(again.stdout)]).toMatchObject([2, { error: { code: 'USAGE' } }]);
    const odd = spawnSync(process.execPath, ['src/cli/bin.js', 'source', 'new', '../up'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect([odd.status, odd.stderr]).toEqual([2, expect.stringMatching(/"\.\.\/up" cannot be the name of a source/)]);
  });
});

function musicdb(...args: string[]): string {
  return execFileSync(process.execPath, ['src/cli/bin.js', ...args], {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function contractTests() {
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const config = 'ops/testing/vitest.config.ts';
  const args = [vitest, 'run', '--config', config, '--project', 'unit', '-t', 'lampmixes', 'spiders/contract'];
  const env = { ...process.env };
  // Of the run around it: they would make this one its part.
  for (const name of Object.keys(env)) if (/^VITEST/.test(name)) delete env[name];
  return spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', env });
}
