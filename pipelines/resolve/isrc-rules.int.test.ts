/** The rules by which mentions meet, through the whole loader: key, code, decisions of the model and of people, redirects. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { row, type SetlistItem, setlist, type TrackItem, track } from '../../src/core/items.ts';
import { entityId } from '../../src/core/uuid5.ts';
import type { Database } from '../../src/platform/database.ts';
import { emptyCatalogue, LOADED, loadItems } from '../../src/testing/load-items.ts';
import { openTestServices, type TestServices } from '../../src/testing/services.ts';

let services: TestServices;
let db: Database;
beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => emptyCatalogue(db));

type Named = [artist: string, title: string, said: Partial<TrackItem>];

const CODE = 'GBAYE0601498';
const ID = (key: string) => entityId('track', key);
const INSOMNIA = apple('1', 'Faithless', 'Insomnia');
const RADIO = apple('2', 'Faithless', 'Insomnia', { version: 'Radio Edit' });

describe('two mentions with one code', () => {
  test('and like texts are one track; a set that prints the alias leads to it, as printed', async () => {
    await loadItems(db, [INSOMNIA]);
    await loadItems(db, [RADIO]);
    await loadItems(db, [oneRow('Faithless', 'Insomnia', { version: 'Radio Edit' })]);
    expect(await keys()).toEqual(['faithless|insomnia|']);
    expect(await read('select track_id, mix_name from setlist_tracks')).toEqual([
      { track_id: ID('faithless|insomnia|'), mix_name: 'Radio Edit' },
    ]);
    expect(
      await read('select distinct entity_id from claims where position = 0 and entity_type = $1', ['track']),
    ).toEqual([{ entity_id: ID('faithless|insomnia|') }]);
    expect(await read('select subject_key, decision, decided_by, decided_at, evidence from match_decisions')).toEqual([
      {
        subject_key: 'faithless|insomnia|radio',
        decision: 'match',
        decided_by: 'model',
        decided_at: LOADED,
        evidence: [expect.objectContaining({ field: 'isrc', detail: CODE }), expect.anything(), expect.anything()],
      },
    ]);
  });

  test.each<[string, Named, Named, string, string]>([
    [
      'other artists and titles',
      ['AFI', 'Miss Murder', {}],
      ['Millencolin', 'No Cigar', {}],
      'isrc-conflict',
      'review',
    ],
    ['another part of a work', ['Ada', 'Symphony Pt. 1', {}], ['Ada', 'Symphony Pt. 2', {}], 'isrc-conflict', 'review'],
    [
      'another remixer',
      ['Ada', 'One', { version: 'Bo Remix' }],
      ['Ada', 'One', { version: 'Cy Remix' }],
      'isrc-conflict',
      'review',
    ],
    [
      'far apart lengths',
      ['Ada', 'One', { durationMs: 200_000 }],
      ['Ada', 'One', { version: 'Extended Mix', durationMs: 300_000 }],
      'isrc-conflict',
      'review',
    ],
    ['one of them mixed', ['Ada', 'One', {}], ['Ada', 'One', { mixed: true }], 'mixed', 'no-match'],
  ])(
    'and %s stay two tracks, with the same decision in any order and however often',
    async (_, a, b, rule, decision) => {
      const pair = [apple('1', ...a), apple('2', ...b)];
      await loadItems(db, pair);
      const decided = await read('select * from match_decisions');
      expect(decided).toMatchObject([{ rule, decision, decided_by: 'model' }]);
      expect(await keys()).toHaveLength(2);
      expect(await read('select count(*)::int from track_isrcs')).toEqual([{ count: 2 }]);
      await loadItems(db, pair);
      expect(await read('select * from match_decisions')).toEqual(decided);
      await emptyCatalogue(db);
      for (const item of pair.toReversed()) await loadItems(db, [item]);
      expect(await read('select * from match_decisions')).toEqual(decided);
    },
  );

  test('that were both there before the code was known are left to a person', async () => {
    await loadItems(db, [
      apple('1', 'Ada', 'One', { isrc: null }),
      apple('2', 'Ada', 'One', { version: 'Radio Edit' }),
    ]);
    await loadItems(db, [apple('3', 'Ada', 'One')]);
    expect(await keys()).toEqual(['ada|one|', 'ada|one|radio']);
    expect(await read('select subject_key, decision, rule from match_decisions')).toEqual([
      { subject_key: 'ada|one|radio', decision: 'review', rule: 'isrc-late' },
    ]);
  });
});

test('one track may have several codes, and different codes part no tracks of one key', async () => {
  await loadItems(db, [
    apple('1', 'Nickelback', 'Remind', { isrc: 'NLA320119533' }),
    apple('2', 'Nickelback', 'Remind', { isrc: 'NLA321393034' }),
  ]);
  expect(await keys()).toEqual(['nickelback|remind|']);
  expect(await read('select isrc from track_isrcs order by 1')).toEqual([
    { isrc: 'NLA320119533' },
    { isrc: 'NLA321393034' },
  ]);
});

test('a text that is no code joins nothing', async () => {
  const items = ['N/A', 'QZ0000000000', null].flatMap((isrc, at) => [
    apple(`a${at}`, 'Ada', `One ${at}`, { isrc }),
    apple(`b${at}`, 'Ada', `One ${at}`, { isrc, version: 'Radio Edit' }),
  ]);
  await loadItems(db, items);
  expect(await keys()).toHaveLength(6);
  expect(await read('select * from track_isrcs')).toEqual([]);
});

describe("a person's decision outranks", () => {
  test('the code: what was said to be no match stays apart', async () => {
    await loadItems(db, [INSOMNIA]);
    await decide('faithless|insomnia|radio', 'faithless|insomnia|', 'no-match');
    await loadItems(db, [RADIO]);
    expect(await keys()).toEqual(['faithless|insomnia|', 'faithless|insomnia|radio']);
    expect(await read('select decision, decided_by from match_decisions')).toEqual([
      { decision: 'no-match', decided_by: 'person' },
    ]);
  });

  test('the model: where it found a match, a person found another', async () => {
    await loadItems(db, [INSOMNIA, RADIO, apple('3', 'Faithless', 'Insomnia 2', { isrc: null })]);
    await decide('faithless|insomnia|radio', 'faithless|insomnia 2|', 'match');
    await loadItems(db, [RADIO, oneRow('Faithless', 'Insomnia', { version: 'Radio Edit' })]);
    expect(await read('select track_id from setlist_tracks')).toEqual([{ track_id: ID('faithless|insomnia 2|') }]);
    expect(await read(`select entity_id from raw_items where external_id = '2'`)).toEqual([
      { entity_id: ID('faithless|insomnia 2|') },
    ]);
  });

  test('the key: a track of its own key follows it too', async () => {
    await loadItems(db, [apple('1', 'Ada', 'Momemt', { isrc: null }), apple('2', 'Ada', 'Moment', { isrc: null })]);
    await decide('ada|momemt|', 'ada|moment|', 'match');
    await loadItems(db, [oneRow('Ada', 'Momemt')]);
    expect(await read('select track_id from setlist_tracks')).toEqual([{ track_id: ID('ada|moment|') }]);
  });
});

describe('after a merge', () => {
  test('rows that print the track that went lead to the one that stayed', async () => {
    await loadItems(
      db,
      ['One', 'Two', 'Three'].map((title) => apple(title, 'Ada', title, { isrc: null })),
    );
    await redirect('track', ID('ada|one|'), ID('ada|two|'));
    await redirect('track', ID('ada|two|'), ID('ada|three|'));
    await loadItems(db, [oneRow('Ada', 'One')]);
    expect(await read('select track_id, title from setlist_tracks')).toEqual([
      { track_id: ID('ada|three|'), title: 'One' },
    ]);
  });

  test('artists follow their redirects in credits and in line-ups', async () => {
    await loadItems(db, [set('a', { artists: ['Ada'] }), set('b', { artists: ['Adda'] })]);
    await redirect('artist', entityId('artist', 'adda'), entityId('artist', 'ada'));
    await loadItems(db, [set('c', { artists: ['Adda', 'Ada'], tracks: [row(1, { artist: 'Adda', title: 'One' })] })]);
    for (const from of ['track_artists', 'tracks']) {
      expect(await read(`select a.name from ${from} x join artists a on a.id = x.artist_id`)).toEqual([
        { name: 'Ada' },
      ]);
    }
    const players = 'select artist_id from setlist_artists where setlist_id = $1';
    expect(await read(players, [entityId('setlist', 'mixesdb:c')])).toEqual([{ artist_id: entityId('artist', 'ada') }]);
  });

  test('a ring of redirects hangs nobody', async () => {
    await loadItems(
      db,
      ['One', 'Two'].map((title) => apple(title, 'Ada', title, { isrc: null })),
    );
    await redirect('track', ID('ada|one|'), ID('ada|two|'));
    await redirect('track', ID('ada|two|'), ID('ada|one|'));
    await loadItems(db, [oneRow('Ada', 'One')]);
    expect(await read('select count(track_id)::int from setlist_tracks')).toEqual([{ count: 1 }]);
  });
});

function apple(id: string, artist: string, title: string, said: Partial<TrackItem> = {}): TrackItem {
  return track('applemusic', id, { artist, title, isrc: CODE, ...said });
}

function set(id: string, said: Partial<SetlistItem>): SetlistItem {
  return setlist('mixesdb', id, said);
}

function oneRow(artist: string, title: string, said: { version?: string } = {}): SetlistItem {
  return set('one-row', { tracks: [row(1, { artist, title, ...said })] });
}

async function decide(subjectKey: string, entityKey: string, decision: string): Promise<void> {
  await db.query(
    `insert into match_decisions values ($1, 'track', $2, $3, 'person', 1, '[]', 'person', $4)
     on conflict (entity_type, subject_key, entity_id) do update set decision = excluded.decision, decided_by = 'person'`,
    [subjectKey, ID(entityKey), decision, LOADED],
  );
}

async function redirect(type: string, from: string, to: string): Promise<void> {
  await db.query(`insert into entity_redirects values ($1, $2, $3, 'merge', $4)`, [type, from, to, LOADED]);
}

async function keys(): Promise<unknown[]> {
  return (await read('select norm_key from tracks order by 1')).map((each) => each.norm_key);
}

async function read(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await db.query(text, values)).rows;
}
