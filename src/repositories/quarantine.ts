/** Quarantine: what cannot be used is held with a reason that an operator can query; nothing is dropped silently. */
import type { Queryable } from '../platform/database.ts';
import { storableKey, storableText } from './storable.ts';

export interface QuarantineEntry {
  /** Same key, same case: told once. */
  readonly dedupeKey: string;
  readonly source: string;
  readonly kind: string | null;
  readonly reason: string;
  readonly message: string;
  /** Place within the page or item. */
  readonly position: string | null;
  readonly rawItemId: number | null;
  readonly documentDigest: Buffer | null;
  readonly url: string | null;
}

/** Adds entries; known open ones are left alone, resolved ones are opened again. Returns how many were added or reopened. */
export async function quarantine(tx: Queryable, entries: readonly QuarantineEntry[], now: Date): Promise<number> {
  const keyed = entries.map((entry) => ({ ...entry, dedupeKey: storableKey(entry.dedupeKey) }));
  const unique = [...new Map(keyed.map((entry) => [entry.dedupeKey, entry])).values()].sort((a, b) =>
    a.dedupeKey < b.dedupeKey ? -1 : 1,
  );
  if (unique.length === 0) return 0;
  const { rowCount } = await tx.query(
    `insert into quarantine (dedupe_key, source, kind, reason, message, position, raw_item_id, document_digest, url, created_at)
     select *, $10 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bytea[], $9::text[])
     on conflict (dedupe_key) do update set resolved_at = null, resolution = null, message = excluded.message, version = quarantine.version + 1
       where quarantine.resolved_at is not null`,
    [
      unique.map((e) => e.dedupeKey),
      unique.map((e) => e.source),
      unique.map((e) => e.kind),
      unique.map((e) => e.reason),
      unique.map((e) => storableText(e.message.slice(0, 2_000))),
      unique.map((e) => storableText(e.position)),
      unique.map((e) => e.rawItemId),
      unique.map((e) => e.documentDigest),
      unique.map((e) => e.url),
      now,
    ],
  );
  return rowCount ?? 0;
}

/** Closes what was held against items that could be used after all. */
export async function resolveQuarantine(tx: Queryable, rawItemIds: readonly number[], now: Date): Promise<void> {
  await tx.query({
    name: 'quarantine-resolve',
    text: `update quarantine set resolved_at = $2, resolution = 'loaded', version = version + 1 where raw_item_id = any($1::bigint[]) and resolved_at is null`,
    values: [rawItemIds, now],
  });
}

export interface QuarantineRow {
  readonly id: number;
  readonly source: string;
  readonly kind: string | null;
  readonly reason: string;
  readonly message: string;
  readonly position: string | null;
  readonly rawItemId: number | null;
  /** SHA-256 of the document, hex. */
  readonly document: string | null;
  readonly url: string | null;
  readonly createdAt: Date;
}

/** Open entries, newest first. */
export async function listQuarantine(
  db: Queryable,
  { source, reason, limit }: { source: string | null; reason: string | null; limit: number },
): Promise<QuarantineRow[]> {
  const { rows } = await db.query<QuarantineRow>(
    `select id, source, kind, reason, message, position, raw_item_id as "rawItemId", encode(document_digest, 'hex') as document, url, created_at as "createdAt"
     from quarantine where resolved_at is null and ($1::text is null or source = $1) and ($2::text is null or reason = $2)
     order by created_at desc, id desc limit $3`,
    [source, reason, limit],
  );
  return rows;
}
