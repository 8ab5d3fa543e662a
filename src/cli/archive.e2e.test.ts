/** What was received goes out as WARC and comes in again, by the command line: the catalogue is the same. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Digests, meaningOf, withDatabaseOf } from '../testing/catalogue.ts';
import { jsonOf, processesOn, runCli, temporaryFolder } from '../testing/cli.ts';

const SETLISTS = fileURLToPath(new URL('../../spiders/setlistfm/fixtures/setlists.json', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** What the catalogue says after a crawl of the sandbox and the import of a page without an address. */
let original: Digests;

const data = (name: string) => join(folder.path, name);
const warc = () => join(folder.path, 'pages.warc.gz');
const musicdb = (...args: string[]) => runCli([...args, '--json']);

/** Messages of the quarantine name the file they are about. */
async function catalogueOf(name: string): Promise<Digests> {
  const { quarantine: _, ...catalogue } = await withDatabaseOf(data(name), meaningOf);
  return catalogue;
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const crawled = await musicdb('crawl', 'setlistfm', '--sandbox', '--data', data('original'));
  expect(crawled.status, crawled.stderr).toBe(0);
  expect((await musicdb('import', 'setlistfm', SETLISTS, '--data', data('original'))).status).toBe(0);
  original = await catalogueOf('original');
});
afterAll(() => folder?.release());

describe('archive export', () => {
  it('writes every page that was received, and says how many records of which kind', async () => {
    const result = await musicdb('archive', 'export', '--warc', warc(), '--data', data('original'));
    expect(result.status, result.stderr).toBe(0);
    const { records, fetches } = jsonOf<{ records: Record<string, number>; fetches: number }>(result);
    expect(records).toMatchObject({ warcinfo: 1, resource: 1, metadata: fetches });
    expect((records.response ?? 0) + (records.revisit ?? 0)).toBe(fetches - 1);
    expect((await readFile(warc())).subarray(0, 3)).toEqual(Buffer.from([0x1f, 0x8b, 8]));
  });

  it.each([
    ['no file', ['archive', 'export'], 'USAGE', 2],
    ['an action that is none', ['archive', 'burn'], 'USAGE', 2],
    ['a time that is none', ['archive', 'export', '--warc', 'x', '--since', 'yesterday'], 'USAGE', 2],
    ['a folder that is not there', ['archive', 'export', '--warc', '/nowhere/x.warc.gz'], 'CANNOT_WRITE', 1],
  ])('refuses %s', async (_what, args, code, status) => {
    const result = await musicdb(...args, '--data', data('original'));
    expect(result.status).toBe(status);
    expect(jsonOf(result)).toMatchObject({ error: { code } });
  });
});

describe('import of a WARC', () => {
  it('gives the same catalogue in an empty database', async () => {
    const result = await musicdb('import', 'setlistfm', warc(), '--data', data('imported'));
    expect(result.status, result.stderr).toBe(0);
    expect(jsonOf(result)).toMatchObject({ files: 1, problems: [], warc: { broken: 0, notOfThisSource: 0 } });
    expect(await catalogueOf('imported')).toEqual(original);
  });

  it('counts what is of another source, and reads on after what is broken', async () => {
    const plain = gunzipSync(await readFile(warc())).toString('latin1');
    const [first = '', second = ''] = plain
      .split('WARC/1.1\r\n')
      .filter((part) => part.includes('WARC-Type: response'));
    const changed = second.replace(/\}(?=[^}]*$)/, ']');
    const file = join(folder.path, 'odd.warc');
    await writeFile(
      file,
      ['', first.replace(/Length: \d+/, 'Length: ?'), changed, first].join('WARC/1.1\r\n'),
      'latin1',
    );
    const ours = await musicdb('import', 'setlistfm', file, '--data', data('odd'));
    expect(ours.status).toBe(1);
    expect(jsonOf(ours)).toMatchObject({
      warc: { pages: 2, broken: 1 },
      quarantined: 1,
      problems: [
        { file, code: 'broken-record' },
        { file: expect.stringMatching(/odd\.warc@\d+$/), code: 'digest-mismatch' },
      ],
    });
    const others = await musicdb('import', 'reddit', file, '--data', data('odd'));
    expect(jsonOf(others)).toMatchObject({ documents: 0, warc: { pages: 0, notOfThisSource: 2 } });
  });

  it('takes one from standard input, and says in words what was in it', async () => {
    const result = await runCli(['import', 'setlistfm', '-', '--data', data('imported')], {
      stdin: await readFile(warc()),
    });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toMatch(/records: \d+ pages, .*\d+ that only describe/);
  });
});

describe('a replay', () => {
  const replay = (name: string, ...args: string[]) =>
    musicdb('crawl', 'setlistfm', '--data', data(name), '--from', ...args);
  /** A replay visits what a crawl would: not the page that was imported. */
  let crawled: Digests;

  beforeAll(async () => {
    expect((await musicdb('crawl', 'setlistfm', '--sandbox', '--data', data('crawled'))).status).toBe(0);
    crawled = await catalogueOf('crawled');
  });

  it.each([
    ['the data folder of another MusicDB', 'from-folder', () => data('crawled')],
    ['its archive', 'from-archive', () => join(data('crawled'), 'archive')],
    ['a WARC file', 'from-warc', warc],
  ])('from %s gives the same catalogue, without a sandbox or a network', async (_what, name, from) => {
    const result = await replay(name, from());
    expect(result.status, result.stderr).toBe(0);
    expect(jsonOf(result)).toMatchObject({ via: 'replay', replay: { unusable: 0, notInArchive: 0 } });
    expect(await catalogueOf(name)).toEqual(crawled);
  });

  it('from our own archive asks for all of it again, and finds nothing new', async () => {
    const result = await replay('crawled', 'archive');
    expect(result.status, result.stderr).toBe(0);
    expect(await catalogueOf('crawled')).toEqual(crawled);
  });

  it('tells of what the archive does not hold, and fails', async () => {
    const result = await replay('elsewhere', warc(), '--seed', 'https://www.setlist.fm/setlist/x/2020/y-5be1affe.html');
    expect(result.status).toBe(1);
    expect(jsonOf(result)).toMatchObject({ replay: { notInArchive: 1 }, requests: { failed: 1 } });
  });

  it.each([
    ['a time before the first page', [() => warc(), '--at', '2020-01-01'], 'EMPTY_ARCHIVE', 1],
    ['a file that is no archive', [() => SETLISTS], 'NOT_AN_ARCHIVE', 2],
    ['a folder that is none', [() => folder.path], 'NOT_AN_ARCHIVE', 2],
    ['two ways at once', [() => warc(), '--live'], 'USAGE', 2],
  ])('is refused for %s', async (_what, args, code, status) => {
    const result = await replay('elsewhere', ...args.map((arg) => (typeof arg === 'string' ? arg : arg())));
    expect(result.status).toBe(status);
    expect(jsonOf(result)).toMatchObject({ error: { code } });
  });
});

it('no command leaves a process', async () => {
  expect(await processesOn(folder.path)).toEqual([]);
});
