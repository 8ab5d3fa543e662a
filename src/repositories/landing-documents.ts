/** Landing the documents of pages: one row for each that is new; the same bytes again change nothing but how long they are kept. */
import { pageEndsAt, SOURCES_WITH_DUTY } from '../core/post-duty.ts';
import { USABLE } from '../core/verdict.ts';
import type { Queryable } from '../platform/database.ts';
import type { ArchivedDocument, LandingPage } from './landing-page.ts';

/**
 * Writes the rows of the pages' documents. Bytes that ended and come again are a page seen again: they live as long as any. An erasure of the
 * same bytes that is under way is waited for, and seen: then the archive may have lost them after this page found them there. Returns the
 * digests of those that have an end now, for `keepShared`.
 */
export async function landDocuments(tx: Queryable, pages: readonly LandingPage[], now: Date): Promise<Buffer[]> {
  const ending = pages.map(({ document, source, fetchedAt }) => ({
    ...document,
    eraseAt: pageEndsAt(source, fetchedAt),
  }));
  // Of two pages of the same bytes the one with an end counts.
  ending.sort((a, b) => Number(a.eraseAt !== null) - Number(b.eraseAt !== null));
  const byDigest = new Map(ending.map((document) => [document.digest.toString('hex'), document]));
  const documents = [...byDigest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, document]) => document);
  const { rows } = await tx.query<{ digest: Buffer; isErased: boolean; isEnding: boolean }>({
    name: 'documents-insert',
    text: `insert into documents (digest, size_bytes, stored_bytes, content_encoding, erase_at, created_at)
           select *, $6 from unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[])
           on conflict (digest) do update
             set erase_at = case when documents.erased_at is null then least(documents.erase_at, excluded.erase_at) else excluded.erase_at end
           where documents.erase_at is not null or excluded.erase_at is not null
           returning digest, erased_at is not null as "isErased", erase_at is not null as "isEnding"`,
    values: [
      documents.map((d) => d.digest),
      documents.map((d) => d.sizeBytes),
      documents.map((d) => d.storedBytes),
      documents.map((d) => d.contentEncoding),
      documents.map((d) => d.eraseAt),
      now,
    ],
  });
  const erased = rows.filter(({ isErased }) => isErased).map(({ digest }) => digest.toString('hex'));
  await revive(
    tx,
    erased.flatMap((digest) => byDigest.get(digest) ?? []),
  );
  return rows.filter(({ isEnding }) => isEnding).map(({ digest }) => digest);
}

/**
 * Takes the end from documents that are also a usable page of a source without the deletion duty, or a robots.txt: a file that was first
 * taken for Reddit's is no less the other's. Those from which posts were read keep it. Runs when the pages' fetches and posts are noted.
 */
export async function keepShared(tx: Queryable, digests: readonly Buffer[]): Promise<void> {
  if (digests.length === 0) return;
  await tx.query({
    name: 'documents-keep-shared',
    text: `update documents d set erase_at = null
           where d.digest = any($1::bytea[])
             and not exists (select 1 from document_posts p where p.document_digest = d.digest)
             and (d.digest in (select document_digest from robots_files)
               or exists (select 1 from fetches f where f.document_digest = d.digest and f.source <> all($2::text[]) and f.outcome = any($3::text[])))`,
    values: [digests, [...SOURCES_WITH_DUTY], [...USABLE]],
  });
}

/** The same for the one document of a robots.txt, which is kept for ever, whatever becomes of a page of the same bytes (an empty one, mostly). */
export async function landKeptDocument(tx: Queryable, document: ArchivedDocument, now: Date): Promise<void> {
  const { rows } = await tx.query<{ isErased: boolean }>(
    `insert into documents (digest, size_bytes, stored_bytes, created_at) values ($1, $2, $3, $4)
     on conflict (digest) do update set erase_at = null where documents.erase_at is not null returning erased_at is not null as "isErased"`,
    [document.digest, document.sizeBytes, document.storedBytes, now],
  );
  if (rows.some(({ isErased }) => isErased)) await revive(tx, [document]);
}

/** Their rows are locked by this transaction, so that no erasure comes between the bytes and the word that they are there. */
async function revive(tx: Queryable, documents: readonly ArchivedDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await Promise.all(documents.map(({ storeAgain }) => storeAgain()));
  await tx.query('update documents set erased_at = null where digest = any($1::bytea[])', [
    documents.map(({ digest }) => digest),
  ]);
}
