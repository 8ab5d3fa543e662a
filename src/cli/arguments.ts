/** Checks of what was typed: every refusal says what was given and what is accepted. */
import { UsageError } from '../core/errors.ts';
import { SOURCE_NAMES, type SourceName } from '../core/source.ts';

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
