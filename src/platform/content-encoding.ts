/**
 * Undoes a Content-Encoding within bounds. Bytes that cannot be undone are a fault beside the page and never an exception: the page is
 * archived first, as received, and refused afterwards.
 */
import { promisify } from 'node:util';
import {
  brotliDecompress,
  brotliDecompressSync,
  gunzip,
  gunzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import type { BodyFault } from '../core/fetching.ts';

/** A page over this is refused: the largest real one is 0.3 MB. */
export const MAX_BODY_BYTES = 50 * 1024 * 1024;
/** Text rarely shrinks to less than a thirtieth; a body that unpacks to more than this many times its size is a bomb … */
const MAX_RATIO = 250;
/** … unless it stays this small. */
const HARMLESS_BYTES = 1024 * 1024;
/** Nobody has a reason to encode a body more often. */
const MAX_LAYERS = 3;
/**
 * Up to these sizes unpacking at once costs the event loop less than handing it to another thread (measured: they meet at
 * about 5 KB packed; 56 KB packed are 0.31 ms here and 0.15 ms handed over).
 */
const AT_ONCE_BYTES = 4 * 1024;
const AT_ONCE_OUTPUT_BYTES = 64 * 1024;

interface Limit {
  readonly maxOutputLength: number;
}

interface Codec {
  readonly sync: (bytes: Buffer, limit: Limit) => Buffer;
  readonly async: (bytes: Buffer, limit: Limit) => Promise<Buffer>;
}

const GZIP: Codec = { sync: gunzipSync, async: promisify<Buffer, Limit, Buffer>(gunzip) };
const ZLIB: Codec = { sync: inflateSync, async: promisify<Buffer, Limit, Buffer>(inflate) };
const RAW_DEFLATE: Codec = { sync: inflateRawSync, async: promisify<Buffer, Limit, Buffer>(inflateRaw) };
const BROTLI: Codec = { sync: brotliDecompressSync, async: promisify<Buffer, Limit, Buffer>(brotliDecompress) };
const ZSTD: Codec = { sync: zstdDecompressSync, async: promisify<Buffer, Limit, Buffer>(zstdDecompress) };

export interface DecodedBody {
  /** Empty when there is a fault. */
  readonly body: Buffer;
  readonly bodyFault: BodyFault | null;
}

/**
 * Undoes every layer that the header names, the last one first. Faults: `BAD_ENCODING` (unknown, too many, or bytes that are not what
 * the header says), `BOMB` (unpacks to more than 50 MB, or to more than 250 times its size).
 */
export async function decodeBody(bytes: Buffer, contentEncoding: string | null): Promise<DecodedBody> {
  const layers = layersOf(contentEncoding);
  if (bytes.length === 0 || layers.length === 0) return { body: bytes, bodyFault: null };
  if (layers.length > MAX_LAYERS)
    return fault('BAD_ENCODING', `the body is encoded ${layers.length} times, ${MAX_LAYERS} at most are undone`);
  const limit = { maxOutputLength: Math.min(MAX_BODY_BYTES, Math.max(HARMLESS_BYTES, bytes.length * MAX_RATIO)) };
  let body = bytes;
  for (const layer of layers.reverse()) {
    const codec = codecOf(layer, body);
    if (codec === null) return fault('BAD_ENCODING', `content-encoding "${layer}" is unknown`);
    try {
      body = await unpack(codec, body, limit);
    } catch (error) {
      if (isTooLarge(error))
        return fault('BOMB', `${bytes.length} bytes of ${layer} unpack to more than ${limit.maxOutputLength}`);
      return fault('BAD_ENCODING', `the body is not readable as ${layer}: ${(error as Error).message}`);
    }
  }
  return { body, bodyFault: null };
}

function layersOf(contentEncoding: string | null): string[] {
  return (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((layer) => layer.trim())
    .filter((layer) => layer !== '' && layer !== 'identity');
}

function codecOf(layer: string, bytes: Buffer): Codec | null {
  switch (layer) {
    case 'gzip':
    case 'x-gzip':
      return GZIP;
    case 'br':
      return BROTLI;
    case 'zstd':
      return ZSTD;
    case 'deflate':
      // Servers mean either form by this word; only zlib's has a header.
      return hasZlibHeader(bytes) ? ZLIB : RAW_DEFLATE;
    default:
      return null;
  }
}

function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

async function unpack(codec: Codec, bytes: Buffer, limit: Limit): Promise<Buffer> {
  if (bytes.length > AT_ONCE_BYTES) return codec.async(bytes, limit);
  try {
    return codec.sync(bytes, { maxOutputLength: AT_ONCE_OUTPUT_BYTES });
  } catch (error) {
    if (isTooLarge(error)) return codec.async(bytes, limit);
    throw error;
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

function fault(code: string, message: string): DecodedBody {
  return { body: Buffer.alloc(0), bodyFault: { code, message } };
}
