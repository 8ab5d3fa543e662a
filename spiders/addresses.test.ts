/** What holds for the addresses of every source, whatever a person types. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAllSources } from './registry.ts';

const sources = await loadAllSources();
const WORDS = [
  'artist:',
  'search:',
  'venue:',
  'version:',
  'album:',
  'upc:',
  'itunes:',
  'gb:',
  'r/',
  'https://',
  'http://www.',
  '',
];

describe.each(sources.map((source) => [source.facts.name, source] as const))('%s', (_name, source) => {
  const hosts = fc.constantFrom('', ...source.facts.hosts);
  const rests = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.constantFrom('\ud800x', '%', '%E0%A4%A', '://', '[::1]/', '1', '../../x'),
    fc.stringMatching(/^[-\w./?=&%#]{1,40}$/),
  );
  const typed = fc.tuple(fc.constantFrom(...WORDS), hosts, rests).map((parts) => parts.join(''));

  it('any text is a request or none, and its address is the page’s one address', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const request = source.requestFor(text);
        expect(source.normaliseUrl(source.normaliseUrl(text))).toBe(source.normaliseUrl(text));
        if (request === null) return;
        expect(source.normaliseUrl(request.url)).toBe(request.url);
        expect(source.facts.hosts).toContain(new URL(request.url).hostname);
        expect(source.facts.pageKinds).toContain(request.kind);
      }),
      { numRuns: 300 },
    );
  });

  it('its seeds are requests of its own, each by its one address', () => {
    for (const { url, kind } of source.seeds()) {
      expect(source.normaliseUrl(url)).toBe(url);
      expect(source.facts.pageKinds).toContain(kind);
    }
  });
});
