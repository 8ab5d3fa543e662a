/** `musicdb sandbox serve` as an operator runs it: in a terminal of its own, crawled from another. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCli, runCli, startCli } from '../testing/cli.ts';

let folder: string;
let serving: RunningCli | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'musicdb-sandbox-'));
});
afterEach(async () => {
  serving?.child.kill('SIGTERM');
  await serving?.ended;
  serving = null;
  await rm(folder, { recursive: true });
});

describe('musicdb sandbox serve', () => {
  it('serves the hosts it names until SIGTERM, and its env is one that MusicDB takes', async () => {
    const said = await serve(['--seed', '7', '--sets', '12']);
    expect(await get(said.hosts, 'www.mixesdb.com', '/robots.txt')).toMatchObject({ status: 200 });
    const config = await runCli(['config', '--json'], { env: said.env });
    expect(config).toMatchObject({ status: 0, stdout: expect.stringContaining(said.hosts['www.mixesdb.com'] ?? '?') });
    serving?.child.kill('SIGTERM');
    expect(await serving?.ended).toMatchObject({ status: 0 });
  });

  it('writes what is true, and each request with its fault', async () => {
    const [truth, log] = [join(folder, 'truth.jsonl'), join(folder, 'requests.jsonl')];
    const said = await serve(['--sets', '12', '--truth', truth, '--log', log, '--faults', await plan()]);
    await get(said.hosts, 'www.1001tracklists.com', '/');
    serving?.child.kill('SIGTERM');
    await serving?.ended;
    expect(await lines(log)).toMatchObject([
      { source: '1001tracklists', url: 'https://www.1001tracklists.com/', status: 503, fault: 'unavailable' },
    ]);
    const types = new Set((await lines(truth)).map(({ type }) => type));
    expect([...types]).toEqual([
      'world',
      'artist',
      'label',
      'track',
      'venue',
      'set',
      'concert',
      'shownSet',
      'shownTrack',
    ]);
  });

  it.each([
    [['fly'], 'unknown action "fly"'],
    [['serve', '--sets', '3'], '--sets "3" is not usable'],
    [['serve', '--faults', '/no/such/plan'], '/no/such/plan cannot be read'],
    [['serve', '--truth', '/no/such/folder/truth'], '/no/such/folder/truth cannot be written'],
  ])('%j is refused as usage', async (args, message) => {
    const { status, stdout } = await runCli(['sandbox', ...args, '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', message: expect.stringContaining(message) } });
  });
});

interface Said {
  readonly hosts: Record<string, string>;
  readonly env: Record<string, string>;
}

async function serve(args: string[]): Promise<Said> {
  const child = startCli(['sandbox', 'serve', ...args, '--json']);
  serving = child;
  while (!child.stdout().includes('\n')) {
    if (child.child.exitCode !== null) throw new Error(child.stderr());
    await sleep(50);
  }
  return JSON.parse(child.stdout()) as Said;
}

async function plan(): Promise<string> {
  const file = join(folder, 'plan.json');
  await writeFile(file, JSON.stringify([{ kind: 'unavailable', seconds: 1 }]));
  return file;
}

function get(hosts: Said['hosts'], host: string, path: string): Promise<Response> {
  return fetch(`${hosts[host]}${path}`);
}

async function lines(file: string): Promise<Record<string, unknown>[]> {
  return (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
