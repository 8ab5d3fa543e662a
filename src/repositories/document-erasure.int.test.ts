/** Erasure beside landings of the same bytes, in both kinds of archive: a document that counts is always there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Lander } from '../../jobs/lander.ts';
import type { PostItem } from '../core/items.ts';
import { openS3Archive } from '../platform/archive-s3.ts';
import { type ArchiveStore, openArchive } from '../platform/archive-store.ts';
import { openTestContext, type TestContext } from '../testing/job-context.ts';
import { prepareS3Server, type S3Server, startS3Server } from '../testing/s3-server.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { eraseDueDocuments } from './document-erasure.ts';
import type { LandingPage } from './landing-page.ts';
import { writeRobotsFile } from './robots-files.ts';

const CREDENTIALS = { accessKeyId: 'somebody', secretAccessKey: 'a secret of theirs' };
const DAY_MS = 86_400_000;
const POST: PostItem = {
  kind: 'post',
  source: 'reddit',
  id: 't3_1',
  thing: 't3',
  subreddit: 'DJs',
  author: 'somebody',
  createdAt: '2026-01-01T00:00:00Z',
  title: 'a title',
  body: 'a body',
  score: 1,
  url: null,
  permalink: null,
  parentId: null,
  status: 'live',
  purge: false,
  tracks: [],
  extra: {},
};
const { program, missing } = prepareS3Server();

let services: TestServices;
let test: TestContext;
let archive: ArchiveStore;

beforeAll(async () => {
  services = await openTestServices();
  test = await openTestContext(services);
});
afterAll(async () => {
  await test?.release();
  await services?.release();
});
beforeEach(() => services.db.query('truncate documents, fetches, robots_files cascade'));

describe('in a folder', () => {
  beforeAll(() => {
    archive = openArchive(`${test.ctx.config.dataDir}/pages`);
  });
  erasesBesideLandings();
});

describe('bytes that Reddit and another source were both said to have given', () => {
  const UNUSABLE = { judgement: { verdict: 'layout-drift', reason: null } } as const;
  const OTHER = { source: 'setlistfm' } as const;
  beforeAll(() => {
    archive = openArchive(`${test.ctx.config.dataDir}/pages`);
  });

  it.each([
    ['stay when the other could be read, and was told last', [UNUSABLE, OTHER], 0],
    ['stay when the other could be read, and was told first', [OTHER, UNUSABLE], 0],
    ['go when the other could not be read, and was told last', [{}, { ...OTHER, ...UNUSABLE }], 1],
    ['go when the other could not be read, and was told first', [{ ...OTHER, ...UNUSABLE }, {}], 1],
    ['go when posts were read from them, whatever the other read', [{ items: [POST] }, OTHER], 1],
    ['go when posts were read from them, whatever the other had read', [OTHER, { items: [POST] }], 1],
  ])('%s', async (_, tellings: readonly Partial<LandingPage>[], gone) => {
    const bytes = Buffer.from('told twice');
    for (const telling of tellings) await land({ ...(await archived(bytes)), ...telling });
    test.clock.advance(2 * DAY_MS);
    expect(await erase()).toBe(gone);
    expect(await damaged()).toEqual([]);
  });

  it.each([[[UNUSABLE, OTHER]], [[OTHER, UNUSABLE]]])('stay when both land at once: %j', async (tellings) => {
    const page = await archived(Buffer.from('told at once'));
    const lander = new Lander(test.ctx, 5);
    await Promise.all(tellings.map((telling) => lander.add({ ...page, ...telling })));
    await lander.settled();
    test.clock.advance(2 * DAY_MS);
    expect(await erase()).toBe(0);
  });

  it('go when a post in them is erased, also when the other lands again before that', async () => {
    const bytes = Buffer.from('erased by request');
    await land({ ...(await archived(bytes)), ...OTHER });
    await land({ ...(await archived(bytes)), items: [{ ...POST, status: 'deleted-by-author', purge: true }] });
    await land({ ...(await archived(bytes)), ...OTHER });
    expect(await erase()).toBe(1);
  });
});

describe.skipIf(missing !== null)(`in a bucket (${missing ?? 'S3 server found'})`, () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server(program ?? '', CREDENTIALS);
    archive = openS3Archive(server.location, CREDENTIALS);
  });
  afterAll(() => server?.release());
  erasesBesideLandings();
});

function erasesBesideLandings(): void {
  it('bytes that are erased between their archiving and their landing are stored again', async () => {
    const bytes = await landedLongAgo('comes again');
    const page = await archived(bytes);
    expect(await erase()).toBe(1);
    await land(page);
    expect((await archive.get(page.document.digest)).equals(bytes)).toBe(true);
    expect(await damaged()).toEqual([]);
  });

  it('a document that counts is there, however an erasure and a landing meet', async () => {
    for (let round = 0; round < 25; round += 1) {
      const bytes = await landedLongAgo(`round ${round}`);
      const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      await Promise.all([pause().then(erase), pause().then(async () => land(await archived(bytes)))]);
    }
    expect(await damaged()).toEqual([]);
  });

  it('a robots.txt of the same bytes as an erased page is there, and stays', async () => {
    const bytes = await landedLongAgo('');
    await erase();
    const digest = await robotsOf(bytes);
    test.clock.advance(400 * DAY_MS);
    expect(await erase()).toBe(0);
    expect(await archive.has(digest)).toBe(true);
    expect(await damaged()).toEqual([]);
  });

  it('a robots.txt stays when a page of the same bytes comes after it', async () => {
    await robotsOf(Buffer.from(''));
    await landedLongAgo('');
    expect(await erase()).toBe(0);
  });
}

const UNSAID = { problem: null, usableUntil: null };

/** A site whose robots.txt is these bytes; their digest. */
async function robotsOf(bytes: Buffer): Promise<Buffer> {
  const stored = { ...(await archive.put(bytes)), storeAgain: () => archive.put(bytes) };
  const at = test.clock.now();
  await writeRobotsFile(
    services.db,
    { via: 'live', source: 'mixesdb', origin: 'https://www.mixesdb.com' },
    { ...UNSAID, state: 'rules', status: 200, documentDigest: stored.digest, checkedAt: at, expiresAt: at },
    stored,
  );
  return stored.digest;
}

/** A page of Reddit landed, and its time has come. */
async function landedLongAgo(text: string): Promise<Buffer> {
  const bytes = Buffer.from(text);
  await land(await archived(bytes));
  test.clock.advance(2 * DAY_MS);
  return bytes;
}

async function archived(bytes: Buffer): Promise<LandingPage> {
  const storeAgain = () => archive.put(bytes);
  return {
    source: 'reddit',
    via: 'sandbox',
    url: null,
    finalUrl: null,
    kind: null,
    status: 200,
    contentType: null,
    exchange: null,
    remoteAddress: null,
    durationMs: null,
    fetchedAt: test.clock.now(),
    runId: null,
    document: { ...(await storeAgain()), contentEncoding: null, storeAgain },
    items: [],
    judgement: { verdict: 'ok', reason: null },
    measures: null,
    problems: [],
    requests: [],
    lease: null,
  };
}

async function land(page: LandingPage): Promise<void> {
  const lander = new Lander(test.ctx, 5);
  await lander.add(page);
  await lander.settled();
}

function erase(): Promise<number> {
  return eraseDueDocuments({ db: test.ctx.db, archive }, test.clock.now());
}

/** Documents that count and cannot be read. */
async function damaged(): Promise<string[]> {
  const { rows } = await services.db.query<{ digest: Buffer }>('select digest from documents where erased_at is null');
  const there = await Promise.all(
    rows.map(({ digest }) =>
      archive.get(digest).then(
        () => true,
        () => false,
      ),
    ),
  );
  return rows.filter((_, n) => there[n] === false).map(({ digest }) => digest.toString('hex'));
}
