/** What lies in the archive's folder, and taking away what is not needed: safe beside writers, safe to interrupt. */
import { randomUUID } from 'node:crypto';
import { link, opendir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { storedPath } from './archive-files.ts';

/** A stored document. */
export interface StoredFile {
  readonly digest: Buffer;
  readonly storedBytes: number;
  /** When it was stored last, within an hour. */
  readonly storedAt: Date;
}

const STORED = /^[0-9a-f]{62}\.zst$/;
/** `<name>.zst.<uuid>.tmp`: being written; `.gc`: set aside to be deleted. */
const ASIDE = /^([0-9a-f]{62}\.zst)\.[0-9a-f-]{36}\.(tmp|gc)$/;

/** Every document, folder by folder. */
export async function* listStored(directory: string): AsyncGenerator<StoredFile> {
  for await (const path of filesOf(directory)) {
    if (!STORED.test(basename(path))) continue;
    const about = await stat(path).catch(() => null);
    const digest = Buffer.from(`${basename(dirname(path))}${basename(path, '.zst')}`, 'hex');
    if (about !== null) yield { digest, storedBytes: about.size, storedAt: about.mtime };
  }
}

/**
 * Deletes a document unless it was stored (again) since a moment. It is set aside first, then looked at: whoever stores it meanwhile either
 * finds it and marks it as fresh before it is set aside, or does not find it and writes it anew. Returns whether it is gone.
 */
export async function discardStored(directory: string, digest: Uint8Array, before: Date): Promise<boolean> {
  const path = storedPath(directory, digest);
  const aside = `${path}.${randomUUID()}.gc`;
  const isThere = await rename(path, aside).then(
    () => true,
    (error: NodeJS.ErrnoException) => unlessMissing(error, false),
  );
  if (!isThere) return false;
  if ((await stat(aside)).mtime < before) {
    await rm(aside);
    return true;
  }
  await giveBack(aside, path);
  return false;
}

/** Removes what writers that died left behind, and gives back what an interrupted deletion had set aside. Returns how many it removed. */
export async function tidyStored(directory: string, before: Date): Promise<number> {
  let removed = 0;
  for await (const path of filesOf(directory)) {
    const [, name, kind] = ASIDE.exec(basename(path)) ?? [];
    if (name === undefined) continue;
    const about = await stat(path).catch(() => null);
    if (kind === 'gc') await giveBack(path, join(dirname(path), name));
    else if (about !== null && about.mtime < before) {
      await rm(path, { force: true });
      removed += 1;
    }
  }
  return removed;
}

async function giveBack(aside: string, path: string): Promise<void> {
  await link(aside, path).catch((error: NodeJS.ErrnoException) => {
    // Stored anew meanwhile: the same bytes.
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(aside, { force: true });
}

async function* filesOf(directory: string): AsyncGenerator<string> {
  for await (const folder of entriesOf(directory)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for await (const name of entriesOf(join(directory, folder))) yield join(directory, folder, name);
  }
}

/** Names in a folder; none when there is no such folder yet. */
async function* entriesOf(folder: string): AsyncGenerator<string> {
  const opened = await opendir(folder).catch((error: NodeJS.ErrnoException) => unlessMissing(error, null));
  if (opened === null) return;
  for await (const { name } of opened) yield name;
}

function unlessMissing<T>(error: NodeJS.ErrnoException, value: T): T {
  if (error.code === 'ENOENT') return value;
  throw error;
}
