import { describe, expect, it } from 'vitest';
import { RefusedAnswer, TransientError } from '../src/core/errors.ts';
import type { FetchedPage, LeasedRequest } from '../src/core/fetching.ts';
import type { ParseResult } from '../src/core/parse-result.ts';
import type { Source } from '../src/core/source.ts';
import { runSpider, type SpiderRun, type Visit } from './run-spider.ts';

const page = (url: string): FetchedPage => ({
  url,
  finalUrl: url,
  request: { method: 'GET', headers: {}, body: null },
  httpVersion: '1.1',
  status: 200,
  statusText: 'OK',
  headers: { 'content-type': 'text/plain' },
  rawHeaders: [['Content-Type', 'text/plain']],
  rawBody: Buffer.from(url),
  contentEncoding: null,
  body: Buffer.from(url),
  bodyFault: null,
  redirects: [],
  remoteAddress: null,
  durationMs: 1,
  fetchedAt: new Date('2026-01-01T00:00:00Z'),
});

const source = {
  facts: { name: 'mixesdb' },
  parse: ({ url }): ParseResult => {
    if (url?.endsWith('/3')) throw new Error('parser fault');
    return { source: 'mixesdb', items: [], requests: [], problems: [] };
  },
  needsBrowser: ({ kind }) => kind === 'rendered',
} as Source;

const request = (id: number, kind = 'page'): LeasedRequest => ({
  id,
  token: 1,
  etag: null,
  lastModified: null,
  window: null,
  url: `https://a.example/${id}`,
  kind,
  depth: 0,
  attempts: 0,
});

function runOver(requests: LeasedRequest[], said: Partial<SpiderRun> = {}) {
  const log: string[] = [];
  const visits: Visit[] = [];
  const failures: { id: number; message: string }[] = [];
  const waiting = [...requests];
  const run = runSpider({
    source,
    concurrency: 4,
    lease: async (count) => waiting.splice(0, count),
    settled: async () => undefined,
    fetch: async ({ url }) => page(url),
    render: async ({ url }) => ({ ...page(url), status: 299 }),
    archive: async ({ url }) => {
      log.push(`archive ${url}`);
    },
    onVisit: async (visit) => {
      log.push(`visit ${visit.request.url}`);
      visits.push(visit);
    },
    onFailure: async ({ id }, error) => {
      failures.push({ id, message: error.message });
    },
    signal: new AbortController().signal,
    ...said,
  });
  return run.then(() => ({ log, visits, failures, waiting }));
}

describe('the crawl harness', () => {
  it('visits every leased request once and ends when nothing is due', async () => {
    const { visits } = await runOver([1, 2, 4, 5, 6, 7].map((id) => request(id)));
    expect(visits.map((visit) => visit.request.id).sort()).toEqual([1, 2, 4, 5, 6, 7]);
  });

  it('reads a page while the archive writes it, and hands it on only when that is done', async () => {
    const order: string[] = [];
    await runOver([request(1)], {
      source: {
        ...source,
        parse: () => {
          order.push('read');
          return { source: 'mixesdb', items: [], requests: [], problems: [] };
        },
      },
      archive: async () => {
        order.push('write');
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push('written');
      },
      onVisit: async () => {
        order.push('handed on');
      },
    });
    expect(order).toEqual(['write', 'read', 'written', 'handed on']);
  });

  it('archives a page before it is handed on', async () => {
    const { log } = await runOver([request(1)]);
    expect(log).toEqual(['archive https://a.example/1', 'visit https://a.example/1']);
  });

  it('archives a page that cannot be decoded, and hands it on unread', async () => {
    const bodyFault = { code: 'BAD_ENCODING', message: 'no gzip' };
    const { log, visits } = await runOver([request(3)], { fetch: async ({ url }) => ({ ...page(url), bodyFault }) });
    expect(log).toEqual(['archive https://a.example/3', 'visit https://a.example/3']);
    expect(visits[0]?.result).toMatchObject({ items: [], problems: [{ code: 'bad-encoding', message: 'no gzip' }] });
  });

  it('hands a failing page on as a failure, and goes on with the others', async () => {
    const { visits, failures } = await runOver([request(1), request(3), request(4)], {
      fetch: async ({ id, url }) => {
        if (id === 3) throw new Error('no answer');
        return page(url);
      },
    });
    expect(failures).toEqual([{ id: 3, message: 'no answer' }]);
    expect(visits).toHaveLength(2);
  });

  it('archives an answer that is no page before it fails, and reads nothing in it', async () => {
    const refused = { ...page('https://a.example/1'), status: 503 };
    const order: unknown[] = [];
    await runOver([request(1)], {
      source: { ...source, parse: () => Promise.reject(order.push('read')) as never },
      fetch: () => Promise.reject(new RefusedAnswer(refused, new TransientError('away'))),
      archive: async ({ status }) => {
        order.push(`archive ${status}`);
      },
      onFailure: async ({ id }, error, answer) => {
        order.push([id, error.constructor, answer]);
      },
    });
    expect(order).toEqual(['archive 503', [1, TransientError, refused]]);
  });

  it('hands on a page that its parser throws at, with what was thrown as its problem', async () => {
    const { visits, failures } = await runOver([request(3)]);
    expect(failures).toEqual([]);
    expect(visits[0]?.result).toMatchObject({
      items: [],
      problems: [{ code: 'parser-fault', message: 'parser fault' }],
    });
  });

  it.each(['archive', 'onVisit'] as const)(
    'ends with the fault of our own that %s throws, and blames no page',
    async (what) => {
      const failures: unknown[] = [];
      const ending = runOver([request(1), request(2)], {
        [what]: () => Promise.reject(new Error('disk full')),
        onFailure: async (failed) => {
          failures.push(failed);
        },
      });
      await expect(ending).rejects.toThrow('disk full');
      expect(failures).toEqual([]);
    },
  );

  it('renders only what its source says needs a browser', async () => {
    const { visits } = await runOver([request(1), request(2, 'rendered')]);
    expect(visits.map((visit) => [visit.request.id, visit.page.status]).sort()).toEqual([
      [1, 200],
      [2, 299],
    ]);
  });

  it('looks once more after everything was stored: pages may have led to new ones', async () => {
    let settledTimes = 0;
    const late = [request(9)];
    const { visits } = await runOver([request(1)], {
      settled: async () => {
        settledTimes += 1;
      },
      lease: async () => (settledTimes === 0 ? (visited.splice(0) as LeasedRequest[]) : late.splice(0)),
    });
    expect(visits.map((visit) => visit.request.id)).toEqual([1, 9]);
  });
  const visited = [request(1)];

  it('takes nothing new after a stop', async () => {
    const stop = new AbortController();
    const { visits, waiting } = await runOver(
      Array.from({ length: 40 }, (_, id) => request(id + 10)),
      {
        signal: stop.signal,
        fetch: async ({ url }) => {
          stop.abort();
          return page(url);
        },
      },
    );
    expect(visits.length).toBeLessThanOrEqual(8);
    expect(waiting.length).toBeGreaterThan(0);
  });

  it('throws the fault of the frontier itself', async () => {
    const failing = runOver([], { lease: () => Promise.reject(new Error('no database')) });
    await expect(failing).rejects.toThrow('no database');
  });
});
