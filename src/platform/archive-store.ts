/**
 * The archive: documents as received, content-addressed (SHA-256), compressed (zstd), verified on every read.
 * Files: `<dir>/<2 hex>/<62 hex>.zst`, written aside, synced and renamed, so a name that exists is whole.
 */
import { statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { type DigestedDocument, type StoreReply, type StoreRequest, storedPath } from './archive-files.ts';
import { discardStored, listStored, type StoredFile, tidyStored } from './archive-listing.ts';
import { unpackVerified } from './archive-unpack.ts';

export type { StoredFile } from './archive-listing.ts';

export interface StoredDocument {
  /** SHA-256 of the bytes as received. */
  readonly digest: Buffer;
  readonly sizeBytes: number;
  /** Size in the store; the same number again when the document was there already. */
  readonly storedBytes: number;
}

export interface ArchiveStore {
  /** The folder, or the bucket's address. */
  readonly location: string;
  /** Stores bytes; returns when they would survive a crash. Storing the same bytes again costs one look. */
  put(bytes: Uint8Array): Promise<StoredDocument>;
  /** @throws PermanentError when the document is missing or does not match its digest. */
  get(digest: Uint8Array): Promise<Buffer>;
  has(digest: Uint8Array): Promise<boolean>;
  /** Takes a document away for good; one that is not there is no fault. */
  remove(digest: Uint8Array): Promise<void>;
  /** Every document that is there. */
  list(): AsyncIterable<StoredFile>;
  /** Whether `discard` cannot take away what a writer stores at the same moment. */
  readonly isDiscardSafe: boolean;
  /** Takes a document away unless it was stored (again) since a moment; returns whether it is gone. */
  discard(digest: Uint8Array, before: Date): Promise<boolean>;
  /** Removes what writers left behind that died before a moment; returns how many. */
  tidy(before: Date): Promise<number>;
}

/** The archive in a folder. */
export function openArchive(directory: string): ArchiveStore {
  const writer = new Writer(directory);
  return {
    location: directory,
    put: async (bytes) => {
      const { digest, storedBytes } = await writer.store(bytes);
      return { digest: Buffer.from(digest), sizeBytes: bytes.byteLength, storedBytes };
    },
    get: async (digest) => readVerified(storedPath(directory, digest), digest),
    has: async (digest) => statSync(storedPath(directory, digest), { throwIfNoEntry: false }) !== undefined,
    list: () => listStored(directory),
    isDiscardSafe: true,
    discard: (digest, before) => discardStored(directory, digest, before),
    tidy: (before) => tidyStored(directory, before),
    remove: (digest) => rm(storedPath(directory, digest), { force: true }),
  };
}

interface Waiting {
  readonly resolve: (stored: DigestedDocument) => void;
  readonly reject: (fault: unknown) => void;
}

/** The writing thread as seen from here: started with the first document, and no reason for the process to go on when it has nothing to do. */
class Writer {
  readonly #directory: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | null = null;
  #count = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  store(bytes: Uint8Array): Promise<DigestedDocument> {
    return new Promise((resolve, reject) => {
      this.#thread ??= this.#start();
      this.#thread.ref();
      this.#count += 1;
      this.#waiting.set(this.#count, { resolve, reject });
      this.#thread.postMessage({ id: this.#count, directory: this.#directory, bytes } satisfies StoreRequest);
    });
  }

  #start(): Worker {
    const thread = new Worker(new URL('./archive-writer.ts', import.meta.url));
    thread.on('message', (reply: StoreReply) => this.#settle(reply));
    let fault: unknown = new Error('the thread that writes the archive ended');
    thread.on('error', (error) => {
      fault = error;
    });
    // A thread that dies takes nothing with it but what it was doing; the next document starts another.
    thread.on('exit', () => this.#fail(fault));
    return thread;
  }

  #settle(reply: StoreReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#thread?.unref();
    if ('stored' in reply) waiting?.resolve(reply.stored);
    else waiting?.reject(reply.fault);
  }

  #fail(fault: unknown): void {
    this.#thread = null;
    for (const { reject } of this.#waiting.values()) reject(fault);
    this.#waiting.clear();
  }
}

async function readVerified(path: string, digest: Uint8Array): Promise<Buffer> {
  const packed = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return unpackVerified(packed, digest, path);
}
