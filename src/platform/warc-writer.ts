/**
 * Writes a WARC 1.1 file: one gzip member a record, so that any record can be read by its offset alone. The file is written aside and takes
 * its name when it is whole.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { PermanentError } from '../core/errors.ts';
import { type Fields, warcDigest, writeFields } from './warc-record.ts';

const compress = promisify(gzip);
/** Records are gathered into writes of about this size, bytes. */
const WRITE_BYTES = 1_024 * 1_024;

export interface NewWarcRecord {
  readonly type: 'warcinfo' | 'request' | 'response' | 'revisit' | 'resource' | 'metadata';
  /** `<urn:uuid:…>`; made here when the record needs no name before it is written. */
  readonly id?: string;
  readonly date: Date;
  /** Content-Type of the block. */
  readonly contentType: string;
  /** Further named fields, in order. */
  readonly fields: Fields;
  readonly block: Buffer;
}

export interface WarcWriter {
  write(record: NewWarcRecord): Promise<void>;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Syncs the file and gives it its name. */
  finish(): Promise<void>;
  /** Removes what was written; nothing after `finish`. */
  abandon(): Promise<void>;
}

export function newRecordId(): string {
  return `<urn:uuid:${randomUUID()}>`;
}

/** @throws PermanentError `CANNOT_WRITE` when the file cannot be made. */
export async function openWarcWriter(path: string): Promise<WarcWriter> {
  const aside = `${path}.${process.pid}.part`;
  const file = await open(aside, 'w').catch((cause: NodeJS.ErrnoException) => {
    throw new PermanentError(`${path} cannot be written (${cause.code ?? cause.message})`, {
      code: 'CANNOT_WRITE',
      hint: 'Name a file in a folder that exists and may be written to.',
      cause,
    });
  });
  return new GzipWarcWriter(file, aside, path);
}

class GzipWarcWriter implements WarcWriter {
  bytes = 0;
  readonly #file: FileHandle;
  readonly #aside: string;
  readonly #path: string;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #closed = false;

  constructor(file: FileHandle, aside: string, path: string) {
    this.#file = file;
    this.#aside = aside;
    this.#path = path;
  }

  async write(record: NewWarcRecord): Promise<void> {
    const member = await compress(recordBytes(record), { level: constants.Z_DEFAULT_COMPRESSION });
    this.bytes += member.byteLength;
    this.#waiting.push(member);
    this.#waitingBytes += member.byteLength;
    if (this.#waitingBytes >= WRITE_BYTES) await this.#flush();
  }

  async finish(): Promise<void> {
    await this.#flush();
    await this.#file.sync();
    await this.#close();
    await rename(this.#aside, this.#path);
  }

  async abandon(): Promise<void> {
    if (this.#closed) return;
    await this.#close();
    await rm(this.#aside, { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (bytes.byteLength > 0) await this.#file.writeFile(bytes);
  }

  async #close(): Promise<void> {
    this.#closed = true;
    await this.#file.close();
  }
}

function recordBytes({ type, id, date, contentType, fields, block }: NewWarcRecord): Buffer {
  const named: Fields = [
    ['WARC-Type', type],
    ['WARC-Record-ID', id ?? newRecordId()],
    ['WARC-Date', date.toISOString()],
    ...fields,
    ['WARC-Block-Digest', warcDigest(block)],
    ['Content-Type', contentType],
    ['Content-Length', String(block.byteLength)],
  ];
  return Buffer.concat([Buffer.from(`WARC/1.1\r\n${writeFields(named)}\r\n`), block, Buffer.from('\r\n\r\n')]);
}
