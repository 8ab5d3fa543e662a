/** The whole server on real Postgres and Redis, asked as clients ask it. */
import { createHash } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAllSources } from '../../spiders/registry.ts';
import type { Database } from '../platform/database.ts';
import { createLogger } from '../platform/logger.ts';
import { openQueue } from '../platform/queues.ts';
import { openRedis, type RedisConnection } from '../platform/redis.ts';
import { readArtist, readSetlist, readTrack } from '../repositories/catalogue-entries.ts';
import { openPostgresSearch } from '../search/postgres.ts';
import { openTestServices } from '../testing/services.ts';
import { type AppOptions, makeApp } from './app.ts';

const TOKEN = 'correct-horse-battery';
const DIGEST = 'ab'.repeat(32);
const PAGE = 'text/html,application/xhtml+xml';
const id = (n: number): string => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const [BICEP, FOUR_TET, APRICOTS, GLUE, SET, OLD_SET, MERGED] = [1, 2, 11, 12, 21, 22, 99].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

const services = await openTestServices();
const clock = { now: () => new Date('2026-11-20T12:00:00Z') };
let redis: RedisConnection;
let queue: Queue;
let options: AppOptions;
const apps: FastifyInstance[] = [];

async function start(changes: Partial<AppOptions> = {}): Promise<FastifyInstance> {
  const app = await makeApp({ ...options, ...changes });
  apps.push(app);
  return app;
}

beforeAll(async () => {
  await seed(services.db);
  redis = openRedis(services.redisUrl);
  queue = openQueue('transform', { url: services.redisUrl } as never, services.queuePrefix);
  const search = openPostgresSearch(services.db);
  const body = { title: 'Apricots', artist: 'Bicep' };
  await search.index('tracks', [{ id: APRICOTS, version: 1, texts: ['Apricots', 'Bicep'], body }]);
  const sources = (await loadAllSources()).map(({ facts }) => facts);
  const log = createLogger('silent');
  options = {
    db: services.db,
    search,
    redis,
    queues: [queue],
    sources,
    access: {},
    archive: { get: () => Promise.reject(new Error('no document is asked for here')) },
    log,
    clock,
    host: '127.0.0.1',
    openReading: false,
    token: TOKEN,
    version: '1.2.3',
  };
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await queue.close();
  await redis.release();
  await services.release();
});

describe('with a token', () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await start();
  });
  const get = (url: string, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) =>
    app.inject({ url, headers });
  const data = async (url: string) => (await get(url)).json().data;

  it('health is open to all and asks every service', async () => {
    const answer = await get('/health', {});
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ok', postgres: 'ok', redis: 'ok', search: 'ok' });
  });

  it('what was asked for without a token, or with a wrong one, is refused as a problem', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic abc' },
      { cookie: 'musicdb_session=e30.x' },
    ]) {
      const answer = await get('/api/v1/tracks', headers as Record<string, string>);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['www-authenticate']).toContain('Bearer');
      expect(answer.json()).toMatchObject({ type: 'urn:musicdb:problem:unauthorised', status: 401 });
    }
  });

  it('a token of the table has its rights and no more; expired and revoked ones have none', async () => {
    const status = async (token: string, url: string) =>
      (await get(url, { authorization: `Bearer ${token}` })).statusCode;
    expect(await status('reader-token', '/api/v1/tracks')).toBe(200);
    expect(await status('reader-token', '/admin/queues')).toBe(403);
    expect(await status('admin-token', '/admin/queues')).toBe(200);
    expect(await status('admin-token', '/api/v1/tracks')).toBe(403);
    expect(await status('expired-token', '/api/v1/tracks')).toBe(401);
    expect(await status('revoked-token', '/api/v1/tracks')).toBe(401);
  });

  it('the API answers everything that the queries read: no field is lost on the way', async () => {
    const { db } = services;
    expect(await data(`/api/v1/tracks/${APRICOTS}`)).toEqual(plain(await readTrack(db, APRICOTS)));
    expect(await data(`/api/v1/artists/${BICEP}`)).toEqual(plain(await readArtist(db, BICEP)));
    const { attribution, ...set } = await data(`/api/v1/setlists/${SET}`);
    expect(set).toEqual(plain(await readSetlist(db, SET)));
    expect(attribution).toMatchObject({ url: 'https://example.org/set/21', text: expect.any(String) });
  });

  it('a track says who made it, where it was played and which page said so', async () => {
    expect(await data(`/api/v1/tracks/${APRICOTS}`)).toMatchObject({
      isrcs: [{ isrc: 'GBCFB2000399', source: 'applemusic' }],
      artists: [
        { id: BICEP, name: 'Bicep', role: 'primary' },
        { id: FOUR_TET, name: 'Four Tet', role: 'remixer' },
      ],
      playCount: 2,
      plays: [
        { setlistId: SET, date: '2024-05-01', position: 1, cueSeconds: 0, url: 'https://example.org/set/21' },
        { setlistId: OLD_SET, date: '2019' },
      ],
      claims: [
        {
          source: 'mixesdb',
          documentDigest: DIGEST,
          position: 1,
          url: 'https://example.org/set/21',
          observedAt: '2026-11-20T10:00:00.000Z',
        },
      ],
    });
  });

  it('a set lists all its rows in order; what a page does not say is null, not 0', async () => {
    const { tracks } = await data(`/api/v1/setlists/${SET}`);
    expect(tracks.map((row: { position: number }) => row.position)).toEqual([1, 2, 3]);
    expect(tracks[1]).toMatchObject({ cueSeconds: null, isId: true, trackId: null, parts: [] });
  });

  it('a merged id leads to what it was merged into, over several steps', async () => {
    const answer = (await get(`/api/v1/tracks/${MERGED}`)).json();
    expect(answer).toMatchObject({ redirectedFrom: MERGED, data: { id: APRICOTS } });
    expect((await get(`/tracks/${MERGED}`)).headers.location).toBe(`/tracks/${APRICOTS}`);
  });

  it.each([
    ['artists', [BICEP, FOUR_TET]],
    ['tracks', [APRICOTS, GLUE]],
    ['setlists', [SET, OLD_SET, id(23)]],
  ])('pages of %s follow one another without gap or overlap, and end', async (name, expected) => {
    const found: string[] = [];
    let next: string | null = `/api/v1/${name}?limit=1`;
    for (let n = 0; next !== null && n < 10; n++) {
      const answer: { data: { id: string }[]; page: { limit: number; next: string | null } } = (await get(next)).json();
      expect(answer.page.limit).toBe(1);
      found.push(...answer.data.map((row) => row.id));
      next = answer.page.next;
    }
    expect(found).toEqual(expected);
  });

  it.each([
    ['tracks?artist=four%20tet', [APRICOTS]],
    [`tracks?artist=${BICEP}`, [APRICOTS, GLUE]],
    ['tracks?q=GLU', [GLUE]],
    ['tracks?q=four', [APRICOTS]],
    ['tracks?q=%25', []],
    ['tracks?source=mixesdb', [APRICOTS]],
    ['tracks?from=2026-11-20', [GLUE]],
    ['artists?q=bic', [BICEP]],
    ['artists?to=2020-01-01', []],
    ['setlists?artist=BICEP', [SET]],
    ['setlists?from=2024-01-01&to=2024-12-31', [SET]],
    ['setlists?to=2030-01-01', [SET, OLD_SET]],
    ['setlists?source=reddit', []],
    ['setlists?q=warehouse', [SET]],
  ])('filter: %s', async (query, expected) => {
    const rows: { id: string }[] = await data(`/api/v1/${query}`);
    expect(rows.map((row) => row.id)).toEqual(expected);
  });

  it.each([
    ['tracks?limit=0', '"limit" must be >= 1, given 0'],
    ['tracks?limit=101', '"limit" must be <= 100'],
    ['tracks?from=yesterday', '"from" must match format "date", given "yesterday"'],
    ['tracks?from=2024-02-01&to=2024-01-01', 'after "to"'],
    ['tracks?nonsense=1', 'there is no parameter "nonsense"'],
    ['tracks?cursor=xyz', 'take it from "page.next"'],
    ['setlists?source=nowhere', '1001tracklists, mixesdb'],
    ['tracks/abc', '"id" must match pattern'],
    ['search', 'parameter "q" is missing'],
    ['search?q=', 'expected a word to look for'],
    ['search?q=a&index=cats', 'tracks, artists, setlists, mentions'],
    ['tracks?q=a%00b', 'A value cannot be used'],
    [`setlists?cursor=${Buffer.from(JSON.stringify(['no day', SET])).toString('base64url')}`, 'A value cannot be used'],
  ])('a wrong parameter is named with what was expected: %s', async (query, words) => {
    const answer = await get(`/api/v1/${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(words);
  });

  it('what is not there is 404, as a problem for programs and as a page for people', async () => {
    expect((await get(`/api/v1/tracks/${id(404)}`)).json()).toMatchObject({
      status: 404,
      type: 'urn:musicdb:problem:not-found',
    });
    expect((await get('/api/v1/nope')).json().status).toBe(404);
    const page = await get('/nope', { accept: PAGE });
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  });

  it('search answers hits with their bodies, total and next page', async () => {
    const answer = (await get('/api/v1/search?q=apricotz&index=tracks&limit=5')).json();
    expect(answer).toMatchObject({
      data: [{ id: APRICOTS, body: { title: 'Apricots' } }],
      page: { limit: 5, offset: 0, total: 1, next: null },
    });
  });

  it('a fault says nothing of our insides', async () => {
    const broken = {
      ...services.db,
      transaction: () => Promise.reject(new Error('password=hunter2 at /srv/app.ts')),
    } as Database;
    const answer = await (await start({ db: broken })).inject({
      url: '/api/v1/tracks',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/hunter2|\.ts|at /);
  });

  it('an unreachable database is 503 with a time to come back', async () => {
    const lost = {
      ...services.db,
      transaction: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
    } as Database;
    const answer = await (await start({ db: lost })).inject({
      url: '/api/v1/tracks',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
  });

  it('health is 503 and names what is down', async () => {
    const db = { ...services.db, query: () => Promise.reject(new Error('gone')) } as unknown as Database;
    const answer = await (await start({ db })).inject('/health');
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { status: 'down', postgres: 'down', redis: 'ok', search: 'ok' },
    ]);
  });

  it('/openapi.json describes exactly the routes that are served', async () => {
    const document = (await get('/openapi.json', {})).json();
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    const paths = Object.keys(document.paths).sort();
    expect(paths).toEqual(
      [
        '/health',
        ...['artists', 'search', 'setlists', 'tracks', 'artists/{id}', 'setlists/{id}', 'tracks/{id}'].map(
          (path) => `/api/v1/${path}`,
        ),
      ].sort(),
    );
    for (const path of paths)
      expect(app.hasRoute({ method: 'GET', url: path.replaceAll(/\{(\w+)\}/g, ':$1') })).toBe(true);
    for (const path of paths.filter((one) => one.startsWith('/api/'))) {
      expect((await get(path.replace('{id}', SET), {})).statusCode).toBe(401);
      expect(document.paths[path].get.responses['200'].content['application/json'].schema.required).toContain('data');
    }
  });

  it('every answer carries the headers that browsers obey', async () => {
    const { headers } = await get('/health', {});
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

async function seed(db: Database): Promise<void> {
  const at = '2026-11-20T10:00:00Z';
  await db.query(
    `insert into artists (id, norm_key, name, created_date) values ('${BICEP}', 'bicep', 'Bicep', '2026-01-01'), ('${FOUR_TET}', 'four tet', 'Four Tet', '2026-01-01')`,
  );
  await db.query(`insert into tracks (id, norm_key, artist_id, artist_text, title, mix_name, created_date) values
    ('${APRICOTS}', 'bicep|apricots|', '${BICEP}', 'Bicep', 'Apricots', 'Four Tet Remix', '2026-11-01'), ('${GLUE}', 'bicep|glue|', '${BICEP}', 'Bicep', 'Glue', null, '2026-11-20')`);
  await db.query(
    `insert into track_artists (track_id, artist_id, role) values ('${APRICOTS}', '${BICEP}', 'primary'), ('${APRICOTS}', '${FOUR_TET}', 'remixer'), ('${GLUE}', '${BICEP}', 'primary')`,
  );
  await db.query(
    `insert into track_isrcs (track_id, isrc, source) values ('${APRICOTS}', 'GBCFB2000399', 'applemusic')`,
  );
  await db.query(
    `insert into documents (digest, size_bytes, stored_bytes, created_at) values (decode('${DIGEST}', 'hex'), 1, 1, '${at}')`,
  );
  await db.query(`insert into raw_items (id, source, kind, external_id, document_digest, body, body_digest, state, observed_at)
    select n, 'mixesdb', 'setlist', n::text, decode('${DIGEST}', 'hex'), jsonb_build_object('url', 'https://example.org/set/' || n), '\\x00', 'loaded', '${at}' from generate_series(21, 23) n`);
  await db.query(`insert into setlists (id, event_date, date_precision, source, external_id, raw_item_id, title, artist_text, url, track_count, identified_count, created_date) values
    ('${SET}', '2024-05-01', 'day', 'mixesdb', '21', 21, 'Bicep @ Warehouse', 'Bicep', 'https://example.org/set/21', 3, 2, '2026-11-20'),
    ('${OLD_SET}', '2019-01-01', 'year', 'mixesdb', '22', 22, 'Old', null, null, 1, 1, '2026-11-20'),
    ('${id(23)}', '0001-01-01', 'unknown', 'mixesdb', '23', 23, 'Undated', null, null, 0, 0, '2026-11-20')`);
  await db.query(
    `insert into setlist_artists (setlist_id, event_date, artist_id) values ('${SET}', '2024-05-01', '${BICEP}')`,
  );
  await db.query(`insert into setlist_tracks (setlist_id, event_date, position, track_id, cue_seconds, cue_granularity, artist, title, is_id, with_previous) values
    ('${SET}', '2024-05-01', 3, '${GLUE}', 400, 'second', 'Bicep', 'Glue', false, false), ('${SET}', '2024-05-01', 1, '${APRICOTS}', 0, 'second', 'Bicep', 'Apricots', false, false),
    ('${SET}', '2024-05-01', 2, null, null, 'unknown', null, null, true, false), ('${OLD_SET}', '2019-01-01', 1, '${APRICOTS}', null, 'unknown', 'Bicep', 'Apricots', false, false)`);
  await db.query(`insert into claims (raw_item_id, position, entity_type, entity_id, source, document_digest, fields, observed_at) values
    (21, 1, 'track', '${APRICOTS}', 'mixesdb', decode('${DIGEST}', 'hex'), '{"title": "Apricots", "nested": {"x": [1, null]}}', '${at}'),
    (21, 0, 'setlist', '${SET}', 'mixesdb', decode('${DIGEST}', 'hex'), '{"title": "Bicep @ Warehouse"}', '${at}')`);
  await db.query(`insert into entity_redirects (entity_type, from_id, to_id, reason, created_at) values
    ('track', '${MERGED}', '${id(98)}', 'test', '${at}'), ('track', '${id(98)}', '${APRICOTS}', 'test', '${at}')`);
  await db.query(
    `insert into api_tokens (id, name, token_digest, rights, created_at, expires_at, revoked_at) values
     ($1, 'reader', $2, '{read}', $9, null, null), ($3, 'admin', $4, '{admin}', $9, null, null),
     ($5, 'expired', $6, '{*}', $9, '2026-11-20T11:00:00Z', null), ($7, 'revoked', $8, '{*}', $9, null, $9)`,
    [
      id(91),
      sha256('reader-token'),
      id(92),
      sha256('admin-token'),
      id(93),
      sha256('expired-token'),
      id(94),
      sha256('revoked-token'),
      at,
    ],
  );
}
