/** What people really hand over: empty, broken, foreign, huge or missing files, and mistyped commands. Each gets an answer, none a stack trace. */
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Digests, meaningOf, withDatabaseOf } from '../testing/catalogue.ts';
import { type CliResult, jsonOf, processesOn, runCli, startCli, temporaryFolder } from '../testing/cli.ts';

const SPIDERS = new URL('../../spiders/', import.meta.url);
const SETLISTS = fileURLToPath(new URL('setlistfm/fixtures/setlists.json', SPIDERS));
const SET_PAGE = fileURLToPath(new URL('1001tracklists/fixtures/set-page.html', SPIDERS));

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null };
}

/** Bad files by name; what `parse` and `import` of setlist.fm must say of each. */
const BAD_FILES: readonly (readonly [name: string, code: string, content: (good: Buffer) => Buffer])[] = [
  ['empty.json', 'empty', () => Buffer.alloc(0)],
  ['blank.json', 'empty', () => Buffer.from(' \n\t\n')],
  ['binary.json', 'not-text', () => Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 89 + 7) % 256))],
  ['latin1.json', 'not-text', (good) => Buffer.from(good.toString('utf8').replace('"name"', '"n\u00e4me"'), 'latin1')],
  ['truncated.json', 'truncated', (good) => good.subarray(0, good.length / 2)],
  ['broken.json', 'truncated', (good) => Buffer.from(`${good.toString('utf8').trimEnd().slice(0, -1)} oops`)],
  ['number.json', 'unknown-shape', () => Buffer.from('42')],
  ['strange.json', 'unknown-shape', () => Buffer.from('{"weather": "fine"}')],
  ['page.html', 'unknown-shape', () => Buffer.from('<!doctype html><html><body><h1>Not yours</h1></body></html>')],
];

/** A person must be able to act on it: the file, what is wrong with it; never the insides of the program. */
function expectReadable({ stderr, stdout }: CliResult): void {
  expect(`${stderr}\n${stdout}`).not.toMatch(/^ {4}at |node:internal|\.ts:\d+/m);
}

describe('bad input', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let files: string;
  let data: string;
  const fileNamed = (name: string) => join(files, name);

  beforeAll(async () => {
    folder = await temporaryFolder();
    files = join(folder.path, 'files');
    data = join(folder.path, 'data');
    await mkdir(files);
    const good = await readFile(SETLISTS);
    for (const [name, , content] of BAD_FILES) await writeFile(fileNamed(name), content(good));
    await writeFile(fileNamed('utf16.json'), Buffer.from(`\ufeff${good.toString('utf8')}`, 'utf16le'));
    const sparse = await open(fileNamed('../huge.html'), 'w');
    await sparse.truncate(300 * 1024 * 1024);
    await sparse.close();
  });

  afterAll(() => folder?.release());

  describe('parse', () => {
    it.each(BAD_FILES)('of %s fails as %s, and says which file and what was expected', async (name, code) => {
      const result = await runCli(['parse', 'setlistfm', fileNamed(name), '--json']);
      const told = jsonOf<Failure & { problems: { code: string; message: string }[]; items: unknown[] }>(result);
      expect(result.status).toBe(1);
      expect(told).toMatchObject({ items: [], problems: [{ code }] });
      expect(told.error.code).toBe(code.toUpperCase().replaceAll('-', '_'));
      expect(told.error.message).toContain(name);
      expect(told.error.hint).toMatch(/setlist\.fm/);
      expectReadable(result);
    });

    it('of UTF-16 with its mark reads it like the same page in UTF-8', async () => {
      const marked = jsonOf(await runCli(['parse', 'setlistfm', fileNamed('utf16.json'), '--json']));
      expect(marked).toEqual(jsonOf(await runCli(['parse', 'setlistfm', SETLISTS, '--json'])));
    });

    it('of another source’s page fails as no page of this one', async () => {
      const result = await runCli(['parse', 'mixesdb', SET_PAGE, '--json']);
      expect(result.status).toBe(1);
      expect(jsonOf<Failure>(result).error.code).toBe('UNKNOWN_SHAPE');
    });

    it('of 300 MB fails at once by its size, without reading it', async () => {
      const started = performance.now();
      const result = await runCli(['parse', 'reddit', fileNamed('../huge.html'), '--json']);
      expect(jsonOf<Failure>(result).error).toMatchObject({
        code: 'TOO_LARGE',
        message: expect.stringMatching(/huge\.html.*52428800 bytes/),
      });
      expect(result.status).toBe(1);
      expect(performance.now() - started).toBeLessThan(5_000);
    });

    it('of more on standard input than a page can be fails too', async () => {
      const result = await runCli(['parse', 'reddit', '-', '--json'], { stdin: Buffer.alloc(51 * 1024 * 1024, 0x20) });
      expect(result.status).toBe(1);
      expect(jsonOf<Failure>(result).error).toMatchObject({
        code: 'TOO_LARGE',
        message: expect.stringContaining('standard input'),
      });
    });

    it('of empty standard input fails as empty, of a good page it works', async () => {
      const empty = await runCli(['parse', 'setlistfm', '-', '--json'], { stdin: '' });
      expect(empty.status).toBe(1);
      expect(jsonOf<Failure>(empty).error).toMatchObject({
        code: 'EMPTY',
        message: expect.stringContaining('standard input'),
      });
      const good = await runCli(['parse', 'setlistfm', '-', '--json'], { stdin: await readFile(SETLISTS) });
      expect(good.status).toBe(0);
      expect(jsonOf<{ items: unknown[] }>(good).items.length).toBeGreaterThan(0);
    });

    it('without --json prints the reading, and the problem on stderr', async () => {
      const result = await runCli(['parse', 'setlistfm', fileNamed('empty.json')]);
      expect(result.status).toBe(1);
      expect(JSON.parse(result.stdout)).toMatchObject({ items: [], problems: [{ code: 'empty' }] });
      expect(result.stderr).toContain(`${fileNamed('empty.json')}: empty: `);
    });

    it('ends quietly when its reader has read enough', async () => {
      // Large enough for the pipe to be full when its reader goes.
      const page = {
        type: 'setlists',
        setlist: Array.from({ length: 4_000 }, (_, id) => ({ id: `a${id}`, artist: { name: 'Ada' } })),
      };
      const cli = startCli(['parse', 'setlistfm', '-', '--json'], { stdin: JSON.stringify(page) });
      cli.child.stdout?.once('data', () => cli.child.stdout?.destroy());
      const { stderr } = await cli.ended;
      expect(stderr).toBe('');
    });
  });

  describe('a wrong line', () => {
    const missing = '/no/such/file.html';
    it.each<[what: string, args: string[], code: string, message: RegExp, hint: RegExp]>([
      ['no command', [], 'USAGE', /no command/, /--help/],
      ['an unknown command', ['improt'], 'USAGE', /unknown command 'improt'.*import/, /musicdb --help/],
      ['an unknown flag', ['list', '--jso'], 'USAGE', /unknown option '--jso'/, /musicdb list --help/],
      ['a missing argument', ['parse', 'reddit'], 'USAGE', /missing required argument 'file'/, /musicdb parse --help/],
      ['no files', ['import', 'reddit'], 'USAGE', /missing required argument 'files'/, /musicdb import --help/],
      ['too many arguments', ['parse', 'reddit', 'a', 'b'], 'USAGE', /too many arguments/, /musicdb parse --help/],
      [
        'an unknown source',
        ['parse', 'discogs', SETLISTS],
        'UNKNOWN_SOURCE',
        /"discogs"/,
        /1001tracklists.*watchthedj/,
      ],
      ['an unknown source of an import', ['import', 'discogs', SETLISTS], 'UNKNOWN_SOURCE', /"discogs"/, /setlistfm/],
      ['a missing file', ['parse', 'reddit', missing], 'NO_SUCH_FILE', /no such file: \/no\/such/, /standard input/],
      ['a folder as file', ['parse', 'reddit', '/'], 'NOT_A_FILE', /\/ is a folder, expected a file/, /import/],
      [
        'a status that is none',
        ['parse', 'reddit', SETLISTS, '--status', 'ok'],
        'USAGE',
        /--status "ok"/,
        /100 to 599/,
      ],
      [
        'a limit that is no number',
        ['quarantine', '--limit', 'many'],
        'USAGE',
        /--limit "many"/,
        /whole number from 1/,
      ],
      ['a limit of zero', ['search', 'tracks', 'x', '--limit', '0'], 'USAGE', /--limit "0"/, /from 1 to 100/],
      ['a limit with a sign', ['crawl', 'reddit', '--limit=-1'], 'USAGE', /--limit "-1"/, /from 1 to/],
      ['an unknown index', ['search', 'songs', 'x'], 'USAGE', /unknown index "songs"/, /tracks, artists/],
      ['an unknown action', ['dlq', 'purge'], 'USAGE', /unknown action "purge"/, /list, show/],
      ['an action without its id', ['dlq', 'show'], 'USAGE', /needs the id/, /dlq list/],
      ['--live and --sandbox', ['crawl', 'reddit', '--live', '--sandbox'], 'USAGE', /exclude each other/, /--sandbox/],
      [
        'a seed that a source cannot do',
        ['crawl', 'watchthedj', '--seed', 'artist:x'],
        'USAGE',
        /artist:x/,
        /channel:/,
      ],
      ['a word without a name', ['rescrape', 'reddit', 'artist:'], 'USAGE', /behind the colon/, /artist:Mara Quill/],
      [
        'a seed of another site',
        ['crawl', 'setlistfm', '--seed', 'https://example.org/x'],
        'USAGE',
        /example\.org/,
        /setlist\.fm/,
      ],
      [
        'an address for two files',
        ['import', 'setlistfm', SETLISTS, SET_PAGE, '--url', 'https://x.org/'],
        'USAGE',
        /--url/,
        /one by one/,
      ],
      ['an unknown queue', ['worker', '--queues', 'laod'], 'USAGE', /unknown queue "laod"/, /transform/],
    ])(
      '%s is refused with exit 2, the word that was wrong, and what to do',
      async (_what, args, code, message, hint) => {
        const result = await runCli([...args, '--json'], { env: { MUSICDB_DATA: join(folder.path, 'never') } });
        expect(result.status).toBe(2);
        const { error } = jsonOf<Failure>(result);
        expect(error.code).toBe(code);
        expect(error.message).toMatch(message);
        expect(error.hint ?? '').toMatch(hint);
        expectReadable(result);
      },
    );

    it('without --json is told on stderr in two lines, with nothing on stdout', async () => {
      const result = await runCli(['parse', 'discogs', SETLISTS]);
      expect(result.stdout).toBe('');
      expect(result.stderr).toMatch(/^musicdb: unknown source "discogs"\n {2}Known sources: .*\n$/);
    });

    it('a setting that cannot be used is named with its variable, and all of them at once', async () => {
      const env = { MUSICDB_API_PORT: 'eighty', DATABASE_URL: 'mysql://x', MUSICDB_LOG_LEVEL: 'loud' };
      const result = await runCli(['config', '--json'], { env });
      expect(result.status).toBe(2);
      const { message } = jsonOf<Failure>(result).error;
      for (const variable of Object.keys(env)) expect(message).toContain(variable);
      expectReadable(result);
    });
  });

  describe('import', () => {
    let before: Digests;

    beforeAll(async () => {
      expect((await runCli(['import', 'setlistfm', SETLISTS, '--data', data])).status).toBe(0);
      before = await withDatabaseOf(data, meaningOf);
    });

    const unchangedBut = async (...names: string[]) => {
      const kept = (digests: Digests) =>
        Object.fromEntries(Object.entries(digests).filter(([name]) => !names.includes(name)));
      expect(kept(await withDatabaseOf(data, meaningOf))).toEqual(kept(before));
    };

    it.each([
      ['a missing file', '../missing.json', 'NO_SUCH_FILE', 2],
      ['a huge file', '../huge.html', 'TOO_LARGE', 1],
    ])('of %s among good ones takes none of them', async (_what, name, code, status) => {
      const result = await runCli(['import', 'setlistfm', SET_PAGE, fileNamed(name), '--data', data, '--json']);
      expect(result.status).toBe(status);
      expect(jsonOf<Failure>(result).error).toMatchObject({ code, message: expect.stringContaining(fileNamed(name)) });
      await unchangedBut();
    });

    it('of a whole folder of bad files changes nothing in the catalogue, and names each of them', async () => {
      const result = await runCli(['import', 'setlistfm', files, SET_PAGE, '--data', data, '--json']);
      expect(result.status).toBe(1);
      const { problems, ...told } = jsonOf<{ problems: { file: string; code: string; message: string }[] }>(result);
      const expected = BAD_FILES.map(([name, code]) => ({ file: fileNamed(name), code, message: expect.any(String) }));
      expected.push({ file: SET_PAGE, code: 'unknown-shape', message: expect.any(String) });
      expect(problems).toHaveLength(expected.length);
      expect(problems).toEqual(expect.arrayContaining(expected));
      // The one in UTF-16 is a page like any other, and known already.
      expect(told).toMatchObject({ files: BAD_FILES.length + 2, documents: BAD_FILES.length + 2, notReadYet: {} });
      expectReadable(result);
      await unchangedBut('documents', 'quarantine');
    });

    it('holds what could not be used in quarantine, with the reason and the name of its file', async () => {
      const result = await runCli(['quarantine', '--source', 'setlistfm', '--data', data, '--json']);
      const { quarantine } = jsonOf<{ quarantine: { reason: string; message: string; document: string }[] }>(result);
      for (const [name, reason] of BAD_FILES)
        expect(quarantine).toContainEqual(
          expect.objectContaining({
            reason,
            message: expect.stringContaining(name),
            document: expect.stringMatching(/^[0-9a-f]{64}$/),
          }),
        );
      const held = quarantine.map(({ document }) => document);
      expect(new Set(held).size, 'each page once').toBe(held.length);
      const text = await runCli(['quarantine', '--reason', 'truncated', '--data', data]);
      expect(text.stdout).toContain('truncated.json');
      expect(text.stdout).not.toContain('empty.json');
    });

    it('of the same bad files again holds none of them twice', async () => {
      const result = await runCli(['import', 'setlistfm', files, SET_PAGE, '--data', data, '--json']);
      expect(jsonOf(result)).toMatchObject({ quarantined: 0, problems: { length: BAD_FILES.length + 1 } });
    });

    it('in words counts what gave nothing and says where to look', async () => {
      const result = await runCli(['import', 'setlistfm', fileNamed('empty.json'), '--data', data]);
      expect(result.status).toBe(1);
      expect(result.stdout).toMatch(/1 file gave nothing usable/);
      expect(result.stdout).toMatch(/musicdb quarantine --source setlistfm/);
      expect(result.stderr).toContain(`${fileNamed('empty.json')}: empty: `);
    });

    it('of standard input takes it like a file', async () => {
      const good = await runCli(['import', 'reddit', '-', '--data', data, '--json'], {
        stdin: await readFile(new URL('reddit/fixtures/discussion.json', SPIDERS)),
      });
      expect(good.status).toBe(0);
      expect(jsonOf<{ items: Record<string, number> }>(good).items.post).toBeGreaterThan(0);
      const empty = await runCli(['import', 'reddit', '-', '--data', data, '--json'], { stdin: '' });
      expect(empty.status).toBe(1);
      expect(jsonOf(empty)).toMatchObject({ problems: [{ file: '-', code: 'empty' }] });
    });

    it('leaves no process behind, whatever it was given', async () => {
      expect(await processesOn(data)).toEqual([]);
    });
  });
});
