/** WARC 1.1 records in memory: named fields, digests, and the HTTP messages inside them (ISO 28500:2017). */
import { hash } from 'node:crypto';

/** Name and value, in order; names may come again. */
export type Fields = readonly (readonly [name: string, value: string])[];

export interface WarcRecord {
  readonly fields: Fields;
  readonly block: Buffer;
}

/** An HTTP message: what was asked, or what was answered. */
export interface HttpMessage {
  /** "HTTP/1.1 200 OK", "GET /path HTTP/1.1". */
  readonly startLine: string;
  readonly headers: Fields;
  readonly payload: Buffer;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Algorithms by the labels that writers of WARC use. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  md5: 'md5',
  sha1: 'sha1',
  'sha-1': 'sha1',
  sha256: 'sha256',
  'sha-256': 'sha256',
  sha512: 'sha512',
  'sha-512': 'sha512',
};
/** Space that ends a message's head. */
const HEAD_END = /\r?\n\r?\n/;
/** A message's head is no longer than this, bytes. */
const MAX_HEAD_BYTES = 256 * 1_024;

/** The value of a field, whatever the case of its name; null when there is none. */
export function fieldOf(fields: Fields, name: string): string | null {
  const wanted = name.toLowerCase();
  return fields.find(([given]) => given.toLowerCase() === wanted)?.[1] ?? null;
}

/** "sha256:" and base32 with its padding, as other tools write and compare it. */
export function warcDigest(bytes: Uint8Array): string {
  return sha256Label(hash('sha256', bytes, 'buffer'));
}

export function sha256Label(digest: Uint8Array): string {
  return `sha256:${base32(digest)}`;
}

/** Whether bytes have the digest of a label, written in base32, hexadecimal or base64; null when its algorithm is unknown. */
export function hasDigest(bytes: Uint8Array, label: string): boolean | null {
  const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(label.trim()) ?? [];
  const algorithm = ALGORITHMS[name.toLowerCase()];
  if (algorithm === undefined) return null;
  const digest = hash(algorithm, bytes, 'buffer');
  const given = value.replace(/=+$/, '');
  return (
    given.toUpperCase() === base32(digest).replace(/=+$/, '') ||
    given.toLowerCase() === digest.toString('hex') ||
    given === digest.toString('base64').replace(/=+$/, '') ||
    given === digest.toString('base64url')
  );
}

/** RFC 4648 base32. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
  }
  if (bits > 0) text += ALPHABET[(value << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

/** Head and payload as they travel: headers are one character a byte. */
export function writeHttp({ startLine, headers, payload }: HttpMessage): Buffer {
  return Buffer.concat([Buffer.from(`${startLine}\r\n${writeFields(headers)}\r\n`, 'latin1'), payload]);
}

/** One line each. A line break in a value would make two fields of one: it becomes a space. */
export function writeFields(fields: Fields): string {
  return fields.map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n]+/g, ' ')}\r\n`).join('');
}

/** The message in a block; null when it does not begin with a head. */
export function readHttp(block: Buffer): HttpMessage | null {
  const head = readHead(block);
  if (head === null) return null;
  const [startLine = '', ...lines] = head.lines;
  return { startLine, headers: parseFields(lines), payload: block.subarray(head.bytes) };
}

/** Lines of a head, those that go on in the next one joined; null when it does not end within the limit. */
export function readHead(bytes: Buffer): { lines: string[]; bytes: number } | null {
  const text = bytes.toString('latin1', 0, MAX_HEAD_BYTES);
  const end = HEAD_END.exec(text);
  if (end === null) return null;
  const head = text.slice(0, end.index).replaceAll(/\r?\n[ \t]+/g, ' ');
  return { lines: head.split(/\r?\n/), bytes: end.index + end[0].length };
}

/** Fields of a head's lines; a line without a colon is none. */
export function parseFields(lines: readonly string[]): Fields {
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
  });
}

/** A body with its chunked transfer coding undone; null when it is not chunked as it says. */
export function unchunk(body: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at, 'latin1');
    if (lineEnd < 0) return null;
    const size = /^[0-9a-f]{1,8}(?=[;\s]|$)/i.exec(body.toString('latin1', at, lineEnd).trim())?.[0];
    if (size === undefined) return null;
    const length = Number.parseInt(size, 16);
    if (length === 0) return Buffer.concat(parts);
    const start = lineEnd + 2;
    if (start + length > body.byteLength) return null;
    parts.push(body.subarray(start, start + length));
    at = start + length + 2;
  }
}
