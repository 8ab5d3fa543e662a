/** The interface's ways to write a text and a time. */
import { asText } from '../../src/core/json-page.ts';

/** A text that says something, without the space around it; null for everything else. */
export function text(value: unknown): string | null {
  return asText(value)?.trim() ?? null;
}

/** "23-08-1964" as "1964-08-23"; null for anything that is no day of the calendar. */
export function isoDate(value: unknown): string | null {
  const match = typeof value === 'string' ? /^(\d{2})-(\d{2})-(\d{4})$/.exec(value.trim()) : null;
  if (!match) return null;
  const iso = `${match[3]}-${match[2]}-${match[1]}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  // Date.parse turns 31 February into March: only a day that comes back unchanged exists.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? null : iso;
}

/** "2022-07-04T01:06:23.000+0000", or milliseconds since 1970, as ISO 8601 UTC; null for anything else. */
export function isoTime(value: unknown): string | null {
  const time =
    typeof value === 'number'
      ? value
      : typeof value === 'string'
        ? Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
        : Number.NaN;
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null;
}
