/** What holds for seeds and addresses of every source, whatever a person types. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../src/core/errors.ts';
import type { PageRequest } from '../src/core/parse-result.ts';
import { asList, requestsForSeed, seedForms } from '../src/core/seeds.ts';
import type { Source } from '../src/core/source.ts';
import { loadAllSources } from './registry.ts';

const sources = await loadAllSources();
const STARTS = [
  'artist:',
  'search:',
  'venue:',
  'version:',
  'album:',
  'upc:',
  'itunes:',
  'gb:',
  'r/',
  'http://www.',
  '',
];
const RUNS = { numRuns: 300 };

describe.each(sources.map((source) => [source.facts.name, source] as const))('%s', (_name, source) => {
  const words = [...new Set([...STARTS, ...seedForms(source).map(({ form }) => /^[a-z]+:/.exec(form)?.[0] ?? '')])];
  const hosts = fc.constantFrom('', ...source.facts.hosts);
  const rests = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.webUrl(),
    fc.constantFrom(
      '\ud800x',
      '%',
      '%E0%A4%A',
      '://',
      '[::1]/',
      '1',
      '../../x',
      '..',
      '&p=2#x',
      'a/b?c',
      '"',
      '\u0000',
    ),
    fc.constantFrom('Björk', 'Дельфин', '電気グルーヴ', 'שלום', '👩‍🎤', 'é', 'AC/DC', 'Above & Beyond', 'C#'),
    fc.stringMatching(/^[-\w./?=&%#]{1,40}$/),
  );
  const typed = fc.tuple(fc.constantFrom(...words), hosts, rests).map((parts) => parts.join(''));

  it('any text is refused, or asks for pages of the source, each by its one address', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const requests = requestsOrNone(source, text);
        expect(source.normaliseUrl(source.normaliseUrl(text))).toBe(source.normaliseUrl(text));
        for (const request of [...requests, ...asList(source.requestFor(text))]) {
          expect(source.normaliseUrl(request.url)).toBe(request.url);
          expect(source.facts.hosts).toContain(new URL(request.url).hostname);
          expect(source.facts.pageKinds).toContain(request.kind);
        }
      }),
      RUNS,
    );
  });

  it('what stands behind a word stays one value: refused or encoded, it cannot add a parameter, a step of the path or an anchor', () => {
    const path = ({ url }: PageRequest) => {
      const { pathname, searchParams, hash } = new URL(url);
      return [pathname.split('/').length, [...searchParams.keys()].sort().join(), hash === ''];
    };
    const named = seedForms(source).filter(({ form }) => /^(?:artist|search):<(?:name|text)>$/.test(form));
    for (const { form, example } of named) {
      const start = form.slice(0, form.indexOf(':') + 1);
      const usual = requestsForSeed(source, example).map(path);
      for (const odd of ['a&limit=1', 'a/../b', 'a?b', 'a#b', 'é ü', 'a+b', '50% off', 'a;b', 'x'.repeat(250)])
        for (const request of requestsOrNone(source, `${start}${odd}`)) expect(usual).toContainEqual(path(request));
    }
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \t '],
    ['10,000 characters', `search:${'x'.repeat(10_000)}`],
    ['a control character', 'search:a\u0000b'],
    ['a line break', 'artist:a\nb'],
    ['half a character', 'search:\ud800'],
    ['a word alone', 'artist:'],
    ['a word and blanks', 'search:   '],
    ['a page of another site', 'https://example.org/setlist/x-63de4613.html'],
    ['a file', 'file:///etc/passwd'],
    ['a word that nobody knows', 'constructor:x'],
  ])('refuses %s, and says what it understands', (_, text) => {
    expect(refusalOf(source, text)).toMatchObject({
      message: expect.stringMatching(/^".*" is no seed for .+: .+/),
      hint: expect.stringContaining(seedForms(source)[0]?.example ?? 'no form'),
    });
  });

  it('its seeds are requests of its own, each by its one address', () => {
    for (const { url, kind } of source.seeds()) {
      expect(source.normaliseUrl(url)).toBe(url);
      expect(source.facts.pageKinds).toContain(kind);
    }
  });
});

function requestsOrNone(source: Source, text: string): PageRequest[] {
  try {
    return requestsForSeed(source, text);
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

function refusalOf(source: Source, text: string): unknown {
  try {
    return requestsForSeed(source, text);
  } catch (error) {
    return error;
  }
}
