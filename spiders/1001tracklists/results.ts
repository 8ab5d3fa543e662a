/** Short ways to write a parse result. */
import type { ParseResult } from '../../src/core/parse-result.ts';

/** A result of this source with what was found; the rest is empty. */
export function result(found: Partial<ParseResult>): ParseResult {
  return { source: '1001tracklists', items: [], requests: [], problems: [], ...found };
}

/** Nothing could be used, and why. */
export function failed(code: string, message: string, where: string | null = null): ParseResult {
  return result({ problems: [{ code, message, where }] });
}
