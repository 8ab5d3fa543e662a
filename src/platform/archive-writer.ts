/**
 * The thread that stores documents: hashing, compressing and writing take a third of a page's time, which the crawler's own thread needs
 * for pages. One message in, one out; the wait for the disk is left to Node, so that documents wait for it together.
 */
import { hash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { constants, zstdCompressSync } from 'node:zlib';
import { type DigestedDocument, FRESH_MS, type StoreRequest, storedPath } from './archive-files.ts';

const datasync = promisify(fdatasync);
/**
 * Level 1: 43 kB for a 243 kB page in 0.5 ms; level 3 saves 7 % for a third more time. Output that is larger than a chunk is put
 * together from several, so a chunk holds a whole page.
 */
const COMPRESSION = { chunkSize: 128 * 1_024, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

parentPort?.on('message', ({ id, directory, bytes }: StoreRequest) => {
  store(directory, bytes).then(
    (stored) => parentPort?.postMessage({ id, stored }),
    (fault: unknown) => parentPort?.postMessage({ id, fault }),
  );
});

async function store(directory: string, bytes: Uint8Array): Promise<DigestedDocument> {
  const digest = hash('sha256', bytes, 'buffer');
  const path = storedPath(directory, digest);
  const existing = storedSize(path);
  if (existing !== null) return { digest, storedBytes: existing };
  const packed = zstdCompressSync(bytes, COMPRESSION);
  // Of a page's 250 kB the garbage collector of this thread, which has little else to collect, would hear too late.
  (bytes.buffer as ArrayBuffer).transfer(0);
  await writeWhole(path, packed);
  return { digest, storedBytes: packed.byteLength };
}

/** Size of a file that is there, marked as stored now: what was stored lately is not taken for garbage. Null when it is not there. */
function storedSize(path: string): number | null {
  const about = statSync(path, { throwIfNoEntry: false });
  if (about === undefined) return null;
  const now = new Date();
  if (now.getTime() - about.mtimeMs < FRESH_MS) return about.size;
  try {
    utimesSync(path, now, now);
    return about.size;
  } catch (error) {
    // It was taken away in this moment: it is written anew.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Written aside, synced and renamed, so a name that exists is whole. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  const file = openInFolder(aside);
  try {
    try {
      writeFileSync(file, bytes);
      await datasync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** The folder is mostly there: asking first would cost more than a failure now and then. */
function openInFolder(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'wx');
  }
}
