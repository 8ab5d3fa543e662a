/** Real answers held against what /openapi.json promises of them, and lists read to their end. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Item, row, setlist, track } from '../core/items.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { openTestApp, putIntoCatalogue, type TestApp } from '../testing/test-app.ts';

let services: TestServices;
let served: TestApp;
/** Takes a body and says whether it is as the schema of `path` says. */
let judge: FastifyInstance;

beforeAll(async () => {
  services = await openTestServices();
  served = await openTestApp(services);
  await putIntoCatalogue(served.test, CATALOGUE);
  judge = await judgeOf(await get('/openapi.json'));
});
afterAll(async () => {
  await judge.close();
  await served.release();
  await services.release();
});

const SETS = 25;
const SOURCES = ['mixesdb', 'setlistfm'] as const;
/** Many sets of one day, some of unknown date; titles and artists that differ by a mark only. */
const CATALOGUE: Item[] = [
  ...Array.from({ length: SETS }, (_, n) =>
    setlist(SOURCES[n % 2] ?? 'mixesdb', `set-${n}`, {
      title: `Night ${n % 3}`,
      artists: ['Âme', `Guest ${n}`],
      date: n < 20 ? '2024-05-01' : null,
      datePrecision: n < 20 ? 'day' : null,
      venue: 'The Hall',
      city: 'Berlin',
      url: `https://example.org/${n}`,
      tracks: [
        row(1, { artist: 'Bicep', title: `Glue ${n}`, version: n % 2 === 0 ? 'Dub' : null, cueSeconds: n * 60 }),
        row(2, { isId: true, idKind: 'full' }),
      ],
    }),
  ),
  track('applemusic', '1', {
    title: 'Glue 1',
    artist: 'Bicep',
    artists: ['Bicep'],
    isrc: 'GBCFB1700001',
    url: 'https://example.org/t',
  }),
];

async function get(url: string) {
  const answer = await served.app.inject(url);
  expect(answer.statusCode, `${url}: ${answer.body.slice(0, 200)}`).toBe(200);
  return answer.json();
}

async function judgeOf(document: {
  paths: Record<string, { get: { responses: Record<string, { content: Record<string, { schema: object }> }> } }>;
}) {
  const app = Fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } } });
  for (const [path, { get: operation }] of Object.entries(document.paths)) {
    const schema = operation.responses['200']?.content['application/json']?.schema ?? expect.fail(`no schema: ${path}`);
    app.post(path.replaceAll(/\{(\w+)\}/g, '_$1'), { schema: { body: schema } }, async () => 'as promised');
  }
  await app.ready();
  return app;
}

describe('an answer is as /openapi.json promises', () => {
  it.each(['/health', '/api/v1/tracks', '/api/v1/artists', '/api/v1/setlists'])('%s', async (path) => {
    const answer = await get(path);
    expect((await judge.inject({ method: 'POST', url: path, payload: answer })).body).toBe('as promised');
  });

  it.each(['tracks', 'artists', 'setlists', 'mentions'])('a search in %s', async (index) => {
    const answer = await get(`/api/v1/search?q=glue&index=${index}`);
    expect((await judge.inject({ method: 'POST', url: '/api/v1/search', payload: answer })).body).toBe('as promised');
  });

  it.each(['tracks', 'artists', 'setlists'])('each of %s', async (kind) => {
    const { data } = await get(`/api/v1/${kind}?limit=100`);
    expect(data.length).toBeGreaterThan(SETS - 1);
    for (const { id } of data) {
      const payload = await get(`/api/v1/${kind}/${id}`);
      expect((await judge.inject({ method: 'POST', url: `/api/v1/${kind}/_id`, payload })).body).toBe('as promised');
    }
  });

  it('and the judge would notice: a number where a text is promised is refused', async () => {
    const { data, page } = await get('/api/v1/tracks?limit=1');
    const payload = { data: [{ ...data[0], title: 1 }], page };
    expect((await judge.inject({ method: 'POST', url: '/api/v1/tracks', payload })).statusCode).toBe(400);
  });
});

describe('lists', () => {
  async function readAll(first: string, between?: (page: number) => Promise<unknown>): Promise<string[]> {
    const ids: string[] = [];
    let next: string | null = first;
    for (let page = 0; next !== null; page++) {
      const answer: { data: { id: string }[]; page: { next: string | null } } = await get(next);
      ids.push(...answer.data.map(({ id }) => id));
      next = answer.page.next;
      await between?.(page);
      expect(page, 'the list ends').toBeLessThan(100);
    }
    return ids;
  }

  it.each(['setlists', 'tracks', 'artists'])(
    '%s of equal sort keys come once each, whatever the size of the page',
    async (kind) => {
      const whole = await readAll(`/api/v1/${kind}?limit=100`);
      expect(whole.length).toBeGreaterThan(SETS - 1);
      expect(new Set(whole).size).toBe(whole.length);
      for (const limit of [1, 3, 7]) expect(await readAll(`/api/v1/${kind}?limit=${limit}`)).toEqual(whole);
    },
  );

  it('a filter holds from page to page', async () => {
    const ids = await readAll('/api/v1/setlists?source=setlistfm&artist=ame&from=2024-01-01&limit=4');
    expect(ids.length).toBe(10);
  });

  it('what comes in while somebody reads on neither repeats nor hides a row', async () => {
    const before = await readAll('/api/v1/setlists?limit=100');
    const late = (page: number): Promise<void> =>
      putIntoCatalogue(served.test, [
        setlist('mixesdb', `late-${page}`, { title: 'Late', date: '2025-06-01', datePrecision: 'day' }),
      ]);
    const during = await readAll('/api/v1/setlists?limit=10', late);
    expect(during).toEqual(before);
  });

  it('a search is read to its end by following next', async () => {
    const ids = await readAll('/api/v1/search?q=glue&index=tracks&limit=4');
    expect(ids.length).toBe(SETS);
    expect(new Set(ids).size).toBe(SETS);
  });
});
