/** Reading for a client: one moment of the database, never a write, never longer than a person waits. */
import type { Database, Queryable } from '../platform/database.ts';

/** Runs several reads over one snapshot. A statement over 5 s is cancelled by the server (the error handler answers 503). */
export function readSnapshot<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query("set transaction isolation level repeatable read, read only; set local statement_timeout = '5s'");
    return work(tx);
  });
}
