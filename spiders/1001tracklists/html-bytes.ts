/**
 * A page as its bytes of UTF-8. Its landmarks are ASCII, so they are found without making letters of two thirds of a page that nobody
 * reads: a text of 250 kB costs 0.2 ms before its first letter is looked at.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { decodeText } from '../../src/core/text.ts';

/** So much of a page shows what it is. */
const START_BYTES = 4_096;

/** A body as valid UTF-8; null when it is no text. A body cut off within a letter is still text: what is missing shows later. */
export function readBytes(body: Uint8Array): Buffer | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const valid = isUtf8(bytes) ? withoutMark(bytes) : decodeOther(bytes);
  return valid === null || valid.includes(0) ? null : withoutHttpHead(valid);
}

/** Letters of a part that begins and ends where letters do. */
export function textOf(bytes: Buffer, start = 0, end = bytes.length): string {
  const part = bytes.subarray(start, end);
  return isAscii(part) ? part.toString('latin1') : part.toString('utf8');
}

/** The beginning, its ASCII right and the rest not meant to be read. */
export function startOf(bytes: Buffer): string {
  return bytes.toString('latin1', 0, START_BYTES);
}

/** The same of the end. */
export function endOf(bytes: Buffer): string {
  return bytes.toString('latin1', Math.max(0, bytes.length - START_BYTES));
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** UTF-16 with its mark, or UTF-8 that ends within a letter; null for everything else. */
function decodeOther(bytes: Buffer): Buffer | null {
  const { text, valid } = decodeText(bytes);
  if (valid) return Buffer.from(text);
  try {
    return Buffer.from(new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    // Invalid before its end: another encoding, or no text at all.
    return null;
  }
}

/** Captures sometimes keep the HTTP response header above the page. */
function withoutHttpHead(bytes: Buffer): Buffer {
  if (!/^HTTP\/[\d.]+ \d{3}/.test(bytes.toString('latin1', 0, 20))) return bytes;
  const page = bytes.indexOf('<');
  return page < 0 ? bytes.subarray(bytes.length) : bytes.subarray(page);
}
