import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../core/exchange.ts';
import { type Item, type PostItem, row, setlist, track } from '../core/items.ts';
import type { Database } from '../platform/database.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { addRequests, leaseDue } from './frontier.ts';
import { type Landed, landPages } from './landing.ts';
import type { LandingPage } from './landing-page.ts';
import { listQuarantine } from './quarantine.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() =>
  db.query(
    'truncate frontier, fetches, raw_items, documents, quarantine, page_verdicts, page_yields, workflow_events cascade',
  ),
);

describe('a page that lands', () => {
  it('becomes a document, a fetch, raw items, requests, and ids to go on with', async () => {
    const landed = await land(page({ items: [set('a'), set('b')], requests: [request('next')] }));
    expect(landed).toEqual({
      toTransform: [expect.any(Number), expect.any(Number)],
      pages: 1,
      items: 2,
      unchanged: 0,
      newRequests: 1,
      quarantined: 0,
      alarms: 0,
    });
    expect(await all('raw_items')).toMatchObject([
      { external_id: 'a', state: 'landed', version: 1, document_position: 0, observed_at: NOW, url: 'https://x/final' },
      { external_id: 'b', state: 'landed', version: 1, document_position: 1 },
    ]);
    expect(await all('fetches')).toMatchObject([
      { via: 'live', url: 'https://x/p', status: 200, content_type: 'text/html', outcome: 'ok', problem: null },
    ]);
    expect(await all('documents')).toMatchObject([{ digest: digestOf('page'), size_bytes: 4, created_at: NOW }]);
    expect(await all('frontier')).toMatchObject([{ url: 'next', state: 'due', depth: 1, due_at: NOW }]);
  });

  it('changes nothing when it lands again, but for the record of the fetch', async () => {
    const same = page({ items: [set('a')], problems: [problem('decoy')], requests: [request('next')] });
    await land(same);
    const before = await snapshot();
    expect(await land(same)).toEqual({
      toTransform: [],
      pages: 1,
      items: 1,
      unchanged: 1,
      newRequests: 0,
      quarantined: 0,
      alarms: 0,
    });
    expect(await snapshot()).toEqual(before);
    expect(await all('fetches')).toHaveLength(2);
  });

  it.each([
    ['in a later batch', false],
    ['in the same batch', true],
  ])('is not replaced by an older version of itself that is fetched later, %s', async (_, isOneBatch) => {
    const current = page({ items: [set('a', { lastUpdated: '2024-03-02T10:00:00.000Z' })] });
    const older = set('a', { title: 'as it was', lastUpdated: '2024-03-01T10:00:00.000Z' });
    const version = page({ content: 'old version', fetchedAt: later(1), items: [older] });
    const pages = isOneBatch ? [[current, version]] : [[current], [version]];
    for (const batch of pages) await land(...batch);
    expect(await all('raw_items')).toMatchObject([
      { version: 1, observed_at: NOW, body: { lastUpdated: '2024-03-02T10:00:00.000Z' } },
    ]);
  });

  it('bumps the version of what changed, and that goes on again', async () => {
    const first = await land(page({ items: [set('a'), set('b')] }));
    await db.query(`update raw_items set state = 'loaded', event_date = '2024-01-01'`);
    const changed = set('a', { title: 'another' });
    const second = await land(page({ content: 'new', fetchedAt: later(1), items: [changed, set('b')] }));
    expect(second).toMatchObject({ toTransform: [first.toTransform[0]], unchanged: 1 });
    expect(await all('raw_items')).toMatchObject([
      {
        version: 2,
        state: 'landed',
        document_digest: digestOf('new'),
        observed_at: later(1),
        event_date: '2024-01-01',
      },
      { version: 1, state: 'loaded', document_digest: digestOf('page') },
    ]);
  });

  it('read on another day is the same, and keeps the day it was first read', async () => {
    const readOn = (retrievedAt: string) => set('a', { extra: { revisionId: 7, retrievedAt } });
    await land(page({ items: [readOn('2026-11-20')] }));
    expect(await land(page({ fetchedAt: later(86_400_000), items: [readOn('2026-11-21')] }))).toMatchObject({
      toTransform: [],
      unchanged: 1,
    });
    expect(await all('raw_items')).toMatchObject([{ version: 1, body: { extra: { retrievedAt: '2026-11-20' } } }]);
  });

  it('keeps items without a pipeline, and goes on with none of them', async () => {
    const listing: Item = { kind: 'listing', source: 'mixesdb', id: 'l', entries: [] };
    expect(await land(page({ items: [listing] }))).toMatchObject({ toTransform: [], items: 1 });
    expect(await all('raw_items')).toMatchObject([{ kind: 'listing', state: 'kept' }]);
  });

  it('says in its fetch what it is, and why', async () => {
    await land(page({ judgement: { verdict: 'layout-drift', reason: 'no rows' } }));
    await land(page({ judgement: { verdict: 'empty', reason: null }, problems: [problem('not-read-yet')] }));
    expect((await all('fetches')).map(({ outcome, problem: why }) => [outcome, why])).toEqual([
      ['layout-drift', 'no rows'],
      ['empty', 'odd'],
    ]);
  });

  it('is counted by what it is', async () => {
    await land(page(), page({ judgement: { verdict: 'decoy', reason: 'x' } }), page());
    await land(page());
    expect(await all('page_verdicts')).toEqual([
      { source: 'mixesdb', via: 'live', verdict: 'decoy', pages: 1 },
      { source: 'mixesdb', via: 'live', verdict: 'ok', pages: 3 },
    ]);
  });

  it.each(['decoy', 'layout-drift', 'block', 'truncated', 'soft-error', 'unreadable'] as const)(
    'of the verdict "%s" gives no item and no request; its document is kept and it is held whole',
    async (verdict) => {
      const next = {
        source: 'mixesdb',
        url: 'https://x/2',
        urlKey: '2',
        kind: 'page',
        priority: 5,
        depth: 1,
        runId: null,
      };
      const doubtful = page({ judgement: { verdict, reason: 'why' }, items: [set('a')], requests: [next] });
      expect(await land(doubtful)).toMatchObject({ toTransform: [], items: 0, newRequests: 0, quarantined: 1 });
      expect(await all('documents')).toHaveLength(1);
      expect(await held()).toMatchObject([{ reason: verdict === 'block' ? 'block:why' : verdict }]);
    },
  );

  it('keeps its exchange as it was: order and repeats of headers too', async () => {
    await land(page());
    expect(await all('fetches')).toMatchObject([{ content_type: 'text/html', exchange: EXCHANGE }]);
  });

  it('of an import has no address, no status and no lease', async () => {
    const bare = { url: null, finalUrl: null, kind: null, status: null, exchange: null, durationMs: null } as const;
    expect(await land(page({ ...bare, via: 'import', items: [set('a')] }))).toMatchObject({ pages: 1, items: 1 });
    expect(await all('fetches')).toMatchObject([{ via: 'import', url: null, status: null, exchange: null }]);
  });
});

describe('a batch of pages', () => {
  it('with the same item twice keeps the newest reading, whatever the order', async () => {
    const older = page({ content: 'old', items: [set('a', { title: 'old' })] });
    const newer = page({ content: 'new', fetchedAt: later(1), items: [set('a', { title: 'new' })] });
    await land(newer, older);
    expect(await all('raw_items')).toMatchObject([{ version: 1, body: { title: 'new' } }]);
  });

  it('with the same document twice holds it once', async () => {
    await land(page(), page());
    expect(await all('documents')).toHaveLength(1);
    expect(await all('fetches')).toHaveLength(2);
  });

  it('lands together or not at all', async () => {
    const impossible = page({ content: 'other', status: 1_000_000 });
    await expect(land(page({ items: [set('a')] }), impossible)).rejects.toThrow(/smallint/);
    expect(await all('raw_items')).toEqual([]);
    expect(await all('documents')).toEqual([]);
  });

  it('lands beside another with the same items without a deadlock', async () => {
    const items = Array.from({ length: 60 }, (_, n) => set(`s${n}`));
    const requests = Array.from({ length: 60 }, (_, n) => request(`r${n}`));
    const turn = (n: number) =>
      land(
        page({
          content: `c${n}`,
          fetchedAt: later(n),
          items: (n % 2 ? items : items.toReversed()).map((item) => ({ ...item, title: `${n}` })),
          requests: n % 2 ? requests : requests.toReversed(),
        }),
      );
    const landed = await Promise.all(Array.from({ length: 6 }, (_, n) => turn(n)));
    expect(landed.reduce((sum, { newRequests }) => sum + newRequests, 0)).toBe(60);
    const { rows } = await db.query(`select distinct body->>'title' as title from raw_items`);
    expect(rows).toEqual([{ title: '5' }]);
  });
});

describe('an older reading', () => {
  it('does not overwrite a newer one', async () => {
    await land(page({ content: 'new', fetchedAt: later(1), items: [set('a', { title: 'new' })] }));
    const late = await land(page({ content: 'old', items: [set('a', { title: 'old' })] }));
    expect(late).toMatchObject({ toTransform: [], unchanged: 1 });
    expect(await all('raw_items')).toMatchObject([{ version: 1, body: { title: 'new' }, observed_at: later(1) }]);
  });
});

describe('of two readings of one moment', () => {
  it.each([
    ['one', 'other'],
    ['other', 'one'],
  ])('the same one stays, in one batch and in two, whichever comes first: %s', async (...order) => {
    const pages = order.map((content) => page({ content, items: [set('a', { title: content })] }));
    const winner = Buffer.compare(digestOf('one'), digestOf('other')) > 0 ? 'one' : 'other';
    await land(...pages);
    expect(await all('raw_items')).toMatchObject([{ body: { title: winner } }]);
    await db.query('truncate raw_items cascade');
    for (const each of pages) await land(each);
    expect(await all('raw_items')).toMatchObject([{ body: { title: winner } }]);
  });
});

describe('answers that hold no page', () => {
  it.each(['unchanged', 'moved'] as const)('%s: measure nothing, and raise no alarm', async (verdict) => {
    const good = Array.from({ length: 30 }, (_, n) => page({ content: `good ${n}`, measures: { items: 5 } }));
    await land(...good);
    const answers = Array.from({ length: 20 }, (_, n) =>
      page({ content: `no page ${n}`, measures: { items: 0 }, judgement: { verdict, reason: null } }),
    );
    expect(await land(...answers)).toMatchObject({ alarms: 0 });
    expect(await all('page_yields')).toMatchObject([{ measure: 'items', pages: 30, recent: 5 }]);
  });
});

describe('an item that is told again unchanged', () => {
  it('was true at the later time: what an older page says does not replace it', async () => {
    await land(page({ content: 'first', items: [set('a')] }));
    const again = await land(page({ content: 'third', fetchedAt: later(2), items: [set('a')] }));
    expect(again).toMatchObject({ toTransform: [], unchanged: 1 });
    await land(page({ content: 'second', fetchedAt: later(1), items: [set('a', { title: 'between' })] }));
    expect(await all('raw_items')).toMatchObject([
      { body: { title: 'a set' }, observed_at: later(2), version: 1, document_digest: digestOf('first') },
    ]);
  });

  it('is tried again when it could not be used', async () => {
    for (const state of ['quarantined', 'dead']) {
      await land(page({ items: [set('a')] }));
      await db.query('update raw_items set state = $1', [state]);
      expect(await land(page({ items: [set('a')] }))).toMatchObject({
        toTransform: [expect.any(Number)],
        unchanged: 0,
      });
      expect(await all('raw_items')).toMatchObject([{ state: 'landed' }]);
    }
  });
});

describe('a page under a lease', () => {
  it('ends it', async () => {
    const lease = await leased('p');
    await land(page({ lease }));
    expect(await all('frontier')).toMatchObject([{ state: 'done', last_fetched_at: NOW }]);
  });

  it('lands nothing when the lease was lost, and the others of its batch land', async () => {
    const lost = await leased('lost');
    const held = await leased('held');
    await db.query(`update frontier set lease_token = lease_token + 1 where url = 'lost'`);
    const landed = await land(
      page({
        content: 'stale',
        lease: lost,
        items: [set('stale')],
        problems: [problem('decoy')],
        requests: [request('s')],
      }),
      page({ content: 'good', lease: held, items: [set('good')] }),
    );
    expect(landed).toMatchObject({ pages: 1, items: 1, newRequests: 0, quarantined: 0 });
    expect(await all('raw_items')).toMatchObject([{ external_id: 'good' }]);
    expect(await all('documents')).toMatchObject([{ digest: digestOf('good') }]);
    expect(await all('fetches')).toHaveLength(1);
  });

  it('lands nothing the second time', async () => {
    const lease = await leased('p');
    await land(page({ lease }));
    expect(await land(page({ lease, items: [set('a')] }))).toMatchObject({ pages: 0, items: 0 });
    expect(await all('raw_items')).toEqual([]);
  });
});

describe('what cannot be used', () => {
  it('is held once, with its place and the document', async () => {
    const bad = page({
      problems: [problem('bad-value', '$.a'), problem('bad-value', '$.b'), problem('bad-value', '$.a')],
    });
    expect(await land(bad)).toMatchObject({ quarantined: 2 });
    expect(await land(bad)).toMatchObject({ quarantined: 0 });
    expect(await held()).toMatchObject([
      {
        source: 'mixesdb',
        kind: 'page',
        reason: 'bad-value',
        message: 'odd',
        position: '$.b',
        rawItemId: null,
        document: digestOf('page').toString('hex'),
        url: 'https://x/final',
        createdAt: NOW,
      },
      { position: '$.a' },
    ]);
  });

  it('is opened again when it comes back after it was resolved', async () => {
    await land(page({ problems: [problem('decoy')] }));
    await db.query(`update quarantine set resolved_at = now(), resolution = 'looked at'`);
    expect(await held()).toEqual([]);
    expect(await land(page({ problems: [problem('decoy')] }))).toMatchObject({ quarantined: 1 });
    expect(await held()).toHaveLength(1);
    expect(await all('quarantine')).toMatchObject([{ resolution: null, version: 2 }]);
  });

  it('is a block: held under its reason, and nothing of it goes on', async () => {
    const block: Item = { kind: 'block', source: 'mixesdb', reason: 'captcha', url: 'https://x/p' };
    const judgement = { verdict: 'block', reason: 'captcha' } as const;
    expect(await land(page({ items: [block], judgement }))).toMatchObject({ toTransform: [], quarantined: 1 });
    expect(await held()).toMatchObject([{ reason: 'block:captcha' }]);
    expect(await all('fetches')).toMatchObject([{ outcome: 'block' }]);
    expect(await all('raw_items')).toMatchObject([{ kind: 'block', state: 'kept' }]);
  });

  it('is listed by source and reason, newest first, within the limit', async () => {
    await land(page({ problems: [problem('decoy')] }));
    await land(page({ source: 'reddit', problems: [problem('decoy'), problem('empty')] }));
    const reasons = async (source: string | null, reason: string | null, limit = 10) =>
      (await listQuarantine(db, { source, reason, limit })).map((entry) => `${entry.source} ${entry.reason}`);
    expect(await reasons('reddit', null)).toEqual(['reddit empty', 'reddit decoy']);
    expect(await reasons(null, 'decoy')).toEqual(['reddit decoy', 'mixesdb decoy']);
    expect(await reasons(null, null, 1)).toEqual(['reddit empty']);
  });
});

describe('a post whose content must be purged', () => {
  it('keeps its place and nothing of its content', async () => {
    await land(page({ source: 'reddit', items: [post({})] }));
    const gone = post({ status: 'deleted-by-author', purge: true });
    expect(await land(page({ source: 'reddit', content: 'gone', fetchedAt: later(1), items: [gone] }))).toMatchObject({
      toTransform: [],
    });
    const [stored] = await all('raw_items');
    expect(stored?.body).toMatchObject({ id: 't3_1', parentId: 't3_0', status: 'deleted-by-author', purge: true });
    expect(JSON.stringify(stored)).not.toMatch(/secret/);
  });

  it('is whole while it is not purged', async () => {
    await land(page({ source: 'reddit', items: [post({})] }));
    expect((await all('raw_items'))[0]?.body).toEqual(post({}));
  });
});

describe('text that Postgres cannot hold', () => {
  it('is held with the replacement character, wherever it stands', async () => {
    const odd = 'a\0b';
    const landed = await land(
      page({
        exchange: { ...EXCHANGE, headers: [['x-odd', odd]] },
        items: [set(odd, { title: `${odd} \ud83d` })],
        problems: [{ code: 'bad-value', message: odd, where: odd }],
        requests: [request(odd)],
      }),
    );
    expect(landed).toMatchObject({ items: 1, newRequests: 1, quarantined: 1 });
    expect(await all('raw_items')).toMatchObject([{ external_id: 'a\ufffdb', body: { title: 'a\ufffdb \ufffd' } }]);
    expect(await all('frontier')).toMatchObject([{ url: 'a\ufffdb', url_key: 'a\ufffdb' }]);
    expect(await held()).toMatchObject([{ message: 'a\ufffdb', position: 'a\ufffdb' }]);
    expect(await all('fetches')).toMatchObject([{ problem: 'a\ufffdb' }]);
  });

  it('is a key longer than any index takes: two of them stay two items', async () => {
    const long = Array.from({ length: 3_000 }, (_, n) => n).join('-');
    await land(page({ items: [track('mixesdb', `${long}a`), track('mixesdb', `${long}b`)] }));
    expect(await all('raw_items')).toHaveLength(2);
  });
});

const EXCHANGE: Exchange = {
  request: { method: 'GET', headers: { accept: '*/*' }, body: null },
  httpVersion: '1.1',
  statusText: 'OK',
  headers: [
    ['X-Twice', 'b'],
    ['Content-Type', 'text/html'],
    ['X-Twice', 'a'],
  ],
  redirects: [],
  bodyFault: null,
};

function page(said: Partial<LandingPage> & { content?: string } = {}): LandingPage {
  const { content = 'page', ...rest } = said;
  return {
    source: 'mixesdb',
    via: 'live',
    url: 'https://x/p',
    finalUrl: 'https://x/final',
    kind: 'page',
    status: 200,
    contentType: 'text/html',
    exchange: EXCHANGE,
    remoteAddress: '127.0.0.1',
    durationMs: 5,
    fetchedAt: NOW,
    runId: null,
    document: {
      digest: digestOf(content),
      sizeBytes: content.length,
      storedBytes: 9,
      contentEncoding: null,
      storeAgain: async () => undefined,
    },
    items: [],
    judgement: { verdict: 'ok', reason: null },
    measures: null,
    problems: [],
    requests: [],
    lease: null,
    ...rest,
  };
}

function digestOf(content: string): Buffer {
  return createHash('sha256').update(content).digest();
}

function set(id: string, said: Parameters<typeof setlist>[2] = {}) {
  return setlist('mixesdb', id, { title: 'a set', tracks: [row(1, { artist: 'A', title: 'T' })], ...said });
}

function post(said: Partial<PostItem>): PostItem {
  return {
    kind: 'post',
    source: 'reddit',
    id: 't3_1',
    thing: 't3',
    subreddit: 'DJs',
    author: 'secret person',
    createdAt: '2026-01-01T00:00:00Z',
    title: 'secret title',
    body: 'secret body',
    score: 1,
    url: 'https://x/secret',
    permalink: 'https://www.reddit.com/r/DJs/comments/1/secret_title/',
    parentId: 't3_0',
    status: 'live',
    purge: false,
    tracks: [{ ...row(1, { title: 'secret track' }), genreTags: null, year: null, trailing: null }],
    extra: { flair: 'secret' },
    ...said,
  };
}

function problem(code: string, where: string | null = null) {
  return { code, message: 'odd', where };
}

function request(url: string) {
  return { source: 'mixesdb', urlKey: url, url, kind: 'page', priority: 5, depth: 1, runId: null };
}

async function leased(url: string): Promise<{ id: number; token: number }> {
  await addRequests(db, [request(url)], NOW);
  const [lease] = await leaseDue(db, { source: 'mixesdb', owner: 'o', count: 1, now: NOW });
  if (lease === undefined) throw new Error('nothing was leased');
  return { id: lease.id, token: lease.token };
}

function land(...pages: LandingPage[]): Promise<Landed> {
  return db.transaction((tx) => landPages(tx, pages, (kind) => kind === 'setlist' || kind === 'post', NOW));
}

function held() {
  return listQuarantine(db, { source: null, reason: null, limit: 10 });
}

async function all(table: string) {
  const { rows } = await db.query(`select * from ${table} order by 1`);
  return rows;
}

async function snapshot() {
  return Promise.all(['raw_items', 'documents', 'quarantine', 'frontier'].map(all));
}
