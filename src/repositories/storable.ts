/** Text as Postgres can hold it: pages carry bytes and lengths that it refuses, and one such page must not cost its whole batch. */
import { hash } from 'node:crypto';

/** Longest key that an index surely holds, UTF-16 units (a B-tree entry must stay under 2.7 kB). */
const LONGEST_KEY = 600;
/** An escape of JSON text; NUL and lone surrogates are the ones that Postgres refuses. */
const ESCAPE = /\\(?:u(?:0000|d[89a-f][0-9a-f]{2})|.)/g;

/** JSON text of a value, with the replacement character for each NUL and lone surrogate. */
export function storableJson(value: object): string {
  return JSON.stringify(value).replace(ESCAPE, (found) => (found.length === 6 ? '\\ufffd' : found));
}

/** The text with the replacement character for each NUL and lone surrogate (else two keys that differ here would be one there); null stays null. */
export function storableText<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll('\0', '\ufffd').toWellFormed()) as T;
}

/** A key that fits an index: the end of a longer one is replaced by its digest, so that different keys stay different. */
export function storableKey(key: string): string {
  const text = storableText(key);
  if (text.length <= LONGEST_KEY) return text;
  return `${text.slice(0, LONGEST_KEY).toWellFormed()}#${hash('sha256', text)}`;
}

/**
 * Texts that hold no control character (JSON, ids) as one parameter; `joinedArray` takes it apart. An array of the driver's own making
 * escapes every quote of every text, and the server undoes it: 0.4 ms a page.
 */
export function joinedTexts(texts: readonly string[]): string {
  return texts.join('\x1f');
}

/** SQL: the text[] that `joinedTexts` put together. */
export function joinedArray(parameter: `$${number}`): string {
  return `string_to_array(${parameter}, E'\\x1f')`;
}
