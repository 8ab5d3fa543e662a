/** JSON answers of interfaces: from bytes to a value, and safe looks into a value nobody has checked. */
import type { Problem } from './parse-result.ts';
import { decodeText, kindOfText, notTextReason } from './text.ts';

export type JsonRecord = Record<string, unknown>;
export type JsonReading = { ok: true; value: unknown; text: string } | { ok: false; problem: Problem; text: string };

/** How JSON begins; a list of tracks may begin with "[00:00]", which is none. */
export const JSON_START = /^\s*(?:\{|\[\s*(?:[[{"\]]|$))/;

/** Larger bodies are refused unread: no interface of ours sends them. */
const MAX_JSON_BYTES = 50 * 1024 * 1024;
/** Answers hold a few thousand objects; each costs a kilobyte of memory and more until it is read. */
const MOST_OBJECTS = 200_000;

/** Parses a body as JSON; otherwise says why not (`empty`, `too-large`, `not-text`, `truncated`, `unknown-shape`). Never throws. */
export function readJsonPage(body: Uint8Array): JsonReading {
  if (body.byteLength > MAX_JSON_BYTES) {
    return refuse('too-large', `${body.byteLength} bytes, at most ${MAX_JSON_BYTES} are read`, '');
  }
  const { text, valid } = decodeText(body);
  if (text.trim() === '') return refuse('empty', 'the body holds nothing', text);
  if (!valid || text.includes('\0')) return refuse('not-text', `${notTextReason(body)}, expected JSON`, '');
  return readJsonText(text);
}

/** Parses a text as JSON, or says why not (`truncated`, `unknown-shape`, `too-large`). Never throws. */
export function readJsonText(text: string): JsonReading {
  if (/^\s*[[{]/.test(text) && hasTooMany(text))
    return refuse('too-large', `more than ${MOST_OBJECTS} objects in one answer: split it`, '');
  try {
    return { ok: true, value: JSON.parse(text), text };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!/^\s*[[{]/.test(text)) return refuse('unknown-shape', `expected JSON, found ${kindOfText(text)}`, text);
    // A whole document ends as it began; one that does not was cut off on its way.
    const cut = !/[\]}]\s*$/.test(text) || /end of JSON|unterminated/i.test(why);
    return refuse(cut ? 'truncated' : 'unknown-shape', `broken JSON: ${why.slice(0, 120)}`, text);
  }
}

/** Braces within texts are counted too: only what is far beyond any answer is refused. */
function hasTooMany(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) if (++count > MOST_OBJECTS) return true;
  return false;
}

/** The value as an object with fields; an empty one for everything else. */
export function asRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a list; an empty one for everything else. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that says something, as it was given; numbers as their digits; null for everything else. Halves of characters are replaced: no address or database takes them. */
export function asText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.toWellFormed() : null;
}

/** A finite number; null for everything else, also for digits in quotes. */
export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function asBoolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

export type FieldType = 'text' | 'number' | 'flag' | 'list' | 'object';

/**
 * A problem for each field that holds something of another type than it should: whoever reads the record drops it. Null and absent say
 * nothing, and a number may stand where a text belongs.
 */
export function wrongTypes(record: JsonRecord, types: Readonly<Record<string, FieldType>>, where: string): Problem[] {
  const problems: Problem[] = [];
  for (const name in types) {
    const type = types[name] ?? 'text';
    const value = record[name];
    if (value === undefined || value === null || isOfType(value, type)) continue;
    problems.push({
      code: 'bad-value',
      message: `expected ${A_TYPE[type]}, found ${shown(value)}`,
      where: `${where}.${name}`,
    });
  }
  return problems;
}

const A_TYPE: Readonly<Record<FieldType, string>> = {
  text: 'a text',
  number: 'a number',
  flag: 'true or false',
  list: 'a list',
  object: 'an object',
};

function isOfType(value: unknown, type: FieldType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string' || Number.isFinite(value);
    case 'number':
      return Number.isFinite(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
  }
}

/** A value for a message, short whatever it is. Values are not written out: one nested deeply enough would end any writer's stack. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`;
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return isRecord(value) ? 'an object' : String(value);
}

function refuse(code: string, message: string, text: string): JsonReading {
  return { ok: false, problem: { code, message, where: null }, text };
}
