/** Text as pages carry it, folded to text as people read it; and the normalised keys that matching compares. */

const INVISIBLE = /[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]/g;
const SPACES = /[\s\u00a0]+/g;
const MARKS = /\p{M}+/gu;
const NOT_WORD = /[^\p{L}\p{N}]+/gu;

/** NFC, every run of white space one space, invisible characters gone, trimmed; null when nothing is left. */
export function fold(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const folded = text.normalize('NFC').replace(INVISIBLE, '').replace(SPACES, ' ').trim();
  return folded === '' ? null : folded;
}

/** Key for comparing names: compatibility forms, marks, case and punctuation folded away; native scripts kept. "" when nothing is left. */
export function normKey(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase().replace(/&/g, ' and ').replace(NOT_WORD, ' ').trim();
}

/** Decodes bytes as UTF-8 and says whether they were valid; a byte order mark is dropped, UTF-16 marks are honoured. */
export function decodeText(bytes: Uint8Array): { text: string; valid: boolean } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), valid: true };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), valid: true };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), valid: true };
  } catch {
    // Not UTF-8: decode with replacement characters so that the caller can still say what it saw.
    return { text: new TextDecoder('utf-8').decode(bytes), valid: false };
  }
}

/** What bytes that are no text begin with, and what to do about it. */
const MAGIC: readonly (readonly [number[], string])[] = [
  [[0x1f, 0x8b], 'compressed by gzip: unpack it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive: unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed by zstd: unpack it first'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF: save the page as HTML'],
  [[0x89, 0x50, 0x4e, 0x47], 'a picture'],
  [[0xff, 0xd8, 0xff], 'a picture'],
];
/** Bytes that show whether NULs stand at every second place. */
const SHOWING = 4_096;

/** Why a body is no UTF-8 text, in words for the person who saved it. */
export function notTextReason(bytes: Uint8Array): string {
  const known = MAGIC.find(([start]) => start.every((byte, index) => bytes[index] === byte));
  if (known !== undefined) return `the body is no UTF-8 text but ${known[1]}`;
  const start = bytes.subarray(0, SHOWING);
  const nuls = start.filter((byte) => byte === 0).length;
  if (nuls === 0) return 'the body is no UTF-8 text: binary, or in another encoding; save it as UTF-8';
  const isUtf16 = nuls * 3 > start.length && nuls * 3 < start.length * 2;
  return `the body is no UTF-8 text: ${isUtf16 ? 'UTF-16 without its mark; save it as UTF-8' : 'binary'}`;
}

/** What a text is that was expected to be something else, for a message. */
export function kindOfText(text: string): string {
  const start = text.slice(0, SHOWING).trim();
  if (/^https?:\/\/\S+$/.test(start)) return 'an address, not the page behind it';
  return /^<[!a-z?]/i.test(start) ? 'HTML' : 'other text';
}
