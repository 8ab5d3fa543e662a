/** Answers no interface should give, made of one it did: what parsers must survive. */
import fc from 'fast-check';

const DEEP = 100_000;
const MANY = 1_000_000;
const LONG = 5_000_000;
const EXCHANGED = 3;

type Path = readonly (string | number)[];

/** The sample with up to three of its nodes or leaves replaced by any JSON value. */
export function mutatedJson(sample: unknown): fc.Arbitrary<string> {
  const change = fc.tuple(fc.constantFrom(...pathsOf(sample)), hostileValue());
  return fc.array(change, { minLength: 1, maxLength: EXCHANGED }).map((changes) => {
    const changed = { root: structuredClone(sample) };
    // A copy each: a value that is put into itself would have no end.
    for (const [path, value] of changes) replaceAt(changed, path, structuredClone(value));
    return JSON.stringify(changed.root);
  });
}

/** Named bodies: too deep, too many, too long, in other encodings, cut off, with doubled names and impossible numbers. */
export function hostileBodies(sample: unknown): [name: string, body: Buffer][] {
  const text = JSON.stringify(sample);
  const inside = (value: string) => [...new Set(namesIn(sample))].map((name) => `"${name}":${value}`).join(',');
  return [
    ['nothing but brackets', Buffer.from('['.repeat(DEEP))],
    ['100,000 lists in each other', Buffer.from('['.repeat(DEEP) + ']'.repeat(DEEP))],
    ['100,000 objects in each other', Buffer.from(`${'{"data":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`)],
    ['a deep value in every field', Buffer.from(everywhere(sample, `${'['.repeat(2_000)}${']'.repeat(2_000)}`))],
    ['a very deep value in a field', Buffer.from(text.replace(/:"[^"]*"/, `:${'['.repeat(DEEP)}${']'.repeat(DEEP)}`))],
    ['a million numbers for each list', Buffer.from(everyList(text, `[${'1,'.repeat(MANY)}1]`))],
    ['a million empty objects for each list', Buffer.from(everyList(text, `[${'{},'.repeat(MANY)}{}]`))],
    ['a text of megabytes in a field', Buffer.from(text.replace(/:"[^"]*"/, `:"${'A / '.repeat(LONG / 4)}"`))],
    ['a text of megabytes of spaces', Buffer.from(text.replace(/:"[^"]*"/, `:"x${' '.repeat(LONG)}x"`))],
    ['numbers past all bounds', Buffer.from(text.replaceAll(/:-?\d+(?:\.\d+)?/g, ':1e999'))],
    ['negative and broken numbers', Buffer.from(text.replaceAll(/:-?\d+(?:\.\d+)?/g, ':-0.5e-300'))],
    ['every name twice', Buffer.from(`{${inside('null')},${text.replace(/^[[{]/, '')}`)],
    ['a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, marked', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, unmarked', Buffer.from(text, 'utf16le')],
    ['Latin-1 with an umlaut', Buffer.from(text.replace(/:"[^"]*"/, ':"Björk"'), 'latin1')],
    ['lone surrogates', Buffer.from(text.replaceAll(/:"[^"]*"/g, String.raw`:"\ud800 \udfff"`))],
    ['null bytes in names', Buffer.from(text.replaceAll(/:"[^"]*"/g, String.raw`:"a\u0000b"`))],
    ['its first half', Buffer.from(text.slice(0, text.length / 2))],
    ['the answer twice', Buffer.from(text + text)],
    ['__proto__ as a name', Buffer.from(text.replace(/"[^"]+":/, '"__proto__":'))],
  ];
}

function hostileValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>('', ' ', '0', '-1', 'null', 0, -1, 1.5, 1e308, true, false, null, [], {}, [[]], [null]),
    fc.constantFrom('2024-02-31', '00-00-0000', '31-02-2024', '9999-99-99T99:99:99Z', 'A / B / / C', '0:61', 'ID'),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function replaceAt(changed: { root: unknown }, path: Path, value: unknown): void {
  let holder: unknown = changed;
  const keys: Path = ['root', ...path];
  for (const key of keys.slice(0, -1)) holder = (holder as Record<string, unknown> | null)?.[key];
  // An earlier change may have taken the place away.
  if (typeof holder === 'object' && holder !== null) Object.assign(holder, { [keys.at(-1) ?? '']: value });
}

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(namesIn);
  return Array.isArray(value) ? inner : [...Object.keys(value), ...inner];
}

function everywhere(sample: unknown, value: string): string {
  return JSON.stringify(sample).replaceAll(/:(?:"[^"]*"|-?\d+(?:\.\d+)?|true|false|null)/g, `:${value}`);
}

/** The outermost list that holds objects. */
function everyList(text: string, list: string): string {
  return text.replace(/\[\{.*\}\]/s, list);
}
