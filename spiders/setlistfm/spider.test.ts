import { describe, expect, it } from 'vitest';
import { requestsForSeed } from '../../src/core/seeds.ts';
import { source } from './index.ts';
import { changesSince, headers, normaliseUrl, seeds } from './spider.ts';

const API = 'https://api.setlist.fm/rest/1.0';

describe('a seed', () => {
  it.each([
    ['63de4613', 'setlist/63de4613', 'setlist'],
    ['g63f566a7', 'setlist/version/g63f566a7', 'setlist-version'],
    ['11111111-2222-3333-4444-555555555555', 'artist/11111111-2222-3333-4444-555555555555/setlists', 'setlists'],
    ['venue:33d62cf9', 'venue/33d62cf9/setlists', 'setlists'],
    ['version:6bd6ca6e', 'setlist/version/6bd6ca6e', 'setlist-version'],
    ['venue:Civic Hall', 'search/setlists?venueName=Civic%20Hall', 'setlists'],
    ['city:2950159', 'search/setlists?cityId=2950159', 'setlists'],
    ['city: Berlin', 'search/setlists?cityName=Berlin', 'setlists'],
    ['tour:Lamp Oil', 'search/setlists?tourName=Lamp%20Oil', 'setlists'],
    ['edits:ada', 'user/ada/edited', 'setlists'],
    ['search: Carl Cox', 'search/setlists?artistName=Carl%20Cox', 'setlists'],
    ['search:year=2019&artistName=Carl Cox', 'search/setlists?artistName=Carl%20Cox&year=2019', 'setlists'],
    ['artist:11111111-2222-3333-4444-555555555555', 'artist/11111111-2222-3333-4444-555555555555/setlists', 'setlists'],
    ['https://www.setlist.fm/upcoming/a-band/2030/some-hall-3f979a7.html', 'setlist/3f979a7', 'setlist'],
    ['https://api.setlist.fm/rest/1.0/user/ada', 'user/ada', 'user'],
    ['artist: Carl Cox', 'search/setlists?artistName=Carl%20Cox', 'setlists'],
    ['https://www.setlist.fm/setlist/a-band/1964/some-hall-63de4613.html', 'setlist/63de4613', 'setlist'],
    ['https://www.setlist.fm/venue/some-hall-33d62cf9.html', 'venue/33d62cf9/setlists', 'setlists'],
    ['https://www.setlist.fm/attended/ada', 'user/ada/attended', 'setlists'],
    ['https://api.setlist.fm/rest/1.0/search/artists?p=2&artistName=x', 'search/artists?artistName=x&p=2', 'artists'],
  ])('%s asks for %s', (given, path, kind) => {
    expect(requestsForSeed(source, given)).toEqual([{ url: `${API}/${path}`, kind }]);
  });

  it.each([
    '',
    'hello world',
    'constructor:x',
    'search:sort=name',
    'search:artistName=',
    'setlist:x y',
    'https://www.setlist.fm/festival/2024/some-days-3f979a7.html',
    'https://example.org/setlist/x-63de4613.html',
    'https://www.setlist.fm/setlists/a-band-23d6a88b.html',
  ])('"%s" is refused', (given) => {
    expect(() => requestsForSeed(source, given)).toThrow(/is no seed for setlist\.fm/);
  });
});

describe('normaliseUrl', () => {
  it('gives one text for one answer', () => {
    expect(normaliseUrl('http://api.setlist.fm/rest/1.0/search/setlists?year=2024&p=1&artistName=Carl+Cox')).toBe(
      `${API}/search/setlists?artistName=Carl%20Cox&year=2024`,
    );
    expect(normaliseUrl('https://www.setlist.fm/setlist/x/1964/y-63de4613.html')).toBe(`${API}/setlist/63de4613`);
  });

  it('leaves what is not of this source alone, and is stable', () => {
    expect(normaliseUrl('https://example.org/x')).toBe('https://example.org/x');
    for (const { url } of seeds()) expect(normaliseUrl(url)).toBe(url);
  });
});

describe('changesSince', () => {
  it('asks for an hour more than the time since the last look, in UTC', () => {
    expect(changesSince(new Date('2026-01-01T00:30:05.678Z'))).toEqual([
      { url: `${API}/search/setlists?lastUpdated=20251231233005`, kind: 'setlists' },
    ]);
    expect(source.changesSince).toBe(changesSince);
  });
});

describe('headers', () => {
  it('ask for JSON in English and carry the key when there is one', () => {
    const request = { url: `${API}/setlist/63de4613`, kind: 'setlist' };
    expect(headers(request, { SETLISTFM_API_KEY: 'k' })).toEqual({
      accept: 'application/json',
      'accept-language': 'en',
      'x-api-key': 'k',
    });
    expect(headers(request, {})).not.toHaveProperty('x-api-key');
  });
});

describe('facts', () => {
  it('name the key as a condition and the day’s quota', () => {
    expect(source.facts.conditions.map((condition) => condition.variable)).toEqual(['SETLISTFM_API_KEY']);
    expect(source.facts.limits).toMatchObject({ minDelayMs: 500, maxConcurrency: 1, perDay: 1440 });
  });
});

describe('an id that is a step in a path', () => {
  it.each(['version:.', 'setlist:..', 'user:.', 'edits:..'])('makes "%s" no request', (text) => {
    expect(() => requestsForSeed(source, text)).toThrow(/is no seed/);
  });
});
