import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = readFileSync(`${ROOT}ops/docker/Dockerfile`, 'utf8');
const ignored = readFileSync(`${ROOT}ops/docker/Dockerfile.dockerignore`, 'utf8').split('\n');
const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  dependencies: Record<string, string>;
};

describe('the image', () => {
  it('has the Node that the package brings to old machines', () => {
    const bases = [...dockerfile.matchAll(/^FROM (node:\S+)/gm)].map(([, image]) => image);
    expect(bases).toEqual(bases.map(() => `node:${dependencies.node}-trixie-slim`));
  });

  it('does not run as root, in no variant', () => {
    for (const stage of dockerfile.split(/^FROM /m).filter((text) => text.includes('USER')))
      expect([...stage.matchAll(/^USER (\S+)/gm)].at(-1)?.[1]).toBe('1000:1000');
  });

  it('starts, and asks after, files that are there and not ignored', () => {
    for (const file of ['src/cli/bin.js', 'ops/docker/healthcheck.ts']) {
      expect(dockerfile).toContain(`"${file}"`);
      expect(existsSync(ROOT + file)).toBe(true);
      expect(ignored.filter((line) => line !== '' && file.startsWith(line))).toEqual([]);
    }
  });

  it('leaves history, secrets, tests and fixtures outside', () => {
    expect(ignored).toEqual(expect.arrayContaining(['.*', '**/.*', 'node_modules', '**/*.test.ts', '**/fixtures']));
  });
});

describe('make-secrets.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'musicdb-secrets-'));
  const run = () => execFileSync('sh', [`${ROOT}ops/docker/make-secrets.sh`, folder], { encoding: 'utf8' });
  const contents = () =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes every secret of the compose file, in a folder for its owner only', () => {
    run();
    const compose = readFileSync(`${ROOT}docker-compose.yml`, 'utf8');
    const wanted = [...compose.matchAll(/\.data\/secrets\}\/(\w+)/g)].map(([, name]) => name);
    expect(readdirSync(folder).sort()).toEqual(wanted.sort());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('makes what the configuration accepts', () => {
    const config = readConfig({
      DATABASE_URL_FILE: join(folder, 'database_url'),
      MUSICDB_API_TOKEN_FILE: join(folder, 'api_token'),
    });
    expect(config.databaseUrl).toContain(contents().postgres_password);
    expect(config.apiToken).toMatch(/^[0-9a-f]{48}$/);
  });

  it('never overwrites one', () => {
    const before = contents();
    expect(run()).toMatch(/^(kept {2}.+\n){4}$/);
    expect(contents()).toEqual(before);
  });
});
