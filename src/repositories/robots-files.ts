/** What sites' robots.txt files say, over restarts and processes: every look at one is kept, for the ledger is judged by them. */
import type { Database, Queryable } from '../platform/database.ts';
import { landKeptDocument } from './landing-documents.ts';
import type { ArchivedDocument } from './landing-page.ts';
import { storableText } from './storable.ts';

export interface RobotsFile {
  readonly state: 'rules' | 'open' | 'closed';
  readonly status: number | null;
  readonly problem: string | null;
  readonly documentDigest: Buffer | null;
  readonly checkedAt: Date;
  readonly expiresAt: Date;
  /** How long the document may be used while no newer one can be had; null without one. */
  readonly usableUntil: Date | null;
}

/** Which site's, and by which way of fetching. */
export interface RobotsKey {
  readonly via: 'live' | 'sandbox';
  readonly source: string;
  readonly origin: string;
}

export async function readRobotsFile(db: Queryable, { via, origin }: RobotsKey): Promise<RobotsFile | null> {
  const { rows } = await db.query<RobotsFile>({
    name: 'robots-files-read',
    text: `select state, status, problem, document_digest as "documentDigest", checked_at as "checkedAt", expires_at as "expiresAt", usable_until as "usableUntil"
           from robots_files where via = $1 and origin = $2 order by checked_at desc limit 1`,
    values: [via, origin],
  });
  return rows[0] ?? null;
}

/** Keeps what a look at a robots.txt found. A document that differs from the one before is an event. */
export async function writeRobotsFile(
  db: Database,
  key: RobotsKey,
  file: RobotsFile,
  stored: ArchivedDocument | null,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (stored !== null) await landKeptDocument(tx, stored, file.checkedAt);
    const before = await readRobotsFile(tx, key);
    // Two processes may look at the same moment: one look is enough.
    await tx.query(
      `insert into robots_files (via, origin, state, status, problem, document_digest, checked_at, expires_at, usable_until)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
      [
        ...[key.via, key.origin, file.state, file.status, file.problem === null ? null : storableText(file.problem)],
        ...[file.documentDigest, file.checkedAt, file.expiresAt, file.usableUntil],
      ],
    );
    if (before !== null && hasChanged(before, file)) await tellChange(tx, key, before, file);
  });
}

/** A file that cannot be had says nothing new. */
function hasChanged(before: RobotsFile, after: RobotsFile): boolean {
  return after.state !== 'closed' && hex(before) !== hex(after);
}

async function tellChange(tx: Queryable, key: RobotsKey, before: RobotsFile, after: RobotsFile): Promise<void> {
  const detail = { via: key.via, origin: key.origin, from: hex(before), to: hex(after) };
  await tx.query(
    `insert into workflow_events (happened_at, source, name, detail) values ($1, $2, 'robots.changed', $3::jsonb)`,
    [after.checkedAt, key.source, JSON.stringify(detail)],
  );
}

function hex({ documentDigest }: RobotsFile): string | null {
  return documentDigest?.toString('hex') ?? null;
}
