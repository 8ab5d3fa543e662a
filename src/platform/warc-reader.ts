/**
 * Reads WARC files (1.0 and 1.1, plain or one gzip member a record) in bounded memory. A record that cannot be read is told with its offset,
 * and reading goes on with the next one that can be found.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { constants, crc32, inflateRawSync } from 'node:zlib';
import { asError, PermanentError } from '../core/errors.ts';
import { fieldOf, parseFields, readHead, type WarcRecord } from './warc-record.ts';

/** Bytes with positions: a file, or what came by a pipe. */
export interface WarcBytes {
  readonly size: number;
  read(position: number, length: number): Promise<Buffer>;
  release(): Promise<void>;
}

/** A record, or why there is none, at its place in the file. */
export type WarcEntry =
  | { readonly offset: number; readonly record: WarcRecord; readonly fault: null }
  | { readonly offset: number; readonly record: null; readonly fault: WarcFault };

export class WarcFault extends PermanentError {
  /** Where the next record begins when that is known though this one cannot be used. */
  readonly next: number | null;

  constructor(message: string, { next, ...options }: { code: string; hint?: string; cause?: unknown; next?: number }) {
    super(message, options);
    this.next = next ?? null;
  }
}

/** A record's block over this is not read: 50 MB, as for pages, and room for its head. */
const MAX_BLOCK_BYTES = 51 * 1_024 * 1_024;
const MAX_FIELDS_BYTES = 256 * 1_024;
/** Bytes read at once. */
const CHUNK_BYTES = 256 * 1_024;
/** How much of a gzip member shows whether a record begins there. */
const PROBE_BYTES = 512;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 8]);
const RECORD_START = Buffer.from('WARC/1.');

export async function openWarcFile(path: string): Promise<WarcBytes> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return { size, read: (position, length) => readAt(file, position, length), release: () => file.close() };
}

export function warcBytes(bytes: Buffer): WarcBytes {
  return {
    size: bytes.byteLength,
    read: async (position, length) => bytes.subarray(position, position + length),
    release: async () => undefined,
  };
}

/** Whether bytes begin as a WARC file does, plain or compressed; the first 512 are enough. */
export function looksLikeWarc(start: Buffer): boolean {
  return startsWith(start, RECORD_START) || beginsRecord(start);
}

/** All records of a file in its order. */
export async function* readWarc(bytes: WarcBytes): AsyncGenerator<WarcEntry> {
  const window = new Window(bytes);
  for (let offset = 0; offset < bytes.size; ) {
    const found = await readOrFault(window, offset);
    if (found.fault === null) {
      yield { offset, record: found.record, fault: null };
      offset = found.next;
    } else {
      yield { offset, record: null, fault: found.fault };
      offset = found.fault.next ?? (await findRecord(window, offset + 1));
    }
  }
}

/** The record at an offset. @throws WarcFault when there is none that can be read. */
export async function readWarcRecord(bytes: WarcBytes, offset: number): Promise<WarcRecord> {
  return (await readRecord(new Window(bytes), offset)).record;
}

type Found = { record: WarcRecord; next: number; fault: null } | { fault: WarcFault };

async function readOrFault(window: Window, offset: number): Promise<Found> {
  try {
    return { ...(await readRecord(window, offset)), fault: null };
  } catch (error) {
    if (error instanceof WarcFault) return { fault: error };
    throw error;
  }
}

async function readRecord(window: Window, offset: number): Promise<{ record: WarcRecord; next: number }> {
  const start = await window.view(offset, PROBE_BYTES);
  if (startsWith(start, GZIP_MAGIC)) return readMember(window, offset);
  if (startsWith(start, RECORD_START)) return readPlain(window, offset);
  throw new WarcFault('no record begins here', { code: 'not-a-record' });
}

async function readMember(window: Window, offset: number): Promise<{ record: WarcRecord; next: number }> {
  const { content, length } = await inflateMember(window, offset);
  const { record, bytes } = parseRecord(content);
  if (content.subarray(bytes).toString('latin1').trim() !== '')
    throw new WarcFault('one gzip member holds more than one record', {
      code: 'not-by-record',
      hint: 'The file was compressed as a whole: unpack it with gunzip, and import the plain file.',
      next: offset + length,
    });
  return { record, next: offset + length };
}

/** Unpacks one gzip member, reading more of it until its end is there. */
async function inflateMember(window: Window, offset: number): Promise<{ content: Buffer; length: number }> {
  for (let size = CHUNK_BYTES; ; size *= 2) {
    const packed = await window.view(offset, size);
    const header = gzipHeaderBytes(packed);
    if (header === null) throw broken('the gzip header cannot be read');
    const inflated = inflate(packed.subarray(header));
    if (inflated !== null) {
      const trailer = header + inflated.consumed;
      if (packed.byteLength >= trailer + 8) return checkedMember(inflated.content, packed, trailer);
    }
    if (offset + packed.byteLength >= window.size) throw broken('the file ends within it');
    if (size > MAX_BLOCK_BYTES) throw tooLarge();
  }
}

function checkedMember(content: Buffer, packed: Buffer, trailer: number): { content: Buffer; length: number } {
  if (crc32(content) !== packed.readUInt32LE(trailer)) throw broken('its checksum does not hold');
  return { content, length: trailer + 8 };
}

/** @returns null when the bytes end before the stream does. @throws WarcFault when it cannot be unpacked, or to too much. */
function inflate(packed: Buffer): { content: Buffer; consumed: number } | null {
  try {
    // The types do not know what `info` makes of the answer.
    const { buffer, engine } = inflateRawSync(packed, { info: true, maxOutputLength: MAX_BLOCK_BYTES }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { content: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') return null;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw broken(`it cannot be unpacked: ${asError(error).message}`, error);
  }
}

/** Length of a member's header (RFC 1952); null when there is none. */
function gzipHeaderBytes(bytes: Buffer): number | null {
  if (!startsWith(bytes, GZIP_MAGIC) || bytes.byteLength < 18) return null;
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    at = end + 1;
  }
  if (flags & 2) at += 2;
  return at < bytes.byteLength ? at : null;
}

async function readPlain(window: Window, offset: number): Promise<{ record: WarcRecord; next: number }> {
  const { fields, bytes, length } = parseHead(await window.view(offset, MAX_FIELDS_BYTES));
  const end = offset + bytes + length;
  const next = end + lineBreaks(end < window.size ? await window.view(end, 4) : Buffer.alloc(0));
  if (length > MAX_BLOCK_BYTES) throw tooLarge(next);
  const block = await window.view(offset + bytes, length);
  if (block.byteLength < length) throw broken('the file ends within it');
  // The window's memory is used again for what comes next.
  return { record: { fields, block: Buffer.from(block.subarray(0, length)) }, next };
}

function parseRecord(content: Buffer): { record: WarcRecord; bytes: number } {
  const { fields, bytes, length } = parseHead(content);
  const block = content.subarray(bytes, bytes + length);
  if (block.byteLength < length)
    throw broken(`its Content-Length is ${length}, and only ${block.byteLength} bytes are there`);
  return { record: { fields, block }, bytes: bytes + length };
}

function parseHead(content: Buffer): { fields: WarcRecord['fields']; bytes: number; length: number } {
  const head = startsWith(content, RECORD_START) ? readHead(content) : null;
  if (head === null) throw broken('it does not begin with a WARC head');
  const fields = parseFields(head.lines.slice(1));
  const given = fieldOf(fields, 'content-length') ?? '';
  if (!/^\d{1,15}$/.test(given)) throw broken(`its Content-Length is "${given}", expected a number`);
  return { fields, bytes: head.bytes, length: Number(given) };
}

/** Bytes of the line breaks that end a plain record: two as the format says, or what there is. */
function lineBreaks(bytes: Buffer): number {
  return /^(?:\r?\n){0,2}/.exec(bytes.toString('latin1', 0, 4))?.[0].length ?? 0;
}

/** Offset of the next record after a broken one; the size of the file when there is none. */
async function findRecord(window: Window, from: number): Promise<number> {
  for (let at = from; at < window.size; ) {
    const bytes = await window.view(at, CHUNK_BYTES);
    for (let index = nextMark(bytes, 0); index !== null; index = nextMark(bytes, index + 1)) {
      const start = bytes.subarray(index, index + PROBE_BYTES);
      const isLineStart = index === 0 || bytes[index - 1] === 10;
      if ((isLineStart && startsWith(start, RECORD_START)) || beginsRecord(start)) return at + index;
    }
    if (at + bytes.byteLength >= window.size) break;
    // A mark that lies across two chunks is whole in the next one.
    at += Math.max(1, bytes.byteLength - PROBE_BYTES);
  }
  return window.size;
}

function nextMark(bytes: Buffer, from: number): number | null {
  const found = [bytes.indexOf(GZIP_MAGIC, from), bytes.indexOf(RECORD_START, from)].filter((index) => index >= 0);
  return found.length === 0 ? null : Math.min(...found);
}

function beginsRecord(start: Buffer): boolean {
  const header = gzipHeaderBytes(start);
  if (header === null) return false;
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1_024 * 1_024 };
    return startsWith(inflateRawSync(start.subarray(header), options), RECORD_START);
  } catch {
    // Bytes that only look like the beginning of a gzip member.
    return false;
  }
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.byteLength).equals(start);
}

function broken(why: string, cause?: unknown): WarcFault {
  return new WarcFault(`the record is broken: ${why}`, { code: 'broken-record', cause });
}

function tooLarge(next?: number): WarcFault {
  return new WarcFault(`the record is larger than ${MAX_BLOCK_BYTES} bytes`, {
    code: 'too-large',
    ...(next === undefined ? {} : { next }),
  });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The part of the file that was read last: records are much smaller than a read. */
class Window {
  readonly size: number;
  readonly #bytes: WarcBytes;
  #start = 0;
  #held: Buffer = Buffer.alloc(0);

  constructor(bytes: WarcBytes) {
    this.#bytes = bytes;
    this.size = bytes.size;
  }

  /** Bytes from a position: `length` of them or more, fewer only at the end of the file. */
  async view(position: number, length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.size - position);
    const from = position - this.#start;
    if (from >= 0 && from + wanted <= this.#held.byteLength) return this.#held.subarray(from);
    this.#held = await this.#bytes.read(position, Math.min(Math.max(length, CHUNK_BYTES), this.size - position));
    this.#start = position;
    return this.#held;
  }
}
