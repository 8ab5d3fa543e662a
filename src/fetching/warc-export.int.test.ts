/** Export, judged by another tool: Python's warcio checks every digest and reads back what was written. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../core/exchange.ts';
import { openWarcFile, readWarc } from '../platform/warc-reader.ts';
import { fieldOf, hasDigest, readHttp, type WarcRecord } from '../platform/warc-record.ts';
import { openWarcWriter } from '../platform/warc-writer.ts';
import { type FailedFetch, recordFailedFetch } from '../repositories/fetches.ts';
import { landPages } from '../repositories/landing.ts';
import type { LandingPage } from '../repositories/landing-page.ts';
import { openTestContext, type TestContext } from '../testing/job-context.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { prepareWarcio } from '../testing/warcio.ts';
import { type Exported, exportWarc } from './warc-export.ts';

const warcio = prepareWarcio();
const API = 'https://api.setlist.fm/rest/1.0';
const NOW = new Date('2026-11-20T12:00:00.250Z');
const PACKED = gzipSync('{"type":"setlists","setlist":[]}');

let services: TestServices;
let test: TestContext;
let folder: string;
let exported: Exported;
let records: WarcRecord[];

beforeAll(async () => {
  services = await openTestServices();
  test = await openTestContext(services);
  folder = await mkdtemp(join(tmpdir(), 'musicdb-warc-'));
  await land({ url: `${API}/artist/a/setlists`, body: PACKED, exchange: exchange({ redirects: [REDIRECT] }) });
  await land({ url: `${API}/artist/b/setlists`, body: PACKED, exchange: exchange({}) });
  await land({ url: `${API}/artist/a/setlists`, status: 304, body: Buffer.alloc(0), exchange: exchange({}) });
  await land({ url: `${API}/search?q=ä b`, status: 404, body: Buffer.alloc(0), exchange: exchange({ headers: [] }) });
  await land({ via: 'import', url: null, status: null, body: Buffer.from('1. A - B'), exchange: null });
  await land({ source: 'reddit', url: 'https://www.reddit.com/x', body: Buffer.from('{}'), exchange: exchange({}) });
  const failed: FailedFetch = {
    source: 'setlistfm',
    via: 'live',
    url: API,
    kind: 'x',
    verdict: 'source-outage',
    problem: 'away',
    runId: null,
    fetchedAt: NOW,
  };
  await recordFailedFetch(test.ctx.db, failed);
  exported = await exportTo('all.warc.gz');
  records = await read('all.warc.gz');
});
afterAll(async () => {
  await test.release();
  await services.release();
  await rm(folder, { recursive: true });
});

describe.skipIf(warcio.missing !== null)(`an export, for warcio (${warcio.missing ?? 'installed'})`, () => {
  it('has digests that all hold', () => {
    const { status, stdout } = spawnSync(
      join(warcio.python ?? '', '..', 'warcio'),
      ['check', '-v', at('all.warc.gz')],
      {
        encoding: 'utf8',
      },
    );
    expect(stdout).not.toMatch(/fail|problem|exception/i);
    expect(stdout.match(/digest pass/g)).toHaveLength(records.length - (exported.records.revisit ?? 0));
    expect(status).toBe(0);
  });

  it('fails its check when one byte differs', async () => {
    const bytes = Buffer.from((await readPlain('all.warc.gz')).replace('"setlist":[]', '"setlist":{}'), 'latin1');
    const plain = Buffer.from((await readPlain('all.warc.gz')).replace('1. A - B', '1. A - C'), 'latin1');
    expect(bytes.byteLength).toBe(plain.byteLength);
    await writeFile(at('changed.warc'), plain);
    expect(spawnSync(join(warcio.python ?? '', '..', 'warcio'), ['check', at('changed.warc')]).status).toBe(1);
  });

  it('gives back bodies, decoded by what their headers say', () => {
    expect(readByWarcio('all.warc.gz').filter(({ type }) => type === 'response')).toMatchObject([
      { uri: `${API}/artist/a/setlists`, status: '200', text: '{"type":"setlists","setlist":[]}', twice: ['b', 'a'] },
      { uri: `${API}/search?q=%C3%A4%20b`, status: '404', text: '' },
      { uri: 'https://www.reddit.com/x', text: '{}' },
    ]);
  });
});

describe('an export', () => {
  it('begins with what it is, and has each fetch once with all that belongs to it', () => {
    expect(exported).toEqual({
      records: { warcinfo: 1, response: 3, request: 5, metadata: 6, revisit: 2, resource: 1 },
      fetches: 7,
      withoutAnswer: 1,
      erased: 0,
      problems: [],
    });
    expect(typeOf(records[0])).toBe('warcinfo');
    expect(records.map((record) => hasDigest(record.block, field(record, 'WARC-Block-Digest')))).not.toContain(false);
  });

  it('keeps headers as received, without the transfer coding that the body has no more', () => {
    const http = readHttp(ofType('response')[0]?.block as Buffer);
    expect(http?.startLine).toBe('HTTP/1.1 200 OK');
    expect(http?.headers.map(([name]) => name)).toEqual(['X-Twice', 'Content-Encoding', 'X-Twice']);
    expect(http?.payload).toEqual(PACKED);
  });

  it('links each request to its answer, and shows no credentials', () => {
    const [request] = ofType('request');
    expect(field(request, 'WARC-Concurrent-To')).toBe(field(ofType('response')[0], 'WARC-Record-ID'));
    expect(request?.block.toString()).toBe(
      'GET /rest/1.0/artist/a/setlists HTTP/1.1\r\nhost: api.setlist.fm\r\nx-api-key: [redacted]\r\n\r\n',
    );
  });

  it('writes bytes that it has already as a revisit of the first', () => {
    const [response] = ofType('response');
    const [same, unchanged] = ofType('revisit');
    expect(field(same, 'WARC-Profile')).toMatch(/identical-payload-digest$/);
    expect(field(same, 'WARC-Refers-To')).toBe(field(response, 'WARC-Record-ID'));
    expect(field(unchanged, 'WARC-Profile')).toMatch(/server-not-modified$/);
    expect(field(unchanged, 'WARC-Refers-To-Target-URI')).toBe(`${API}/artist/a/setlists`);
  });

  it('says of a fetch where it came from, on which way, and in which run', () => {
    expect(ofType('metadata')[0]?.block.toString()).toBe(
      [
        ...['source: setlistfm', 'via: live', 'kind: setlists', 'outcome: ok', 'fetchTimeMs: 12'],
        'redirect: 301 https://api.setlist.fm/old /rest/1.0/artist/a/setlists 192.0.2.7\r\n',
      ].join('\r\n'),
    );
  });

  it('has an imported page as a resource, under its digest where it has no address', () => {
    const [page] = ofType('resource');
    expect(field(page, 'WARC-Target-URI')).toMatch(/^urn:sha256:[0-9a-f]{64}$/);
    expect(field(page, 'MusicDB-Source')).toBe('setlistfm');
    expect(page?.block.toString()).toBe('1. A - B');
  });

  it('is of one source and of a time where that is asked', async () => {
    expect((await exportTo('reddit.warc.gz', { source: 'reddit' })).fetches).toBe(1);
    expect((await exportTo('later.warc.gz', { since: new Date(NOW.getTime() + 1) })).fetches).toBe(0);
  });

  it('tells of documents that are lost', async () => {
    const away = { ...test.ctx.archive, get: () => Promise.reject(new Error('the disk is away')) };
    const writer = await openWarcWriter(at('lost.warc.gz'));
    const result = await exportWarc({ ...test.ctx, archive: away }, options(writer));
    await writer.finish();
    expect(result.problems[0]).toEqual({ code: 'UNREADABLE', message: 'the disk is away' });
    expect(result.records).toEqual({ warcinfo: 1 });
  });

  it('that is stopped leaves nothing behind', async () => {
    const writer = await openWarcWriter(at('stopped.warc.gz'));
    const stopped = exportWarc(test.ctx, { ...options(writer), signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'STOPPED' });
    await writer.abandon();
    expect((await readdir(folder)).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });

  it('says of an answer whose connection or time ended that it is not whole', async () => {
    const bodyFault = { code: 'TRUNCATED', message: 'took longer than 30000 ms' };
    const about = { source: 'mixesdb', url: 'https://www.mixesdb.com/w/A', body: Buffer.from('half') } as const;
    await land({ ...about, judgement: { verdict: 'source-outage', reason: null }, exchange: exchange({ bodyFault }) });
    await exportTo('cut.warc.gz', { source: 'mixesdb' });
    const response = (await read('cut.warc.gz')).find((record) => typeOf(record) === 'response');
    expect(field(response, 'WARC-Truncated')).toBe('unspecified');
  });
});

const REDIRECT = {
  url: 'https://api.setlist.fm/old',
  status: 301,
  location: '/rest/1.0/artist/a/setlists',
  remoteAddress: '192.0.2.7',
};

function exchange(said: Partial<Exchange>): Exchange {
  return {
    request: { method: 'GET', headers: { 'x-api-key': '[redacted]' }, body: null },
    httpVersion: '1.1',
    statusText: 'OK',
    headers: [
      ['X-Twice', 'b'],
      ['Transfer-Encoding', 'chunked'],
      ['Content-Encoding', 'gzip'],
      ['X-Twice', 'a'],
    ],
    redirects: [],
    bodyFault: null,
    ...said,
  };
}

async function land({ body, ...said }: Partial<LandingPage> & { body: Buffer }): Promise<void> {
  const storeAgain = () => test.ctx.archive.put(body);
  const document = { ...(await storeAgain()), contentEncoding: null, storeAgain };
  const asked = said.exchange?.redirects[0]?.url ?? said.url ?? null;
  const page: LandingPage = {
    source: 'setlistfm',
    via: 'live',
    finalUrl: said.url ?? null,
    kind: 'setlists',
    status: 200,
    contentType: null,
    exchange: null,
    remoteAddress: '192.0.2.8',
    durationMs: 12,
    fetchedAt: NOW,
    runId: null,
    items: [],
    judgement: { verdict: 'ok', reason: null },
    measures: null,
    problems: [],
    requests: [],
    lease: null,
    document,
    ...said,
    url: asked,
  };
  await test.ctx.db.transaction((tx) => landPages(tx, [page], () => true, NOW));
}

async function exportTo(name: string, said: Partial<Parameters<typeof exportWarc>[1]> = {}): Promise<Exported> {
  const writer = await openWarcWriter(at(name));
  const result = await exportWarc(test.ctx, { ...options(writer), ...said });
  await writer.finish();
  return result;
}

function options(writer: Awaited<ReturnType<typeof openWarcWriter>>): Parameters<typeof exportWarc>[1] {
  return { writer, source: null, since: null, signal: test.ctx.signal, onProgress: () => undefined };
}

const at = (name: string) => join(folder, name);

async function read(name: string): Promise<WarcRecord[]> {
  const bytes = await openWarcFile(at(name));
  const found: WarcRecord[] = [];
  for await (const entry of readWarc(bytes)) if (entry.record !== null) found.push(entry.record);
  await bytes.release();
  return found;
}

async function readPlain(name: string): Promise<string> {
  return execFileSync('gzip', ['-dc', at(name)], { encoding: 'latin1' });
}

function readByWarcio(name: string): Record<string, unknown>[] {
  const program = `
import json, sys
from warcio.archiveiterator import ArchiveIterator
for record in ArchiveIterator(open(sys.argv[1], 'rb')):
    http = record.http_headers
    print(json.dumps({'type': record.rec_type, 'uri': record.rec_headers.get_header('WARC-Target-URI'),
        'status': http.get_statuscode() if http and record.rec_type == 'response' else None,
        'twice': [v for k, v in http.headers if k == 'X-Twice'] if http else None,
        'text': record.content_stream().read().decode()}))
`;
  const lines = execFileSync(warcio.python ?? '', ['-c', program, at(name)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function typeOf(record: WarcRecord | undefined): string {
  return field(record, 'WARC-Type');
}

function ofType(type: string): WarcRecord[] {
  return records.filter((record) => typeOf(record) === type);
}

function field(record: WarcRecord | undefined, name: string): string {
  return fieldOf(record?.fields ?? [], name) ?? '';
}
