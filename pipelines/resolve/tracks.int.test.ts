import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nameKey, trackKey } from '../../src/core/names.ts';
import { entityId } from '../../src/core/uuid5.ts';
import type { Database } from '../../src/platform/database.ts';
import { openTestServices, type TestServices } from '../../src/testing/services.ts';
import type { TrackReference } from '../pipeline.ts';
import { resolveTracks } from './tracks.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const ISRC = 'GBAYE0601498';

let services: TestServices;
let db: Database;
beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(async () => {
  await db.query('truncate tracks, artists, track_isrcs, match_decisions, entity_redirects cascade');
});

describe('a mention means', () => {
  test('a new track, with an id made of its key, when nothing is known', async () => {
    const [reference] = await resolve(mention('Ada', 'Moment'));
    expect(reference).toEqual({ id: entityId('track', 'ada|moment|'), known: null, isOwnKey: true });
    expect(await decisions()).toEqual([]);
  });

  test('the track whose own key it is', async () => {
    const id = await known(mention('Ada', 'Moment'));
    expect(await resolve(mention('ADA', 'Moment!'))).toMatchObject([{ id, isOwnKey: true }]);
    expect(await decisions()).toEqual([]);
  });

  test('a track with its ISRC when the texts agree, and the key becomes an alias', async () => {
    const id = await known(mention('Ada', 'Moment', { isrcs: [ISRC] }));
    const other = mention('Ada & Bo', 'Moment', { isrcs: [ISRC] });
    expect(await resolve(other)).toMatchObject([{ id, isOwnKey: false }]);
    expect(await decisions()).toEqual([[other.normKey, id, 'match', 'isrc', 'model']]);
    // The alias holds for a mention without the code, too.
    expect(await resolve(mention('Ada & Bo', 'Moment'))).toMatchObject([{ id, isOwnKey: false }]);
  });

  test('a track of its own when the code agrees and the texts do not, and a person is asked', async () => {
    const id = await known(mention('Ada', 'Moment', { isrcs: [ISRC] }));
    const other = mention('Bo', 'Cigarette', { isrcs: [ISRC] });
    expect(await resolve(other)).toMatchObject([{ id: entityId('track', other.normKey), known: null }]);
    expect(await decisions()).toEqual([[other.normKey, id, 'review', 'isrc-conflict', 'model']]);
  });

  test('never the unmixed track when it is mixed', async () => {
    const id = await known(mention('Ada', 'Moment', { isrcs: [ISRC] }));
    const mixed = mention('Ada', 'Moment', { isrcs: [ISRC], version: 'Mixed' });
    expect(await resolve(mixed)).toMatchObject([{ id: entityId('track', mixed.normKey) }]);
    expect(await decisions()).toEqual([[mixed.normKey, id, 'no-match', 'mixed', 'model']]);
  });

  test('the track that a person said, before the model and before its own key', async () => {
    const own = await known(mention('Ada', 'Moment'));
    const said = await known(mention('Ada', 'Moments'));
    await decide('ada|moment|', own, 'match', 'model');
    await decide('ada|moment|', said, 'match', 'person');
    expect(await resolve(mention('Ada', 'Moment'))).toMatchObject([{ id: said, isOwnKey: false }]);
  });

  test('not the track that a person said it is not, whatever the code says', async () => {
    const id = await known(mention('Ada', 'Moment', { isrcs: [ISRC] }));
    const other = mention('Ada & Bo', 'Moment', { isrcs: [ISRC] });
    await decide(other.normKey, id, 'no-match', 'person');
    expect(await resolve(other)).toMatchObject([{ id: entityId('track', other.normKey), known: null }]);
  });

  test('where a merged track went, over several merges', async () => {
    const [first, second, third] = [
      await known(mention('Ada', 'One')),
      await known(mention('Ada', 'Two')),
      await known(mention('Ada', 'Three')),
    ];
    await redirect(first, second);
    await redirect(second, third);
    expect(await resolve(mention('Ada', 'One'))).toMatchObject([{ id: third, isOwnKey: false }]);
  });

  test('where a merged track went also after its row is gone', async () => {
    const kept = await known(mention('Ada', 'Two'));
    await redirect(entityId('track', 'ada|one|'), kept);
    expect(await resolve(mention('Ada', 'One'))).toMatchObject([{ id: kept, isOwnKey: false }]);
  });

  test('itself when the alias leads to a track that is no more', async () => {
    await decide('ada|moment|', entityId('track', 'gone'), 'match', 'person');
    expect(await resolve(mention('Ada', 'Moment'))).toMatchObject([
      { id: entityId('track', 'ada|moment|'), known: null },
    ]);
  });
});

test('two mentions of one batch with one code are one track', async () => {
  const both = [
    mention('Ada', 'Moment', { isrcs: [ISRC] }),
    mention('Ada', 'Moment', { isrcs: [ISRC], version: 'Radio Edit' }),
  ];
  const [first, second] = await resolve(...both);
  expect(first).toMatchObject({ known: null, isOwnKey: true });
  expect(second).toEqual({ id: first?.id, known: null, isOwnKey: false });
});

test('tracks that were there before the code was known stay apart, and a person is asked once', async () => {
  await known(mention('Ada', 'Moment', { isrcs: [ISRC] }));
  const second = await known(mention('Ada & Bo', 'Moment'));
  const late = mention('Ada & Bo', 'Moment', { isrcs: [ISRC] });
  expect(await resolve(late)).toMatchObject([{ id: second }]);
  await resolve(late);
  expect(await decisions()).toEqual([['ada|moment|', second, 'review', 'isrc-late', 'model']]);
});

test('a batch of a thousand mentions takes as many statements as a batch of one', async () => {
  const many = Array.from({ length: 1000 }, (_, index) => mention(`Artist ${index}`, `Title ${index}`));
  expect(await statements(many)).toBe(await statements(many.slice(0, 1)));
});

function mention(
  artistText: string,
  title: string,
  { isrcs = [], version = null }: { isrcs?: string[]; version?: string | null } = {},
): TrackReference {
  const normKey = trackKey({ artist: artistText, title, version }) ?? '';
  const credits = [{ name: artistText, normKey: nameKey(artistText), role: 'primary' as const, mbid: null }];
  return {
    normKey,
    artistText,
    title,
    mixName: version,
    credits,
    isrcs,
    label: null,
    durationMs: null,
    releaseDate: null,
  };
}

async function resolve(...references: TrackReference[]) {
  const resolved = await db.transaction((tx) => resolveTracks(tx, references, NOW));
  return references.map(({ normKey }) => resolved.get(normKey));
}

/** Puts a track into the catalogue. */
async function known({ normKey, artistText, title, isrcs }: TrackReference): Promise<string> {
  const [id, artistId] = [entityId('track', normKey), entityId('artist', artistText)];
  await db.query(
    `insert into artists (id, norm_key, name, created_date) values ($1, $2, $2, '2026-11-20') on conflict do nothing`,
    [artistId, artistText],
  );
  await db.query(
    `insert into tracks (id, norm_key, artist_id, artist_text, title, created_date) values ($1, $2, $3, $4, $5, '2026-11-20')`,
    [id, normKey, artistId, artistText, title],
  );
  for (const isrc of isrcs) await db.query(`insert into track_isrcs values ($1, $2, 'applemusic')`, [id, isrc]);
  return id;
}

async function decide(key: string, id: string, decision: string, by: string): Promise<void> {
  await db.query(
    `insert into match_decisions (subject_key, entity_type, entity_id, decision, rule, probability, evidence, decided_by, decided_at)
     values ($1, 'track', $2, $3, 'test', 1, '[]', $4, $5)`,
    [key, id, decision, by, NOW],
  );
}

async function redirect(from: string, to: string): Promise<void> {
  await db.query(`insert into entity_redirects values ('track', $1, $2, 'merge', $3)`, [from, to, NOW]);
}

async function decisions(): Promise<unknown[]> {
  const { rows } = await db.query(
    'select subject_key, entity_id, decision, rule, decided_by from match_decisions order by 1, 2',
  );
  return rows.map((each) => Object.values(each));
}

async function statements(references: TrackReference[]): Promise<number> {
  let count = 0;
  await db.transaction((tx) => {
    const counted: typeof tx = {
      query: (statement, values) => {
        count += 1;
        return tx.query(statement, values);
      },
    };
    return resolveTracks(counted, references, NOW);
  });
  return count;
}
