import { describe, expect, it } from 'vitest';
import { requestsForSeed } from '../../src/core/seeds.ts';
import { source } from './index.ts';
import { articleUrl, keyOfUrl, normaliseUrl, seeds } from './spider.ts';

const REST = 'https://www.mixesdb.com/w/rest.php/v1';
const PAGE = `${REST}/page/2012-12-12_-_Sven_V%C3%A4th_%40_X%2C_Y`;

describe('a seed', () => {
  it.each([
    ['2012-12-12 - Sven Väth @ X, Y', PAGE, 'page'],
    ['2012-12-12_-_Sven_Väth_@_X,_Y', PAGE, 'page'],
    ['https://www.mixesdb.com/w/2012-12-12_-_Sven_V%C3%A4th_@_X,_Y', PAGE, 'page'],
    ['https://mixesdb.com/db/2012-12-12_-_Sven_V%C3%A4th_@_X,_Y#Tracklist', PAGE, 'page'],
    ['200X - A @ AC/DC Club', `${REST}/page/200X_-_A_%40_AC%2FDC_Club`, 'page'],
    ['search:Ben UFO 2014', `${REST}/search/page?q=Ben%20UFO%202014&limit=100`, 'search'],
  ])('%s is understood', (given, url, kind) => {
    expect(requestsForSeed(source, given)).toEqual([{ url, kind }]);
  });

  it('of an artist is the category, which the wiki spells in its own way, and what the search finds', () => {
    expect(requestsForSeed(source, 'artist: Ben UFO').map(({ url }) => url)).toEqual([
      'https://www.mixesdb.com/w/Category:Ben_UFO',
      `${REST}/search/page?q=Ben%20UFO&limit=100`,
    ]);
  });

  it.each([
    '',
    'Ben UFO 2014',
    'category:Mixcloud',
    'category:../../x',
    'category:a/..',
    'https://example.org/w/X',
    'https://www.mixesdb.com/w/index.php?title=X&action=raw',
    'https://www.mixesdb.com/',
    'ftp://www.mixesdb.com/w/X',
    'https://www.mixesdb.com/w/Special:Export/X',
    'https://www.mixesdb.com/w/User_talk:X',
    'https://www.mixesdb.com/w/MixesDB:Explorer/Mixes?do=mx&cat1=Ben+UFO',
  ])('"%s" is nothing to ask for', (given) => {
    expect(() => requestsForSeed(source, given)).toThrow(/is no seed for MixesDB/);
  });
});

describe('normaliseUrl', () => {
  it('gives one text for one page, and is stable', () => {
    for (const url of [
      PAGE,
      'http://www.mixesdb.com/w/2012-12-12_-_Sven_V%c3%a4th_%40_X%2C_Y',
      'https://www.mixesdb.com/db/2012-12-12_-_Sven_V%C3%A4th_@_X,_Y',
    ]) {
      expect(normaliseUrl(url)).toBe(PAGE);
    }
    for (const { url } of seeds()) expect(normaliseUrl(url)).toBe(url);
  });

  it('leaves other addresses and broken escapes alone', () => {
    expect(normaliseUrl('https://example.org/%')).toBe('https://example.org/%');
    expect(keyOfUrl('https://www.mixesdb.com/w/100%_Techno')).toBe('100%_Techno');
  });
});

describe('articleUrl', () => {
  it('writes addresses as the wiki does', () => {
    expect(articleUrl("2015 - Lory D (Live PA) @ Rock'n'Roll & Co: AC/DC?, Y")).toBe(
      'https://www.mixesdb.com/w/2015_-_Lory_D_(Live_PA)_@_Rock%27n%27Roll_%26_Co:_AC/DC%3F,_Y',
    );
  });
});

describe('facts', () => {
  it('keep five seconds between requests and need somebody to write to', () => {
    expect(source.facts.limits.minDelayMs).toBeGreaterThanOrEqual(5000);
    expect(source.facts.conditions.map((condition) => condition.variable)).toEqual(['MUSICDB_CONTACT']);
  });
});
