/** `musicdb erase` as an operator uses it: imported, found, erased, looked for everywhere; with Elasticsearch where there is one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, runCli, temporaryFolder } from '../testing/cli.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';

const BODY = 'quixotic lanterns over the harbour';
const SLUG = 'zanzibar_marmalade_afternoon';
const LIST = '0:00 Mara Quill - Low Tide\n5:30 Odd Lanterns - Glass Hour\n11:02 Halden - Ferry';
const PAGE = {
  kind: 'Listing',
  data: {
    after: null,
    children: [
      {
        kind: 't3',
        data: {
          name: 't3_gone',
          subreddit: 'House',
          author: 'somebody',
          title: 'Zanzibar marmalade afternoon',
          selftext: `${BODY}\n\nTracklist\n${LIST}`,
          permalink: `/r/House/comments/gone/${SLUG}/`,
          created_utc: 1_700_000_000,
        },
      },
    ],
  },
};

let services: TestServices;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  services = await openTestServices();
  folder = await temporaryFolder();
  const imported = await cli(['import', 'reddit', '-', '--json'], JSON.stringify(PAGE));
  expect(jsonOf(imported)).toMatchObject({ items: { post: 1 }, quarantined: 0 });
});
afterAll(async () => {
  await services.release();
  await folder?.release();
});

describe('musicdb erase', () => {
  it.each([
    [['reddit', 'House'], /"house" is no post of Reddit/],
    [['mixesdb', 't3_gone'], /posts of mixesdb cannot be erased/],
    [['reddit', 't5_gone'], /"t5_gone" is no post of Reddit/],
  ])('%j is wrong usage', async (args, message) => {
    const { status, stdout } = await cli(['erase', ...args, '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', message: expect.stringMatching(message) } });
  });

  it('of a post that is not known erases nothing', async () => {
    expect(jsonOf(await cli(['erase', 'reddit', 't1_nobody', '--json']))).toMatchObject({ posts: 0, remains: null });
  });

  it('takes a post out of everything, keeps the facts, and proves it', async () => {
    expect(await indexed()).toContain(SLUG);
    const erased = await cli(['erase', 'reddit', 'T3_gone', '--verify', '--json']);
    expect(jsonOf(erased)).toEqual({
      source: 'reddit',
      asked: ['t3_gone'],
      posts: 1,
      mentionsKept: 3,
      mentionsRemoved: 0,
      documents: 1,
      remains: [],
    });
    expect(await indexed()).not.toContain(SLUG);
    expect(await indexed()).toContain('Glass Hour');
  });

  it('is not undone by importing the page again', async () => {
    await cli(['import', 'reddit', '-', '--json'], JSON.stringify(PAGE));
    const { rows } = await services.db.query(
      "select title, body, state from (select body->>'title' as title, body->>'body' as body, state from raw_items) r",
    );
    expect(rows).toEqual([{ title: null, body: null, state: 'erased' }]);
  });
});

function cli(args: string[], stdin = '') {
  const env = {
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    MUSICDB_QUEUE_PREFIX: services.queuePrefix,
    MUSICDB_SEARCH_PREFIX: services.prefix,
    ...(services.elasticsearchUrl === null ? {} : { ELASTICSEARCH_URL: services.elasticsearchUrl }),
  };
  return runCli([...args, '--data', folder.path], { env, stdin });
}

/** Every document of search, as it is stored. */
async function indexed(): Promise<string> {
  if (services.elasticsearchUrl === null)
    return JSON.stringify((await services.db.query('select * from search_documents')).rows);
  await fetch(`${services.elasticsearchUrl}/${services.prefix}-*/_refresh`, { method: 'POST' });
  return (await fetch(`${services.elasticsearchUrl}/${services.prefix}-*/_search?size=100`)).text();
}
