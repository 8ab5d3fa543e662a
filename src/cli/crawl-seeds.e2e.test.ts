/** Crawls that begin where a person says: by artist and by words, at stand-ins of the sites, with all that follows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../ops/sandbox/server.ts';
import { jsonOf, runCli, settingsOf, temporaryFolder } from '../testing/cli.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';

interface Crawled {
  readonly answers: Readonly<Record<string, number>>;
  readonly items: number;
}

let services: TestServices;
let sandbox: Sandbox;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** Of somebody whose sets both sites show. */
let artist: string;

beforeAll(async () => {
  services = await openTestServices();
  folder = await temporaryFolder();
  sandbox = await startSandbox({ seed: 3, sets: 40 });
  artist = artistOfBoth();
});
afterAll(async () => {
  await sandbox.close();
  await services.release();
  await folder.release();
});

it('artist: at 1001tracklists is one search by POST and the sets it meant; the archive answers the search again', async () => {
  const crawled = await musicdb('crawl', '1001tracklists', '--seed', `artist:${artist}`, '--json');
  expect(crawled.status, crawled.stderr).toBe(0);
  const { answers } = jsonOf<Crawled>(crawled);
  expect(answers).toEqual({ ok: 1 + meant().length });
  expect(await sent()).toEqual([{ method: 'POST', body: formOf(artist), posts: 1 }]);
  const replayed = await musicdb(
    'crawl',
    '1001tracklists',
    '--seed',
    `search:${artist}`,
    '--from',
    'archive',
    '--json',
  );
  expect(jsonOf<Crawled>(replayed)).toMatchObject({ answers: { ok: 1 }, replay: { notInArchive: 0 } });
});

it('a search goes into a WARC with its form, and another MusicDB answers it from there', async () => {
  const warc = join(folder.path, 'searched.warc.gz');
  expect((await musicdb('archive', 'export', '--warc', warc)).status).toBe(0);
  const text = gunzipSync(await readFile(warc)).toString('latin1');
  expect(text).toMatch(
    new RegExp(
      `POST /search/result\\.php HTTP/1\\.1\\r\\n(?:[^\\r\\n]+\\r\\n)*\\r\\n${formOf(artist).replaceAll('+', '\\+')}`,
    ),
  );
  await services.db.query('truncate frontier, fetches, raw_items cascade');
  const seed = ['--seed', `search:${artist}`];
  const replayed = await musicdb('crawl', '1001tracklists', ...seed, '--from', warc, '--json');
  expect(jsonOf(replayed)).toMatchObject({ answers: { ok: 1 + meant().length }, replay: { notInArchive: 0 } });
});

it('artist: at MixesDB asks the category and the search, and a name that nobody has is no failure', async () => {
  const there = await musicdb('crawl', 'mixesdb', '--seed', `artist:${artist}`, '--json');
  expect(jsonOf<Crawled>(there).answers.ok, there.stderr).toBeGreaterThanOrEqual(3);
  const nowhere = await musicdb('crawl', 'mixesdb', '--seed', `artist:${artist} nobody`, '--json');
  expect(nowhere.status, nowhere.stderr).toBe(0);
  expect(jsonOf<Crawled>(nowhere).answers).toEqual({ empty: 2 });
});

it('what was asked kept the rules of the sites', async () => {
  expect((await musicdb('politeness', 'verify', '--json')).status).toBe(0);
});

function musicdb(...args: string[]) {
  return runCli(args, { env: settingsOf(services, join(folder.path, 'data'), sandbox.hosts) });
}

function shownBy(source: string) {
  return sandbox.truth().shownSets.filter((set) => set.source === source);
}

function meant() {
  return shownBy('1001tracklists').filter(({ title }) => title?.includes(artist));
}

function artistOfBoth(): string {
  const others = shownBy('mixesdb').flatMap(({ artists }) => artists);
  const name = shownBy('1001tracklists')
    .flatMap(({ artists }) => artists)
    .find((each) => each.length >= 5 && others.includes(each));
  if (name === undefined) throw new Error('the world has no artist with sets on both sites');
  return name;
}

function formOf(words: string): string {
  return new URLSearchParams({ main_search: words, search_selection: '9' }).toString();
}

/** Searches as the archive has them. */
async function sent(): Promise<object[]> {
  const { rows } = await services.db.query(
    `select exchange -> 'request' ->> 'method' as method, exchange -> 'request' ->> 'body' as body, count(*)::int as posts
     from fetches where url like '%/search/result.php%' group by 1, 2`,
  );
  return rows;
}
