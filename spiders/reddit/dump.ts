/** Posts and comments as archives and tools keep them: the bare `data` of each, in one JSON document or one on each line. */
import { asRecord, asText, isRecord, type JsonRecord, readJsonText } from '../../src/core/json-page.ts';
import type { Problem } from '../../src/core/parse-result.ts';

const NAMED = /^t[13]_/;
const SECONDS = /^\d{9,11}$/;

/** The documents of a text that holds one on each line; null when it is no such text. A broken line is a problem, the others are read. */
export function readLines(text: string, problems: Problem[]): unknown[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2 || !lines.every((line) => line.startsWith('{'))) return null;
  const read = lines.map((line) => readJsonText(line));
  if (!read.some(({ ok }) => ok)) return null;
  return read.flatMap((line, index) => {
    if (line.ok) return [line.value];
    problems.push({ code: 'bad-value', message: 'broken JSON: the line cannot be read', where: `line ${index + 1}` });
    return [];
  });
}

/** The things of a document that is one bare record, or a list of nothing else (also as `data`); null for every other document. */
export function bareThings(value: unknown): JsonRecord[] | null {
  const data = isBare(value) ? [value] : Array.isArray(value) ? value : asRecord(value).data;
  return Array.isArray(data) && data.length > 0 && data.every(isBare) ? data.map(thingOf) : null;
}

/** Whether a record is a post or comment without the wrapping that says which: both name their subreddit. */
function isBare(value: unknown): value is JsonRecord {
  if (!isRecord(value) || asText(value.subreddit) === null || asText(value.id ?? value.name) === null) return false;
  return typeof value.title === 'string' || typeof value.body === 'string';
}

/** The record as a thing: a comment has a body, a post a title. Old archives write the time as a text. */
function thingOf(record: JsonRecord): JsonRecord {
  const name = asText(record.name);
  const kind = name !== null && NAMED.test(name) ? name.slice(0, 2) : typeof record.title === 'string' ? 't3' : 't1';
  const { created_utc: created } = record;
  const isText = typeof created === 'string' && SECONDS.test(created);
  return { kind, data: isText ? { ...record, created_utc: Number(created) } : record };
}
