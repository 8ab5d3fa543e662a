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
