/**
 * Search in Postgres: the embedded default. Words are matched by a tsvector that we build ourselves (the server's parser depends on its locale),
 * typing errors are forgiven by trigrams and edit distance, and only when no document holds the words as typed.
 */
import type { Database, Queryable } from '../platform/database.ts';
import type { Search, SearchAnswer, SearchDocument, SearchHit, SearchIndex } from './search.ts';
import { chunks, DEEPEST_HIT, newestOfEach, type ParsedQuery, parseQuery, searchKey, searchWords } from './text.ts';
import { mayMean } from './typo.ts';

const BATCH = 1_000;
/** Share of a word's trigrams that a candidate must hold: one wrong letter in the middle of five leaves a third. */
const CANDIDATE_SIMILARITY = 0.3;
/** Candidates looked at, most alike first. */
const MOST_CANDIDATES = 500;
/** Largest position a tsvector can hold; words beyond it keep matching, only phrases end there. */
const LAST_POSITION = 16_383;

interface HitRow {
  id: string;
  score: number;
  body: Record<string, unknown>;
}

/** The adapter over table `search_documents` of an open database; releasing it leaves the database open. */
export function openPostgresSearch(db: Database): Search {
  return {
    adapter: 'postgres',
    prepare: async () => undefined,
    index: (index, documents) => writeAll(db, index, documents),
    remove: async (index, ids) => {
      await db.query('DELETE FROM search_documents WHERE index_name = $1 AND id = ANY($2::uuid[])', [index, ids]);
    },
    search: async (index, query) => find(db, index, parseQuery(query)),
    count: (index) => countAll(db, index),
    refresh: async () => undefined,
    clear: async () => {
      await db.query('TRUNCATE search_documents');
    },
    release: async () => undefined,
  };
}

/** The words of a document as a tsvector literal: weight A for the first text, B for the rest. */
export function vectorText(texts: readonly string[]): string {
  const places = new Map<string, string[]>();
  let position = 0;
  for (const [n, text] of texts.entries()) {
    for (const word of searchWords(text)) {
      position = Math.min(position + 1, LAST_POSITION);
      const known = places.get(word) ?? [];
      if (known.length < 250) known.push(`${position}${n === 0 ? 'A' : 'B'}`);
      places.set(word, known);
    }
    // A gap between two texts: a phrase must not run from one into the next.
    position = Math.min(position + 10, LAST_POSITION);
  }
  return [...places].map(([word, at]) => `'${word}':${at.join(',')}`).join(' ');
}

async function writeAll(db: Database, index: SearchIndex, documents: readonly SearchDocument[]): Promise<number> {
  const newest = newestOfEach(documents).sort((a, b) => (a.id < b.id ? -1 : 1));
  let written = 0;
  for (const batch of chunks(newest, BATCH)) written += await write(db, index, batch);
  return written;
}

async function write(db: Queryable, index: SearchIndex, batch: readonly SearchDocument[]): Promise<number> {
  const result = await db.query({
    name: 'search-write',
    text: `INSERT INTO search_documents AS old (index_name, id, version, body, text_folded, text_vector)
      SELECT $1, d.id, d.version, d.body, d.folded, d.vector::tsvector
      FROM unnest($2::uuid[], $3::bigint[], $4::jsonb[], $5::text[], $6::text[]) AS d (id, version, body, folded, vector)
      ON CONFLICT (index_name, id) DO UPDATE
        SET version = excluded.version, body = excluded.body, text_folded = excluded.text_folded, text_vector = excluded.text_vector
        WHERE old.version <= excluded.version`,
    values: [
      index,
      batch.map((document) => document.id),
      batch.map((document) => document.version),
      batch.map((document) => JSON.stringify(document.body)),
      batch.map((document) => document.texts.map(searchKey).join('\n')),
      batch.map((document) => vectorText(document.texts)),
    ],
  });
  return result.rowCount ?? 0;
}

/** One transaction: its settings end with it, and a search that takes too long ends by itself. */
function find(db: Database, index: SearchIndex, query: ParsedQuery): Promise<SearchAnswer> {
  return db.transaction(async (tx) => {
    await tx.query(
      // A small table would be read whole, comparing the trigrams of every document of every index: twenty times slower than by an index.
      `SET LOCAL statement_timeout = '5s'; SET LOCAL enable_seqscan = off; SET LOCAL pg_trgm.word_similarity_threshold = ${CANDIDATE_SIMILARITY}`,
    );
    const exact = await byWords(tx, index, query);
    return exact.total > 0 ? exact : byLikeness(tx, index, query);
  });
}

/** Every word as typed, the last one also as a beginning. The name itself first, then the words side by side, then by weight. */
async function byWords(db: Queryable, index: SearchIndex, query: ParsedQuery): Promise<SearchAnswer> {
  const words = query.words.map((word) => `'${word}'`);
  const values = [index, `${words.join(' & ')}:*`];
  const { rows: counted } = await db.query<{ total: number }>({
    name: 'search-count-words',
    text: `SELECT count(*) AS total FROM (
      SELECT 1 FROM search_documents WHERE index_name = $1 AND text_vector @@ $2::tsquery LIMIT ${DEEPEST_HIT}) found`,
    values,
  });
  const total = counted[0]?.total ?? 0;
  if (total <= query.offset) return { hits: [], total };
  const { rows } = await db.query<HitRow>({
    name: 'search-words',
    text: `SELECT id, body,
        (CASE WHEN split_part(text_folded, E'\\n', 1) = $3 THEN 8 ELSE 0 END
          + CASE WHEN text_vector @@ $4::tsquery THEN 2 ELSE 0 END
          + ts_rank('{0, 0, 0.3, 1}', text_vector, $2::tsquery))::float8 AS score
      FROM search_documents WHERE index_name = $1 AND text_vector @@ $2::tsquery
      ORDER BY score DESC, length(text_folded), id LIMIT $5 OFFSET $6`,
    values: [...values, query.key, `${words.join(' <-> ')}:*`, query.limit, query.offset],
  });
  return { hits: rows.map(toHit), total };
}

/** Every word may be a mistyping of some word of the document. Trigrams find the candidates, the edit distance decides. */
async function byLikeness(db: Queryable, index: SearchIndex, query: ParsedQuery): Promise<SearchAnswer> {
  const found = query.words.map((_, n) => `$${n + 2} <% text_folded`).join(' AND ');
  const likeness = query.words.map((_, n) => `word_similarity($${n + 2}, text_folded)`).join(' + ');
  const { rows: candidates } = await db.query<HitRow & { text_folded: string }>(
    `SELECT id, body, ((${likeness}) / ${query.words.length})::float8 AS score, left(text_folded, 10000) AS text_folded
     FROM search_documents WHERE index_name = $1 AND ${found}
     ORDER BY score DESC, length(text_folded), id LIMIT ${MOST_CANDIDATES}`,
    [index, ...query.words],
  );
  const meant = candidates.filter(({ text_folded }) => holdsAll(text_folded.split(/\s/), query.words));
  return { hits: meant.slice(query.offset, query.offset + query.limit).map(toHit), total: meant.length };
}

function holdsAll(held: readonly string[], typed: readonly string[]): boolean {
  return typed.every((word) => held.some((other) => mayMean(word, other)));
}

async function countAll(db: Queryable, index: SearchIndex): Promise<number> {
  const { rows } = await db.query<{ total: number }>(
    'SELECT count(*) AS total FROM search_documents WHERE index_name = $1',
    [index],
  );
  return rows[0]?.total ?? 0;
}

function toHit({ id, score, body }: HitRow): SearchHit {
  return { id, score, body };
}
