/** Every real sample beside the repository, by `musicdb import` through the whole pipeline, and the database compared with what was expected of it. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCE_NAMES } from '../../spiders/registry.ts';
import type { SourceName } from '../core/source-name.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { contentOf } from '../testing/catalogue.ts';
import { type CliResult, jsonOf, type RunningCli, runCli, startCli, temporaryFolder, until } from '../testing/cli.ts';
import {
  type ExpectedSet,
  expectedPosts,
  expectedSets,
  expectedSongs,
  readExpected,
} from '../testing/expected-samples.ts';
import { type StoredSet, storedSets } from '../testing/stored-sets.ts';
import { readRuntime } from './runtime-file.ts';

const FIXTURES = new URL('../../../shared/fixtures/', import.meta.url);
const isHere = existsSync(FIXTURES);

interface Imported {
  readonly files: number;
  readonly documents: number;
  readonly items: Readonly<Record<string, number>>;
  readonly unchanged: number;
  readonly quarantined: number;
  readonly notReadYet: Readonly<Record<string, number>>;
  readonly problems: readonly unknown[];
}

describe.skipIf(!isHere)(`real samples${isHere ? '' : ' (../shared/fixtures is not here)'}`, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let up: RunningCli;
  let db: Database;
  const results = new Map<SourceName, CliResult>();

  beforeAll(async () => {
    folder = await temporaryFolder();
    // The first one brings its own services and takes them down again, the others find a MusicDB that runs.
    results.set('1001tracklists', await importAll('1001tracklists'));
    up = startCli(['up', '--no-sandbox', '--port', '0', '--data', folder.path]);
    const runtime = await until('MusicDB to be ready', () => {
      if (up.child.exitCode !== null) throw new Error(`up ended: ${up.stderr()}`);
      const found = readRuntime(folder.path);
      return found?.ready ? found : null;
    });
    db = openDatabase(runtime.databaseUrl ?? '', { max: 2 });
    for (const name of SOURCE_NAMES)
      if (!results.has(name) && samplesOf(name).length > 0) results.set(name, await importAll(name));
  });

  afterAll(async () => {
    await db?.release();
    up?.child.kill('SIGTERM');
    await up?.ended;
    await folder?.release();
  });

  function importAll(source: SourceName): Promise<CliResult> {
    return runCli(['import', source, ...samplesOf(source), '--data', folder.path, '--json']);
  }

  function imported(source: SourceName): Imported {
    return jsonOf<Imported>(results.get(source) ?? { status: null, stdout: '', stderr: 'was not imported' });
  }

  it('no sample is an error, and the one command says so of each source', () => {
    for (const [source, { status, stderr }] of results) expect.soft(status, `${source}: ${stderr}`).toBe(0);
    expect(results.size).toBe(5);
  });

  it('every file is accounted for: items by kind, or "not read yet" with its kind', () => {
    const told = Object.fromEntries(
      [...results.keys()].map((source) => {
        const { files, documents, items, notReadYet, problems } = imported(source);
        return [source, { files, documents, items, notReadYet, problems }];
      }),
    );
    expect(told).toEqual({
      '1001tracklists': {
        files: 15,
        documents: 15,
        items: { setlist: 5, listing: 4, block: 3, media: 1 },
        notReadYet: { 'row-fragment': 2 },
        problems: [],
      },
      mixesdb: {
        files: 4,
        documents: 4,
        items: { setlist: expectedSets('mixesdb').length },
        notReadYet: {},
        problems: [],
      },
      setlistfm: {
        files: 7,
        documents: 7,
        items: { setlist: 42, artist: 3, error: 1 },
        notReadYet: { cassette: 1 },
        problems: [],
      },
      reddit: {
        files: 9,
        documents: 9,
        items: { post: 59 },
        notReadYet: {
          'PlaylistBot sample': 1,
          'POST https://www.reddit.com/api/v1/access_token': 2,
          'POST https://oauth.reddit.com/api/submit/?raw_json=1': 1,
        },
        problems: [],
      },
      applemusic: {
        files: 7,
        documents: 7,
        items: { track: 112, album: 4, chart: 1, setlist: 1, error: 1 },
        notReadYet: {},
        problems: [],
      },
    });
  });

  it('each file has its document and its fetch, and what could not be used is in quarantine with its reason', async () => {
    const { rows } = await db.query<{ digest: string; source: string; via: string }>(
      `select encode(document_digest, 'hex') as digest, source, via from fetches`,
    );
    for (const source of results.keys())
      for (const file of samplesOf(source))
        expect(rows).toContainEqual({ digest: digestOf(file), source, via: 'import' });
    const held = jsonOf<{ quarantine: { source: string; reason: string; document: string }[] }>(
      await runCli(['quarantine', '--data', folder.path, '--json']),
    ).quarantine;
    expect(held.map(({ source, reason }) => `${source} ${reason}`).sort()).toEqual([
      '1001tracklists block:ip-limited',
      '1001tracklists block:js-forwarding-interstitial',
      '1001tracklists block:turnstile-interstitial',
      'applemusic missing-tracks',
    ]);
    expect(rows.map(({ digest }) => digest)).toEqual(expect.arrayContaining(held.map(({ document }) => document)));
  });

  it('nothing of a page that refuses us reaches the catalogue', async () => {
    const { rows } = await db.query(
      `select 1 from raw_items b join claims c on c.document_digest = b.document_digest where b.kind = 'block'`,
    );
    expect(rows).toEqual([]);
  });

  describe.each(['1001tracklists', 'mixesdb', 'setlistfm', 'applemusic'] as const)('sets of %s', (source) => {
    it('are in the database field by field, row by row', async () => {
      const stored = await storedSets(db, source);
      for (const said of expectedSets(source)) {
        const set = find(stored, said);
        expect.soft(pick(set, said.set), said.what).toEqual(said.set);
        expect
          .soft(
            set.rows.map((row, index) => pick(row, said.rows[index] ?? {})),
            said.what,
          )
          .toEqual(said.rows);
      }
      expect(stored).toHaveLength(new Set(expectedSets(source).map((said) => find(stored, said).externalId)).size);
    });

    it('have claims for the set and each of its rows, with the digest of the file that says so', async () => {
      const stored = await storedSets(db, source);
      for (const said of expectedSets(source)) {
        const set = find(stored, said);
        const files = expectedSets(source)
          .filter((other) => find(stored, other) === set)
          .map(({ file }) => digestOf(file));
        expect.soft(files, said.what).toContain(set.document);
        expect.soft(set.claimDocuments, said.what).toEqual([set.document]);
        expect.soft(set.claimedPositions, said.what).toEqual([0, ...set.rows.map(({ position }) => position)]);
      }
    });
  });

  it('songs of Apple Music have their ISRC, and a claim with every field', async () => {
    const { rows } = await db.query<{
      id: string;
      entity: string;
      fields: Record<string, unknown>;
      document: string;
      isrcs: string[];
    }>(
      `select r.external_id as id, c.entity_id as entity, c.fields, encode(c.document_digest, 'hex') as document,
              array(select isrc from track_isrcs i where i.track_id = c.entity_id) as isrcs
       from claims c join raw_items r on r.id = c.raw_item_id where r.source = 'applemusic' and r.kind = 'track'`,
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { file, fields } of expectedSongs()) {
      const row = byId.get(String(fields.id));
      expect.soft(row?.fields, String(fields.id)).toMatchObject(fields);
      if (typeof fields.isrc === 'string') expect.soft(row?.isrcs, String(fields.id)).toContain(fields.isrc);
      expect.soft(row?.document, String(fields.id)).toBe(digestOf(file));
    }
    expect(rows.length).toBeGreaterThanOrEqual(expectedSongs().length);
  });

  it('posts of Reddit mention their tracks, and a deleted one keeps nothing of its content', async () => {
    const { rows } = await db.query<{ id: string; artist: string; title: string; version: string | null }>(
      `select external_id as id, artist, title, mix_name as version from mentions where source = 'reddit' order by external_id, position`,
    );
    for (const { id, tracks } of expectedPosts())
      expect
        .soft(
          rows.filter((row) => row.id === id).map(({ artist, title, version }) => ({ artist, title, version })),
          id,
        )
        .toEqual(tracks);
    const { rows: purged } = await db.query<{ body: Record<string, unknown> }>(
      `select body from raw_items where source = 'reddit' and body->'purge' = 'true'`,
    );
    expect(purged.length).toBeGreaterThan(0);
    for (const { body } of purged) expect(body).toMatchObject({ author: null, title: null, body: null, tracks: [] });
  });

  it('artists of setlist.fm have their MusicBrainz id, sort name and disambiguation', async () => {
    const { artists } = readExpected('setlistfm', 'search-artists-tmid') as { artists: Record<string, unknown>[] };
    for (const { name, mbid, sort_name, disambiguation } of artists) {
      const { rows } = await db.query('select name, mbid, sort_name, disambiguation from artists where mbid = $1', [
        mbid,
      ]);
      expect(rows).toEqual([{ name, mbid, sort_name, disambiguation }]);
    }
  });

  it.each([
    ['tracks', 'apricots', { artist: 'Bicep', title: 'Apricots' }],
    ['tracks', 'bicep apricot', { artist: 'Bicep', title: 'Apricots' }],
    ['artists', 'vath', { name: 'Sven Väth' }],
    ['setlists', 'vath bbc radio', { artist: 'Sven Väth', date: '2024-10-12', source: '1001tracklists' }],
    ['setlists', 'hawtin cocorico', { artist: 'Richie Hawtin', source: 'mixesdb' }],
    [
      'setlists',
      'beatles hollywood bowl',
      { artist: 'The Beatles', venue: 'Hollywood Bowl', city: 'Los Angeles', date: '1964-08-23' },
    ],
    ['mentions', 'comforter cop', { artist: 'Comforter', title: 'Cop' }],
  ])('search %s "%s" finds it first', async (index, text, body) => {
    const { total, hits } = jsonOf<{ total: number; hits: { body: Record<string, unknown> }[] }>(
      await runCli(['search', index, text, '--data', folder.path, '--json']),
    );
    expect(total).toBeGreaterThan(0);
    expect(hits[0]?.body).toMatchObject(body);
  });

  it('search finds a song by its ISRC', async () => {
    const song = expectedSongs().find(({ fields }) => typeof fields.isrc === 'string')?.fields;
    const { hits } = jsonOf<{ hits: { body: Record<string, unknown> }[] }>(
      await runCli(['search', 'tracks', String(song?.isrc), '--data', folder.path, '--json']),
    );
    expect(hits[0]?.body).toMatchObject({ isrcs: [song?.isrc] });
  });

  it('importing everything again changes no row, and says that all of it is known already', async () => {
    const before = await contentOf(db);
    for (const source of results.keys()) {
      const again = jsonOf<Imported>(await importAll(source));
      const items = Object.values(again.items).reduce((sum, count) => sum + count, 0);
      expect.soft(again, source).toMatchObject({ unchanged: items, quarantined: 0 });
    }
    expect(await contentOf(db)).toEqual(before);
  });
});

/** The samples of a source: all but our own notes and readings. Sorted, so that every run is the same. */
function samplesOf(source: SourceName): string[] {
  const folder = new URL(`${source}/`, FIXTURES);
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.expected.json') && name !== 'PROVENANCE.md')
    .sort()
    .map((name) => fileURLToPath(new URL(name, folder)));
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function find(stored: readonly StoredSet[], { what, is }: ExpectedSet): StoredSet {
  const set = stored.find(is);
  if (set === undefined) throw new Error(`${what} is not in the database`);
  return set;
}

/** The fields that are compared. */
function pick(from: object, like: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, (from as Record<string, unknown>)[key]]));
}
