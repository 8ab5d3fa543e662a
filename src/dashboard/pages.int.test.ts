/** The pages as a browser gets them: with data, without, with hostile data, and while a service is away. */
import { DomUtils, parseDocument } from 'htmlparser2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWN_FILES_ONLY } from '../api/protection.ts';
import { type Item, row, setlist, track } from '../core/items.ts';
import { openQueue } from '../platform/queues.ts';
import { openRedis } from '../platform/redis.ts';
import { addRequests } from '../repositories/frontier.ts';
import type { Search } from '../search/search.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { openTestApp, putIntoCatalogue, type TestApp } from '../testing/test-app.ts';
import { putTroubleInto, REFUSAL } from '../testing/trouble.ts';

/** Text that would run, break out of an attribute, or end a tag, were it not escaped. */
const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;
const CATALOGUE: Item[] = [
  setlist('mixesdb', 'night', {
    title: '2024-05-01 - Âme @ The Hall',
    artists: ['Âme'],
    date: '2024-05-01',
    datePrecision: 'day',
    venue: 'The Hall',
    city: 'Berlin',
    url: 'https://www.mixesdb.com/w/night',
    durationSeconds: 3_600,
    tracks: [
      row(1, {
        number: '01',
        artist: 'Bicep',
        title: 'Glue',
        cueSeconds: 0,
        cueGranularity: 'second',
        info: 'from tape',
      }),
      row(2, {
        number: 'w/',
        artist: 'Âme',
        title: 'Rej',
        cueSeconds: 185,
        cueGranularity: 'second',
        withPrevious: true,
      }),
      row(3, { number: '02', isId: true, idKind: 'full', section: 'Encore' }),
    ],
  }),
  setlist('setlistfm', 'empty', { title: 'Nothing listed', artists: ['Âme'] }),
  setlist('reddit', 'evil', {
    title: HOSTILE,
    artists: [HOSTILE],
    date: '2024-05-02',
    datePrecision: 'day',
    venue: HOSTILE,
    url: 'javascript:alert(3)',
    genres: [HOSTILE],
    tracks: [row(1, { artist: HOSTILE, title: HOSTILE, version: HOSTILE, section: HOSTILE, info: HOSTILE })],
  }),
  track('applemusic', '1', {
    title: 'Glue',
    artist: 'Bicep',
    artists: ['Bicep'],
    isrc: 'GBCFB1700001',
    durationMs: 245_000,
  }),
];

let services: TestServices;
let served: TestApp;

beforeAll(async () => {
  services = await openTestServices();
  served = await openTestApp(services);
});
afterAll(async () => {
  await served.release();
  await services.release();
});

async function page(
  url: string,
  app = served.app,
): Promise<{ markup: string; text: string; document: ReturnType<typeof parseDocument> }> {
  const answer = await app.inject({ url, headers: { accept: 'text/html' } });
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self'");
  const document = parseDocument(answer.body);
  return { markup: answer.body, text: textOf(document), document };
}

/** What stands on the page, a space between any two pieces. */
function textOf(document: ReturnType<typeof parseDocument>): string {
  const pieces = DomUtils.find((node) => node.type === 'text', document.children, true, Number.POSITIVE_INFINITY);
  return pieces
    .map((piece) => DomUtils.textContent(piece))
    .join(' ')
    .replaceAll(/\s+/g, ' ');
}

async function idOf(table: string, condition: string): Promise<string> {
  const { rows } = await services.db.query<{ id: string }>(`select id from ${table} where ${condition}`);
  return rows[0]?.id ?? expect.fail(`nothing in ${table} where ${condition}`);
}

describe('an empty installation', () => {
  it('says so, and what to do about it', async () => {
    const { text } = await page('/');
    expect(text).toContain('Nothing came in yet. musicdb crawl or musicdb import brings the first pages.');
    expect(text).toContain('No set yet.');
    expect(text).toContain('Nothing is held back.');
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it('finds nothing, in words', async () => {
    const { text } = await page('/search?q=glue');
    expect(text).toContain('0 tracks for “glue”');
    expect(text).toContain('Nothing like it. Try fewer words');
    expect(text).not.toContain('Invented data.');
  });
});

describe('with a catalogue', () => {
  beforeAll(async () => {
    await putIntoCatalogue(served.test, CATALOGUE);
    // As if they had been asked for over the network.
    await services.db.query(`update fetches set via = 'live'`);
  });

  it('the first page tells what came in, from where, and what is played most', async () => {
    const later = await served.another({});
    const { text } = await page('/', later);
    expect(text).toMatch(/4 of 6 sources gave something; the last page came just now\./);
    expect(text).toMatch(/Sets 3 4 rows played/);
    expect(text).toContain('Âme @ The Hall');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('a set shows its rows in order with cues and marks, and the page that said so', async () => {
    const { text, markup } = await page(`/sets/${await idOf('setlists', "external_id = 'night'")}`);
    expect(text).toMatch(/0:00 01 Bicep – Glue.* 3:05 w\/ Âme – Rej.* Encore.* 02 ID – ID/);
    expect(text).toContain('2 of 3 known');
    expect(text).toMatch(/MixesDB says so: open the page read just now/);
    expect(text).toMatch(/sha256:[0-9a-f]{64}/);
    expect(text).toContain('Licence: CC BY-SA');
    expect(markup).toContain('href="https://www.mixesdb.com/w/night"');
    expect(text).toContain('Which page said so 1 claim');
  });

  it('a set without rows says so', async () => {
    expect((await page(`/sets/${await idOf('setlists', "external_id = 'empty'")}`)).text).toContain(
      'The page lists no track.',
    );
  });

  it('a track shows its codes, its plays with their place in the set, and its claims', async () => {
    const { text } = await page(`/tracks/${await idOf('tracks', "title = 'Glue'")}`);
    expect(text).toContain('GBCFB1700001');
    expect(text).toContain('Length 4:05');
    expect(text).toMatch(/2024-05-01 Âme @ The Hall.*no\. 1, at 0:00/);
    expect(text).toContain('Which page said so 2 claims');
  });

  it('an artist shows tracks and sets', async () => {
    const { text } = await page(`/artists/${await idOf('artists', "name = 'Âme'")}`);
    expect(text).toMatch(/Tracks 1 Rej Âme 1 play/);
    expect(text).toContain('Sets 2');
  });

  it('search leads to what it found', async () => {
    const id = await idOf('tracks', "title = 'Glue'");
    const { markup, text } = await page('/search?q=gleu&index=tracks');
    expect(markup).toContain(`href="/tracks/${id}"`);
    expect(text).toContain('1 track for “gleu”');
  });

  it('/dashboard.json has the numbers, and each living piece as the page has it', async () => {
    const answer = (await served.app.inject('/dashboard.json?range=24h')).json();
    expect(answer).toMatchObject({
      totals: { setlists: 3, setlistTracks: 4, quarantined: 0, deadLetters: 0 },
      activity: { range: '24h' },
      queues: [{ name: 'load', waiting: 0 }, { name: 'transform' }],
    });
    const { document } = await page('/?range=24h');
    const living = DomUtils.findAll(({ attribs }) => attribs['data-live'] !== undefined, document.children);
    expect(living.map(({ attribs }) => attribs['data-live']).sort()).toEqual(Object.keys(answer.html).sort());
  });

  it('a wrong range is refused as a problem', async () => {
    const answer = await served.app.inject('/dashboard.json?range=1y');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain('1h, 24h, 30d');
  });

  it('what fails is on the first page', async () => {
    await services.db.query(
      `insert into quarantine (dedupe_key, source, reason, message, url, created_at) values ('k', 'reddit', 'captcha', $1, 'javascript:alert(4)', '2026-11-20T11:00:00Z')`,
      [HOSTILE],
    );
    const { text, document } = await page('/', await served.another({}));
    expect(text).toMatch(/1 captcha ?Reddit/);
    expect(text).toContain('1 held back');
    expectHarmless(document);
  });

  it('hostile titles, names and addresses are text on every page', async () => {
    const set = await idOf('setlists', "external_id = 'evil'");
    const { rows } = await services.db.query<{ id: string; kind: string }>(
      `select id, 'artists' as kind from artists where name like '%script%' union all select id, 'tracks' from tracks where title like '%script%'`,
    );
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['artists', 'tracks']));
    const q = encodeURIComponent(HOSTILE);
    const searches = ['tracks', 'artists', 'setlists', 'mentions'].map((index) => `/search?index=${index}&q=${q}`);
    for (const url of ['/', `/sets/${set}`, ...rows.map(({ kind, id }) => `/${kind}/${id}`), ...searches]) {
      const { document, text } = await page(url, await served.another({}));
      expectHarmless(document);
      expect(text, url).toContain('<script>alert(1)</script>');
    }
    const { html } = (await served.app.inject('/dashboard.json')).json();
    for (const markup of Object.values(html)) expectHarmless(parseDocument(String(markup)));
  });
});

/** Our own script only, no handler in an attribute, no link that runs something, no image of others. */
function expectHarmless(document: ReturnType<typeof parseDocument>): void {
  for (const element of DomUtils.findAll(() => true, document.children)) {
    if (element.name === 'script') expect(element.attribs).toEqual({ src: '/static/dashboard.js', defer: '' });
    expect(element.name).not.toBe('img');
    expect(Object.keys(element.attribs).filter((name) => name.startsWith('on'))).toEqual([]);
    expect(element.attribs.href ?? '').not.toMatch(/^javascript:/i);
  }
}

describe('while something is away', () => {
  it('without Redis the first page says so, health names it, and /metrics says 0', async () => {
    const redis = openRedis('redis://127.0.0.1:1');
    const queue = openQueue('load', redis.client, '{away}');
    const app = await served.another({ redis, queues: [queue] });
    try {
      expect((await page('/', app)).text).toContain('Redis does not answer. Nothing is lost');
      const health = await app.inject('/health');
      expect([health.statusCode, health.json()]).toEqual([
        503,
        { status: 'down', postgres: 'ok', redis: 'down', search: 'ok' },
      ]);
      expect((await app.inject('/metrics')).body).toContain('\nmusicdb_redis_up 0\n');
    } finally {
      redis.client.disconnect();
    }
  });

  it('a search that cannot be made says why on its page', async () => {
    const search: Search = { ...served.options.search, search: () => Promise.reject(new Error('inner words')) };
    const app = await served.another({ search });
    const answer = await app.inject({ url: '/search?q=glue', headers: { accept: 'text/html' } });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toContain('role="alert"');
    expect(answer.body).not.toContain('inner words');
  });

  it('a search for nothing is told what to type', async () => {
    const answer = await served.app.inject({ url: '/search?q=', headers: { accept: 'text/html' } });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('expected a word to look for');
  });
});

it('our own files are served, and nothing beside them', async () => {
  for (const name of ['base.css', 'dashboard.js', 'favicon.svg'])
    expect((await served.app.inject(`/static/${name}`)).statusCode).toBe(200);
  for (const path of ['/static/../routes.ts', '/static/%2e%2e/routes.ts', '/static/', '/static/..%2froutes.ts'])
    expect((await served.app.inject(path)).statusCode, path).toBeGreaterThanOrEqual(400);
});

it('a source has a page: why nothing is asked of it, what was refused, what vanished, which rules hold', async () => {
  const digest = await putTroubleInto(served);
  const { statusCode, body, headers } = await served.app.inject('/sources/1001tracklists');
  expect(statusCode).toBe(200);
  expect(headers['content-security-policy']).toBe(OWN_FILES_ONLY);
  for (const text of [
    'Circuit breaker open, tried again in 20 h',
    'tracks.cueSeconds',
    `/documents/${digest}`,
    'Invented data.',
  ])
    expect(body).toContain(text);
  expect((await served.app.inject('/')).body).toContain('href="/sources/1001tracklists"');
  expect((await served.app.inject('/sources/soundcloud')).statusCode).toBe(404);
  expect((await served.app.inject('/sources/mixesdb?range=7y')).statusCode).toBe(400);
});

it('the page of a source says which of its hosts may be asked live, and what waits for which setting', async () => {
  const url = 'https://api.music.apple.com/v1/catalog/us/songs/900000011';
  const request = { source: 'applemusic', urlKey: url, url, kind: 'songs', priority: 5, depth: 0, runId: null };
  await addRequests(services.db, [request], served.test.clock.now());
  const missing = ['at api.music.apple.com: APPLE_MUSIC_KEY_ID is not set (which key signs)'];
  const access = { applemusic: { open: ['itunes.apple.com'], missing, waitingHosts: ['api.music.apple.com'] } };
  const { text } = await page('/sources/applemusic', await served.another({ access }));
  expect(text).toContain(`1 request to api.music.apple.com waits for settings. ${missing[0]}`);
  expect(text).toContain('may run live, itunes.apple.com');
  const inSandbox = { applemusic: { ...access.applemusic, waitingHosts: [] } };
  expect((await page('/sources/applemusic', await served.another({ access: inSandbox }))).text).not.toContain(
    'waits for',
  );
  await services.db.query(`delete from frontier where source = 'applemusic'`);
});

it('a document is shown as text that can neither run nor load anything', async () => {
  const { rows } = await services.db.query<{ digest: string }>(
    `select encode(breaker_document, 'hex') as digest from source_states where breaker_document is not null`,
  );
  const { body, headers } = await served.app.inject(`/documents/${rows[0]?.digest}`);
  expect(body).toBe(REFUSAL);
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
  });
  expect((await served.app.inject(`/documents/${'0'.repeat(64)}`)).statusCode).toBe(404);
  expect((await served.app.inject('/documents/..%2f..%2fetc')).statusCode).toBe(400);
});

it('what the sandbox made up is said to be so, and is no link to a real page', async () => {
  await putIntoCatalogue(served.test, [
    setlist('mixesdb', 'made-up', { title: 'Made up', artists: ['Nobody'], url: 'https://www.mixesdb.com/w/Made_up' }),
  ]);
  const { rows } = await services.db.query<{ id: string }>(`select id from setlists where title = 'Made up'`);
  const { body } = await served.app.inject(`/sets/${rows[0]?.id}`);
  expect(body).toContain('Invented data.');
  expect(body).not.toContain('href="https://www.mixesdb.com');
  expect((await served.app.inject('/search?q=made&index=setlists')).body).toContain('Invented data.');
});
