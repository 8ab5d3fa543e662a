/** Archived documents whose time has come: their bytes leave the archive, and the words that quoted them leave the tables. */
import type { ArchiveStore } from '../platform/archive-store.ts';
import type { Database, Queryable } from '../platform/database.ts';

/** Documents in one transaction: each is a file to delete. */
const BATCH = 100;

/**
 * Erases documents that are due. The row is locked, then the bytes go, then the row says so: a crash between the two repeats a deletion,
 * and never forgets one. A landing of the same bytes waits for the row, sees that they were erased, and stores them again (see
 * `landDocuments`). Returns how many.
 */
export async function eraseDueDocuments(
  { db, archive }: { readonly db: Database; readonly archive: ArchiveStore },
  now: Date,
): Promise<number> {
  for (let erased = 0; ; ) {
    const batch = await db.transaction((tx) => eraseBatch(tx, archive, now));
    erased += batch;
    if (batch < BATCH) return erased;
  }
}

async function eraseBatch(tx: Queryable, archive: ArchiveStore, now: Date): Promise<number> {
  const { rows } = await tx.query<{ digest: Buffer }>({
    name: 'document-erasure-due',
    text: `select digest from documents where erased_at is null and erase_at <= $1 order by erase_at, digest limit ${BATCH} for update skip locked`,
    values: [now],
  });
  const digests = rows.map(({ digest }) => digest);
  if (digests.length === 0) return 0;
  await Promise.all(digests.map((digest) => archive.remove(digest)));
  await tx.query('update documents set erased_at = $2 where digest = any($1::bytea[])', [digests, now]);
  await tx.query('delete from document_posts where document_digest = any($1::bytea[])', [digests]);
  await tx.query(
    `update fetches set problem = '[erased]' where document_digest = any($1::bytea[]) and problem is not null`,
    [digests],
  );
  await tx.query(
    `update quarantine set message = '[erased]', position = null, version = version + 1 where document_digest = any($1::bytea[]) and message <> '[erased]'`,
    [digests],
  );
  return digests.length;
}

/** Documents with an end whose bytes are still there. */
export async function* readErasableDocuments(
  db: Queryable,
): AsyncGenerator<{ digest: Buffer; contentEncoding: string | null }> {
  for (let after: Buffer = Buffer.alloc(0); ; ) {
    const { rows } = await db.query<{ digest: Buffer; contentEncoding: string | null }>(
      `select digest, content_encoding as "contentEncoding" from documents
       where erase_at is not null and erased_at is null and digest > $1 order by digest limit 1000`,
      [after],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.digest;
  }
}
