/**
 * Where a person lets a crawl start. The words are the same in every source (an address, `artist:<name>`, `search:<text>`); a source declares
 * those that it understands, with an example each, and what it cannot do is refused with the list of what it can.
 */
import { UsageError } from './errors.ts';
import type { PageRequest } from './parse-result.ts';
import type { SeedForm, SeedRule } from './seed-rule.ts';
import type { Source } from './source.ts';

/** Names and searches are shorter. */
const LONGEST_SEED = 300;
const LONGEST_ADDRESS = 2_000;
const LONGEST_SHOWN = 80;

type Seeded = Pick<Source, 'facts' | 'seedRules' | 'unsupportedSeeds'>;

/** The form that every source has: an address of its own. */
export function addressRule(example: string, becomes: string, requestFor: Source['requestFor']): SeedRule {
  return { form: '<address>', example, becomes, longest: LONGEST_ADDRESS, read: (text) => asList(requestFor(text)) };
}

/** One request or none, as the list that a rule gives. */
export function asList(request: PageRequest | null): PageRequest[] {
  return request === null ? [] : [request];
}

/** The forms of a source for people and scripts, without the code behind them. */
export function seedForms({ seedRules }: Pick<Source, 'seedRules'>): SeedForm[] {
  return seedRules.map(({ form, example, becomes }) => ({ form, example, becomes }));
}

/** What a seed asks for, one request at least. @throws UsageError with the forms that the source understands. */
export function requestsForSeed(source: Seeded, text: string): PageRequest[] {
  const seed = text.trim();
  assertText(source, seed);
  const requests = requestsByRules(source.seedRules, seed);
  if (requests.length > 0) return requests;
  throw refused(source, seed, whyNot(source, seed));
}

/** The requests of the first rule that has some; none when no rule has. */
export function requestsByRules(rules: readonly SeedRule[], seed: string): PageRequest[] {
  const { named, value } = namedIn(rules, seed);
  for (const { longest = LONGEST_SEED, read } of named) {
    const requests = value === '' || seed.length > longest ? [] : read(value);
    if (requests.length > 0) return requests;
  }
  return [];
}

/** The rules of the word in front of the colon; where there are none of that word, those that go by the shape of the whole. */
function namedIn(rules: readonly SeedRule[], seed: string): { named: readonly SeedRule[]; value: string } {
  const word = wordOf(seed);
  const named = word === null ? [] : rules.filter(({ form }) => wordOf(form) === word);
  if (named.length > 0) return { named, value: seed.slice(seed.indexOf(':') + 1).trim() };
  return { named: rules.filter(({ form }) => wordOf(form) === null), value: seed };
}

/** "artist" of "artist:Carl Cox"; null when there is none in front. */
function wordOf(seed: string): string | null {
  return /^([a-z]+):/i.exec(seed)?.[1]?.toLowerCase() ?? null;
}

function assertText(source: Seeded, seed: string): void {
  if (seed === '') throw refused(source, seed, 'it is empty');
  if (!seed.isWellFormed()) throw refused(source, seed, 'it is no well-formed text');
  const control = /\p{Cc}/u.exec(seed);
  if (control !== null)
    throw refused(source, seed, `it holds a control character, number ${control.index + 1} of its characters`);
}

function whyNot({ facts, seedRules, unsupportedSeeds }: Seeded, seed: string): string {
  const { named, value } = namedIn(seedRules, seed);
  const word = wordOf(seed) ?? '';
  if (Object.hasOwn(unsupportedSeeds, word)) return unsupportedSeeds[word] ?? '';
  if (value === '') return 'nothing stands behind the colon';
  const longest = Math.max(...named.map((rule) => rule.longest ?? LONGEST_SEED));
  if (seed.length > longest) return `it is longer than ${longest} characters`;
  if (/^https?$/.test(word)) return 'it is no address of a page that may be asked for';
  return `it is of none of the forms that ${facts.title} understands`;
}

function refused(source: Seeded, seed: string, why: string): UsageError {
  const shown = seed.length <= LONGEST_SHOWN ? seed : `${seed.slice(0, LONGEST_SHOWN).toWellFormed()}…`;
  return new UsageError(`${JSON.stringify(shown)} is no seed for ${source.facts.title}: ${why}`, {
    hint: [`${source.facts.title} understands:`, ...seedLines(source)].join('\n    '),
  });
}

/** The forms in lines for people, and the words of other sources that this one does not know. */
export function seedLines({ seedRules, unsupportedSeeds }: Omit<Seeded, 'facts'>): string[] {
  const width = Math.max(...seedRules.map(({ form }) => form.length));
  return [
    ...seedRules.map(({ form, example, becomes }) => `${form.padEnd(width)}  ${becomes}, e.g. ${example}`),
    ...Object.entries(unsupportedSeeds).map(([word, why]) => `not ${word}: (${why})`),
  ];
}
