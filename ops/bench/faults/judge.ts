/** What came of it, measured by the sandbox's truth: pages lost, things doubled, items that say what no page truly shows. */
import type { Queryable } from '../../../src/platform/database.ts';
import type { ShownRow } from '../../sandbox/shown-row.ts';
import type { ShownSet, ShownTrack } from '../../sandbox/sites/site.ts';
import { type Expected, itemKey } from './expected.ts';

const BATCH = 500;
/** Examples of each fault of ours that the report names. */
const MOST_EXAMPLES = 5;

export interface Finding {
  count: number;
  readonly examples: string[];
}

export interface Judgement {
  /** Pages asked for whose item is not in the database. */
  readonly lost: Finding;
  /** Items, sets or rows of sets that are there twice. */
  readonly doubled: Finding;
  /** Items that name what the world does not hold, or say of it what the page does not truly say. */
  readonly falseItems: Finding;
  /** Rows of sets in the catalogue that no page truly shows. */
  readonly falseRows: Finding;
  /** Items compared with the truth, field by field. */
  readonly compared: number;
}

interface StoredItem {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly externalId: string;
  readonly body: Record<string, unknown>;
}

export async function judge(db: Queryable, expected: Expected): Promise<Judgement> {
  const falseItems = finding();
  const seen = new Set<string>();
  for await (const item of storedItems(db)) {
    if (saysSomething(item)) seen.add(itemKey(item.source, item.externalId));
    const fault = falsehood(item, expected);
    if (fault !== null) note(falseItems, `${item.source} ${item.kind} ${item.externalId}: ${fault}`);
  }
  const lost = finding();
  for (const key of expected.wanted) if (!seen.has(key)) note(lost, key.replace('\t', ' '));
  return {
    lost,
    falseItems,
    doubled: await doubled(db),
    falseRows: await falseRows(db, expected),
    compared: seen.size,
  };
}

async function* storedItems(db: Queryable): AsyncGenerator<StoredItem> {
  for (let after = 0; ; ) {
    const { rows } = await db.query<StoredItem>({
      name: 'faults-items',
      text: `select id, source, kind, external_id as "externalId", body from raw_items
             where id > $1 and kind in ('setlist', 'post', 'track') and state <> 'quarantined' order by id limit ${BATCH}`,
      values: [after],
    });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/** A song without a title is a name for something, and not the page that was asked for. */
function saysSomething({ kind, body }: StoredItem): boolean {
  return kind !== 'track' || (body.title !== null && body.artist !== null);
}

/** What is wrong with an item; null when a page truly says it. */
function falsehood({ source, kind, externalId, body }: StoredItem, { sets, tracks }: Expected): string | null {
  const key = itemKey(source, externalId);
  if (kind === 'track') {
    const track = tracks.get(key);
    return track === undefined ? null : falseTrack(body, track);
  }
  const set = sets.get(key);
  // Posts are about more than sets: questions, single tracks.
  if (set === undefined) return kind === 'post' ? null : 'the world holds no such set';
  return falseHead(body, set) ?? falseTracks(rowsOf(body), set.rows);
}

function falseTrack(body: Record<string, unknown>, track: ShownTrack): string | null {
  // What is not said is not false: the keyless look-up gives no ISRC, a bare resource no names.
  for (const field of ['isrc', 'artist', 'title'] as const) {
    if (body[field] !== null && body[field] !== track[field]) return differs(field, body[field], track[field]);
  }
  return null;
}

function falseHead(body: Record<string, unknown>, { title, date }: ShownSet): string | null {
  if (title !== null && withoutDates(String(body.title)) !== withoutDates(title))
    return differs('title', body.title, title);
  const said = body.date ?? null;
  // A year is true of a day in it.
  return said === null || date === null || date.startsWith(String(said)) ? null : differs('date', said, date);
}

/** A redesign may write the dates within titles otherwise; the date that was read from it is compared by itself. */
function withoutDates(title: string): string {
  return title.replace(/\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/g, '');
}

type StoredRow = Partial<Record<keyof ShownRow, unknown>>;

function rowsOf(body: Record<string, unknown>): StoredRow[] {
  return Array.isArray(body.tracks) ? (body.tracks as StoredRow[]) : [];
}

function falseTracks(rows: readonly StoredRow[], shown: readonly ShownRow[]): string | null {
  if (rows.length !== shown.length) return `${rows.length} rows, the page shows ${shown.length}`;
  for (const [index, row] of rows.entries()) {
    for (const field of ['artist', 'title', 'version', 'cueSeconds', 'isId'] as const) {
      const truth = shown[index]?.[field];
      if (row[field] !== truth) return `row ${index + 1}: ${differs(field, row[field], truth)}`;
    }
  }
  return null;
}

function differs(field: string, said: unknown, truth: unknown): string {
  return `${field} ${JSON.stringify(said)}, the page says ${JSON.stringify(truth)}`;
}

/** Constraints forbid most of it; these counts would also see what they do not. */
async function doubled(db: Queryable): Promise<Finding> {
  const found = finding();
  const { rows } = await db.query<{ what: string }>(
    `select 'item ' || source || ' ' || external_id as what from raw_items group by source, kind, external_id having count(*) > 1
     union all select 'set ' || source || ' ' || external_id from setlists group by source, external_id having count(*) > 1
     union all select 'request ' || source || ' ' || url_key from frontier group by source, url_key having count(*) > 1
     union all select 'row ' || setlist_id || ' ' || position from setlist_tracks group by setlist_id, position having count(*) > 1
     union all select 'claim ' || raw_item_id || ' ' || position from claims group by raw_item_id, position, part having count(*) > 1`,
  );
  for (const { what } of rows) note(found, what);
  return found;
}

async function falseRows(db: Queryable, { sets }: Expected): Promise<Finding> {
  const found = finding();
  const { rows } = await db.query<{
    source: string;
    externalId: string;
    rows: [number, string | null, string | null][];
  }>(
    `select s.source, s.external_id as "externalId", jsonb_agg(jsonb_build_array(t.position, t.artist, t.title)) as rows
     from setlist_tracks t join setlists s on s.id = t.setlist_id and s.event_date = t.event_date group by s.id, s.source, s.external_id`,
  );
  for (const set of rows) {
    const shown = sets.get(itemKey(set.source, set.externalId))?.rows ?? [];
    for (const [position, artist, title] of set.rows) {
      const truth = shown[position - 1];
      if (truth?.artist === artist && truth.title === title) continue;
      note(found, `${set.source} ${set.externalId} row ${position}: ${artist} - ${title}`);
    }
  }
  return found;
}

function finding(): Finding {
  return { count: 0, examples: [] };
}

function note(into: Finding, example: string): void {
  into.count += 1;
  if (into.examples.length < MOST_EXAMPLES) into.examples.push(example);
}
