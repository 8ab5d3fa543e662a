/** Checks of what was typed: every refusal says what was given and what is accepted. */
import { SOURCE_NAMES } from '../../spiders/registry.ts';
import { UsageError } from '../core/errors.ts';
import type { SourceName } from '../core/source-name.ts';

export function sourceArgument(text: string): SourceName {
  if ((SOURCE_NAMES as readonly string[]).includes(text)) return text as SourceName;
  throw new UsageError(`unknown source "${text}"`, {
    code: 'UNKNOWN_SOURCE',
    hint: `Known sources: ${SOURCE_NAMES.join(', ')}.`,
  });
}

/** A whole number between `min` and `max`, both included. */
export function numberArgument(text: string, name: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${name} "${text}" is not usable`, { hint: `Expected a whole number from ${min} to ${max}.` });
}

/** A day or a moment, UTC unless it says otherwise: "2026-11-24", "2026-11-24T10:00:00Z". */
export function timeArgument(text: string, name: string): Date {
  const time = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(text)
    ? new Date(/T[^Z+-]*$/.test(text) ? `${text}Z` : text)
    : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new UsageError(`${name} "${text}" is not usable`, {
    hint: 'Expected a day or a moment: 2026-11-24, or 2026-11-24T10:00:00Z.',
  });
}
