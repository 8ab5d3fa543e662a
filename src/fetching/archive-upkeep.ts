/** Upkeep of the archive: is every document there and whole; and taking away what nothing refers to any more. */
import { asError, PermanentError } from '../core/errors.ts';
import type { ArchiveStore, StoredFile } from '../platform/archive-store.ts';
import type { Clock } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import {
  countKeptDocuments,
  deleteUnreferenced,
  findUnreferenced,
  keptDocuments,
  readKeptDocuments,
} from '../repositories/documents.ts';

/** Documents read at a time. */
const READ_AT_ONCE = 4;
const FILES_AT_ONCE = 1_000;
/** What is younger is left alone by garbage collection, milliseconds: longer than any landing takes. */
export const GC_GRACE_MS = 24 * 3_600_000;

interface UpkeepCtx {
  readonly db: Database;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Verified {
  readonly documents: number;
  /** Those that are not as they should be. */
  readonly damaged: { readonly digest: string; readonly code: string; readonly message: string }[];
}

/** Reads every document that must be there. @throws PermanentError `STOPPED` when the signal is aborted before the end. */
export async function verifyArchive(
  { db, archive, signal }: UpkeepCtx,
  onProgress: (done: number, total: number) => void,
): Promise<Verified> {
  const total = await countKeptDocuments(db);
  const damaged: Verified['damaged'] = [];
  let documents = 0;
  for await (const rows of readKeptDocuments(db)) {
    for (let from = 0; from < rows.length; from += READ_AT_ONCE) {
      assertGoesOn(signal);
      const group = rows.slice(from, from + READ_AT_ONCE);
      const faults = await Promise.all(group.map(({ digest }) => archive.get(digest).then(() => null, asError)));
      for (const [index, fault] of faults.entries())
        if (fault !== null) damaged.push(damageOf(group[index]?.digest.toString('hex') ?? '', fault));
      documents += group.length;
      onProgress(documents, total);
    }
  }
  return { documents, damaged };
}

function damageOf(digest: string, fault: Error): Verified['damaged'][number] {
  return { digest, code: 'code' in fault ? String(fault.code) : 'UNREADABLE', message: fault.message };
}

export interface Collected {
  /** Rows that nothing referred to. */
  readonly documents: number;
  /** Files without a row that needs them. */
  readonly files: number;
  readonly bytes: number;
  /** What writers that died left behind. */
  readonly unfinished: number;
}

/**
 * Rows first, then files without a row: interrupted anywhere, the next run goes on, and no row is ever without its file.
 * @param before what is younger stays: a file is written before the row that names it is committed.
 */
export async function collectGarbage(
  ctx: UpkeepCtx,
  { before, isDryRun }: { before: Date; isDryRun: boolean },
): Promise<Collected> {
  const { archive, db, signal } = ctx;
  const unfinished = isDryRun ? 0 : await archive.tidy(before);
  let documents = 0;
  const counted = { files: 0, bytes: 0 };
  for await (const rows of findUnreferenced(db, before)) {
    assertGoesOn(signal);
    const digests = rows.map(({ digest }) => digest);
    documents += isDryRun ? rows.length : await deleteUnreferenced(db, digests);
    if (!isDryRun) continue;
    // Their files would be found without a row by what follows.
    counted.files += rows.length;
    counted.bytes += rows.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  }
  for await (const file of filesWithoutRow(ctx, before)) {
    assertGoesOn(signal);
    if (!isDryRun && !(await archive.discard(file.digest, before))) continue;
    counted.files += 1;
    counted.bytes += file.storedBytes;
  }
  return { documents, ...counted, unfinished };
}

async function* filesWithoutRow({ archive, db }: UpkeepCtx, before: Date): AsyncGenerator<StoredFile> {
  let batch: StoredFile[] = [];
  for await (const file of archive.list()) {
    if (file.storedAt < before) batch.push(file);
    if (batch.length < FILES_AT_ONCE) continue;
    yield* await withoutRow(db, batch);
    batch = [];
  }
  if (batch.length > 0) yield* await withoutRow(db, batch);
}

async function withoutRow(db: Database, files: readonly StoredFile[]): Promise<StoredFile[]> {
  const kept = await keptDocuments(
    db,
    files.map(({ digest }) => digest),
  );
  return files.filter(({ digest }) => !kept.has(digest.toString('hex')));
}

function assertGoesOn(signal: AbortSignal): void {
  if (signal.aborted) throw new PermanentError('stopped before the end', { code: 'STOPPED' });
}
