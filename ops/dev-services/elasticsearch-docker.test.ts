import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { dockerRuns, removeLeftoverContainer, startContainer } from './elasticsearch-docker.ts';
import { freePort } from './ports.ts';

const dir = mkdtempSync(join(tmpdir(), 'musicdb-docker-'));
afterAll(() => rmSync(dir, { recursive: true }));

const folder = openDataFolder(join(dir, 'data'));
const calls = join(dir, 'calls');
const env = { PATH: `${dir}:${process.env.PATH}` };

/** No engine is needed to see what it would be asked: this one writes it down. */
function fakeDocker(answer: string): void {
  writeFileSync(calls, '');
  writeFileSync(join(dir, 'docker'), `#!/bin/sh\necho "$@" >> ${calls}\n${answer}\n`);
  chmodSync(join(dir, 'docker'), 0o755);
}

describe('Elasticsearch in Docker', () => {
  it('is published on loopback only, is found again by its folder, and is removed by id', async () => {
    fakeDocker('echo c0ffee');
    const port = await freePort(0);
    const container = createServer((_, response) => response.end('{}')).listen(port, '127.0.0.1');
    const server = await startContainer(folder, port, env);
    await server.stop();
    container.close();
    expect(server.url).toBe(`http://127.0.0.1:${port}`);
    const [started, ...ended] = readFileSync(calls, 'utf8').trim().split('\n');
    expect(started).toContain(`run --detach --label musicdb.data=${folder.root} --publish 127.0.0.1:${port}:9200`);
    expect(ended).toEqual(['stop --time 30 c0ffee', 'rm --force c0ffee']);
  });

  it('that cannot be run says why', async () => {
    fakeDocker('echo "no such image" >&2; exit 125');
    await expect(startContainer(folder, 9_201, env)).rejects.toThrow(
      /Docker could not run .*elasticsearch:.*no such image/s,
    );
  });

  it('left over from a killed start is removed', async () => {
    fakeDocker('[ "$1" = ps ] && echo c0ffee || true');
    const log: string[] = [];
    await removeLeftoverContainer(folder, (line) => log.push(line), env);
    expect(log).toEqual(['Removed the Elasticsearch container c0ffee, left over from a start that was killed.']);
  });

  it('is no way at all where no engine answers', async () => {
    fakeDocker('exit 1');
    expect(await dockerRuns(env)).toBe(false);
    await removeLeftoverContainer(folder, () => expect.unreachable(), env);
  });
});
