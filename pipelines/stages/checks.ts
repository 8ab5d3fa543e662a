/** Checks of single values, as small as can be: they run on every field of every row. Each says what it expected, or null when content. */

export type Check = (value: unknown) => string | null;
/** What each field of a thing must be. */
export type Shape = Readonly<Record<string, Check>>;

/** A field that failed: its path within the item, and what is wrong with it. */
export interface Fault {
  readonly where: string;
  readonly message: string;
}

/** Text of 1 to `max` characters. */
export function text(max: number): Check {
  const expected = `text of 1 to ${max} characters`;
  return (value) => (typeof value === 'string' && value.length > 0 && value.length <= max ? null : expected);
}

/** A whole number within bounds. */
export function whole(min: number, max: number): Check {
  const expected = `a whole number from ${min} to ${max}`;
  return (value) => (Number.isInteger(value) && Number(value) >= min && Number(value) <= max ? null : expected);
}

export function oneOf(...words: readonly string[]): Check {
  const expected = `one of ${words.join(', ')}`;
  return (value) => (typeof value === 'string' && words.includes(value) ? null : expected);
}

export const flag: Check = (value) => (typeof value === 'boolean' ? null : 'true or false');

/** An object whose fields are not looked at. */
export const anyObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'an object';

/** The check, or null. */
export function optional(check: Check): Check {
  return (value) => {
    if (value === null) return null;
    const expected = check(value);
    return expected === null ? null : `${expected}, or null`;
  };
}

/** At most `max` entries, each passing the check. */
export function listOf(check: Check, max: number): Check {
  return (value) => {
    if (!Array.isArray(value)) return 'a list';
    if (value.length > max) return `at most ${max} entries, got ${value.length}`;
    const wrong = value.findIndex((entry) => check(entry) !== null);
    return wrong < 0 ? null : `a list whose entry ${wrong} is ${check(value[wrong])}`;
  };
}

/** The first field of a thing that is not what its shape says. */
export function firstFault(thing: unknown, shape: Shape, path = ''): Fault | null {
  const fields = thing as Record<string, unknown>;
  for (const name in shape) {
    const expected = shape[name]?.(fields[name]);
    if (expected !== null && expected !== undefined) {
      return { where: `${path}${name}`, message: `${path}${name} is ${shown(fields[name])}, expected ${expected}` };
    }
  }
  return null;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
