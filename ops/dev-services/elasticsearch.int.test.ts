import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { openDataFolder, pidFileOf } from './data-folder.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { dockerRuns } from './elasticsearch-docker.ts';
import { findElasticsearchHome } from './elasticsearch-home.ts';
import { serverUser } from './os-user.ts';
import { readIdentity } from './process.ts';
import { isRunning } from './process-identity.ts';

const dir = mkdtempSync(join(tmpdir(), 'musicdb-elasticsearch-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('Elasticsearch of a data folder', () => {
  const { elasticsearchUrl, elasticsearchMissing } = inject('servers');

  it('answers on loopback, holds documents, and leaves no process', async ({ skip }) => {
    if (elasticsearchUrl === null) skip(`no Elasticsearch: ${elasticsearchMissing}`);
    const server = await startElasticsearch({ dataDir: dir, preferredPort: 0, log: () => undefined });
    const identity = readIdentity(pidFileOf(openDataFolder(dir), 'elasticsearch'));
    try {
      const headers = { 'content-type': 'application/json' };
      await fetch(`${server.url}/kept/_doc/1?refresh=true`, { method: 'PUT', headers, body: '{"title": "Apricots"}' });
      expect(await (await fetch(`${server.url}/kept/_source/1`)).json()).toEqual({ title: 'Apricots' });
    } finally {
      await server.stop();
    }
    expect(identity !== null && isRunning(identity)).toBe(false);
  });

  it('is fetched once per machine: the second look finds the folder, named by version and checksum', async ({
    skip,
  }) => {
    if (elasticsearchUrl === null || (await dockerRuns())) skip('Elasticsearch was not unpacked on this machine');
    const home = await findElasticsearchHome({ user: serverUser('elasticsearch') });
    expect(home).toMatch(/\/elasticsearch-9\.\d+\.\d+-[0-9a-f]{12}$/);
  });
});
