/** Documents as rows: which are needed, which are known, which nothing refers to. */
import { escapeIdentifier } from 'pg';
import type { Database, Queryable } from '../platform/database.ts';

export interface DocumentRow {
  readonly digest: Buffer;
  readonly storedBytes: number;
}

/** Each look reads the columns that have no index once, however many it finds. */
const UNREFERENCED_AT_ONCE = 20_000;
/** Landings wait while these go. */
const DELETED_AT_ONCE = 500;

interface Column {
  readonly table: string;
  readonly column: string;
}

/** Documents whose bytes must be in the archive, in the order of their digests. */
export async function* readKeptDocuments(db: Queryable): AsyncGenerator<DocumentRow[]> {
  for (let after: Buffer = Buffer.alloc(0); ; ) {
    const { rows } = await db.query<DocumentRow>({
      name: 'documents-read-kept',
      text: `select digest, stored_bytes as "storedBytes" from documents where erased_at is null and digest > $1 order by digest limit 500`,
      values: [after],
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.digest;
  }
}

export async function countKeptDocuments(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from documents where erased_at is null',
  );
  return rows[0]?.count ?? 0;
}

/** Those of some digests whose bytes must be in the archive. What a writer stored that died is none of them where it had been erased. */
export async function keptDocuments(db: Queryable, digests: readonly Buffer[]): Promise<Set<string>> {
  const { rows } = await db.query<{ digest: string }>({
    name: 'documents-kept',
    text: `select encode(digest, 'hex') as digest from documents where digest = any($1::bytea[]) and erased_at is null`,
    values: [digests],
  });
  return new Set(rows.map(({ digest }) => digest));
}

/**
 * Documents that nothing refers to, in batches. Every column of bytes of every other table counts as a reference, so that a new table's
 * are kept from the day it is there; only rows that go with their document (cascade) do not.
 */
export async function* findUnreferenced(db: Queryable, before: Date): AsyncGenerator<DocumentRow[]> {
  const columns = await referringColumns(db);
  const unused = columns
    .map(
      ({ table, column }) => `and not exists (select 1 from ${table} r where r.${escapeIdentifier(column)} = d.digest)`,
    )
    .join(' ');
  for (let after: Buffer = Buffer.alloc(0); ; ) {
    const { rows } = await db.query<DocumentRow>(
      `select d.digest, d.stored_bytes as "storedBytes" from documents d
       where d.created_at < $1 and d.digest > $2 ${unused} order by d.digest limit ${UNREFERENCED_AT_ONCE}`,
      [before, after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    for (let from = 0; from < rows.length; from += DELETED_AT_ONCE) yield rows.slice(from, from + DELETED_AT_ONCE);
    after = last.digest;
  }
}

/**
 * Deletes rows that are still referred to by nothing. The table is locked against landings for that moment: one that has named a document
 * is waited for, and seen; one that comes later writes the row anew.
 */
export async function deleteUnreferenced(db: Database, digests: readonly Buffer[]): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.query(`set local lock_timeout = '10s'`);
    await tx.query('lock table documents in share row exclusive mode');
    const { rowCount } = await tx.query(
      `delete from documents d where digest = any($1::bytea[])
         and not exists (select 1 from fetches f where f.document_digest = d.digest)
         and not exists (select 1 from raw_items r where r.document_digest = d.digest)
         and not exists (select 1 from robots_files r where r.document_digest = d.digest)`,
      [digests],
    );
    return rowCount ?? 0;
  });
}

async function referringColumns(db: Queryable): Promise<Column[]> {
  const { rows } = await db.query<Column>(
    `select c.oid::regclass::text as table, a.attname as column
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.oid <> 'documents'::regclass
       and a.atttypid = 'bytea'::regtype and a.attnum > 0 and not a.attisdropped
       and not exists (select 1 from pg_constraint k
         where k.conrelid = c.oid and k.confrelid = 'documents'::regclass and k.confdeltype = 'c' and a.attnum = any(k.conkey))
     order by 1, 2`,
  );
  return rows;
}
