import { describe, expect, it } from 'vitest';
import { requestsForSeed } from '../../src/core/seeds.ts';
import { source } from './index.ts';
import { formOf, headers, needsBrowser, normaliseUrl, requestFor, seeds } from './spider.ts';

const SET = 'https://www.1001tracklists.com/tracklist/1pmwyfn1';

describe('addresses of 1001tracklists', () => {
  it.each([
    ['1pmwyfn1', SET],
    [`${SET}/some-slug-2025-05-16.html`, `${SET}/some-slug-2025-05-16.html`],
    ['http://1001tracklists.com/tracklist/1pmwyfn1/a-b.html#tlp_12', `${SET}/a-b.html`],
    ['https://1001.tl/1pmwyfn1', SET],
  ])('%s asks for a set', (text, url) => {
    expect(requestsForSeed(source, text)).toEqual([{ url, kind: 'tracklist' }]);
  });

  it.each(['https://www.1001tracklists.com/', 'https://www.1001tracklists.com/artist/some-dj/tracklists.html'])(
    '%s asks for a listing',
    (url) => {
      expect(requestFor(url)).toEqual({ url, kind: 'listing' });
    },
  );

  it.each(['artist:Mara Quill', 'search: Mara Quill'])('%s is a search, sent as the form of the site', (seed) => {
    const [request] = requestsForSeed(source, seed);
    const url = 'https://www.1001tracklists.com/search/result.php#main_search=Mara+Quill&search_selection=9';
    expect(request).toEqual({ url, kind: 'search' });
    expect(request && formOf(request)).toBe('main_search=Mara+Quill&search_selection=9');
  });

  it('only a search sends a form, and one of words that the form does not take is refused', () => {
    expect(seeds().map(formOf)).toEqual([null]);
    for (const words of ['Ada', 'x'.repeat(151)])
      expect(() => requestsForSeed(source, `search:${words}`)).toThrow(/is no seed for 1001Tracklists/);
  });

  it('media links of a track are asked for by their number', () => {
    const url = 'https://www.1001tracklists.com/ajax/get_medialink.php?idObject=5&idItem=88';
    expect(requestFor(url)).toEqual({ url, kind: 'medialink' });
  });

  it.each([
    'https://www.1001tracklists.com/user/someone/index.html',
    'https://www.1001tracklists.com/action/login.html',
    'https://www.1001tracklists.com.example.org/tracklist/1pmwyfn1/x.html',
    'https://example.org/tracklist/1pmwyfn1/x.html',
    'https://1001.tl/hdgr9l',
    'ftp://www.1001tracklists.com/tracklist/1pmwyfn1',
    'two words',
    '',
  ])('%j is nothing to ask for', (text) => {
    expect(requestFor(text)).toBeNull();
    expect(() => requestsForSeed(source, text)).toThrow(/is no seed for 1001Tracklists/);
  });

  it.each([
    [`${SET}/slug-2025-05-16.html#tlp_9`, SET],
    ['http://1001.tl/1pmwyfn1', SET],
    ['https://1001tracklists.com/dj/x/index.html?utm_source=a', 'https://www.1001tracklists.com/dj/x/index.html'],
    [
      'https://www.1001tracklists.com/ajax/get_medialink.php?idObject=5&idItem=8',
      'https://www.1001tracklists.com/ajax/get_medialink.php?idItem=8&idObject=5',
    ],
    ['no address', 'no address'],
  ])('%s is the page %s', (url, same) => {
    expect(normaliseUrl(url)).toBe(same);
    expect(normaliseUrl(same)).toBe(same);
  });

  it('starts at the home page, asks for HTML, and never renders', () => {
    const [seed] = seeds();
    expect(seed).toEqual({ url: 'https://www.1001tracklists.com/', kind: 'listing' });
    if (!seed) return;
    expect(headers(seed, {}).accept).toContain('text/html');
    expect(needsBrowser(seed)).toBe(false);
  });

  it('is off until a person enables it and gives a contact, and asks every 8 s at most', () => {
    expect(source.facts.conditions.map(({ variable }) => variable)).toEqual([
      'MUSICDB_ENABLE_1001TRACKLISTS',
      'MUSICDB_CONTACT',
    ]);
    expect(source.facts.limits).toMatchObject({ minDelayMs: 8_000, maxConcurrency: 1 });
  });
});
