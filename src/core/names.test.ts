import { describe, expect, test } from 'vitest';
import { inBoundedTime } from '../testing/bounded-time.ts';
import { creditsOf, mixKey, nameKey, remixersOf, splitArtists, splitTitle, trackKey, trackKeyParts } from './names.ts';

describe('splitting a credit', () => {
  test.each([
    ['Bicep', ['Bicep'], []],
    ['Kaskade & deadmau5 feat. Haley', ['Kaskade', 'deadmau5'], ['Haley']],
    ['Flying Lotus Feat. Thom Yorke', ['Flying Lotus'], ['Thom Yorke']],
    ['Gotye (ft. Kimbra)', ['Gotye'], ['Kimbra']],
    ['A vs. B vs C', ['A', 'B', 'C'], []],
    ['Sven Väth b2b Ricardo Villalobos', ['Sven Väth', 'Ricardo Villalobos'], []],
    ['Tiësto x KSHMR', ['Tiësto', 'KSHMR'], []],
    ['Lil Nas X & Cardi B', ['Lil Nas X', 'Cardi B'], []],
    ['Skrillex, Fred again.. & Flowdan', ['Skrillex', 'Fred again..', 'Flowdan'], []],
    ['A feat. B & C', ['A'], ['B', 'C']],
    ['AC/DC', ['AC/DC'], []],
    ['W&W', ['W&W'], []],
    ['TH;EN; Ada', ['TH;EN', 'Ada'], []],
    ['Simon Doty & My Friend', ['Simon Doty', 'My Friend'], []],
    ['10,000 Maniacs', ['10,000 Maniacs'], []],
    ['Malcolm X', ['Malcolm X'], []],
    ['Daft Punk and Friends', ['Daft Punk and Friends'], []],
  ])('%s', (text, primary, featured) => {
    expect(splitArtists(text)).toEqual({ primary, featured });
  });

  test.each([
    ['Above & Beyond'],
    ['Earth, Wind & Fire'],
    ['Tyler, The Creator'],
    ['KC & The Sunshine Band'],
    ['René Costy & His Orchestra'],
  ])('%s is one name', (text) => {
    expect(splitArtists(text).primary).toEqual([text]);
  });

  test('a name the caller knows is never cut, also beside others', () => {
    expect(splitArtists('Smith & Hill vs. Fox & Hare', ['Fox & Hare']).primary).toEqual([
      'Smith',
      'Hill',
      'Fox & Hare',
    ]);
    expect(splitArtists('Ann, Fox & Hare', ['fox & hare']).primary).toEqual(['Ann', 'Fox & Hare']);
  });

  test('a list of thousands is cut in bounded time, with the known names in it whole', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `Name ${index}`);
    const list = [...names, 'Earth, Wind & Fire'];
    expect(inBoundedTime(() => splitArtists(list.join(', ')).primary)).toEqual(list);
  });

  test('a name printed twice is credited once', () => {
    expect(splitArtists('Ada & ada').primary).toEqual(['Ada']);
  });
});

describe('featured artists of a title', () => {
  test.each([
    ['Moment (feat. Ada)', 'Moment', ['Ada']],
    ['Moment [ft Ada & Bo]', 'Moment', ['Ada', 'Bo']],
    ['Moment featuring Ada', 'Moment', ['Ada']],
    ['6 ft under', '6 ft under', []],
    ['Feature Film', 'Feature Film', []],
  ])('%s', (text, title, featured) => {
    expect(splitTitle(text)).toEqual({ title, featured });
  });
});

describe('remixers of a version', () => {
  test.each([
    ['Chris Lorenzo Remix', ['Chris Lorenzo']],
    ['Chris Lake Extended Remix', ['Chris Lake']],
    ['Fox & Hare Remix', ['Fox', 'Hare']],
    ["Danny Tenaglia's Remix", ['Danny Tenaglia']],
    ["Sasha's Voyage Mix", ['Sasha']],
    ["Martyn's 131 Remix", ['Martyn']],
    ['Remixed by Ada', ['Ada']],
    ['Soulwax Edit, Mixed', ['Soulwax']],
    ['Deep Dish Remix', ['Deep Dish']],
    ['Radio Edit', []],
    ['Extended Mix', []],
    ['Sunset Mix', []],
    ['2011 Remaster', []],
    ["70's Edit", []],
    ['Live at Glastonbury', []],
  ])('%s', (version, names) => {
    expect(remixersOf(version)).toEqual(names);
  });
});

test('credits come from artist, title and version, each in its role', () => {
  expect(creditsOf({ artist: 'Ada & Bo', title: 'Moment (feat. Cy)', version: 'Dee Remix' })).toEqual([
    { name: 'Ada', role: 'primary' },
    { name: 'Bo', role: 'primary' },
    { name: 'Cy', role: 'featured' },
    { name: 'Dee', role: 'remixer' },
  ]);
});

describe('track keys', () => {
  const key = (artist: string, title: string, version: string | null = null) => trackKey({ artist, title, version });

  test('order and separators of the artists do not matter', () => {
    const expected = key('Ada & Bo', 'Moment');
    for (const artist of ['Bo & Ada', 'Ada, Bo', 'Ada and Bo', 'Ada x Bo', 'Bo vs. Ada', 'BO B2B ADA']) {
      expect(key(artist, 'Moment')).toBe(expected);
    }
  });

  test('featured artists do not matter, wherever they stand', () => {
    expect(key('Ada feat. Cy', 'Moment')).toBe(key('Ada', 'Moment'));
    expect(key('Ada', 'Moment (ft. Cy)')).toBe(key('Ada', 'Moment'));
  });

  test('"original mix" is no version, a remix is one', () => {
    expect(key('Ada', 'Moment', 'Original Mix')).toBe(key('Ada', 'Moment'));
    expect(key('Ada', 'Moment', 'Bo Remix')).not.toBe(key('Ada', 'Moment'));
    expect(key('Ada', 'Moment', 'Bo Rmx')).toBe(key('Ada', 'Moment', 'Bo Remix'));
  });

  test('case, marks and punctuation do not matter, scripts do', () => {
    expect(key('SVEN VATH', "Don't Stop!")).toBe(key('Sven Väth', 'Don’t stop'));
    expect(key('椎名林檎', '嘘')).not.toBe(key('椎名林檎', 'Uso'));
  });

  test('a mixed track is not the unmixed one', () => {
    expect(mixKey('Mixed')).toBe('mixed');
    expect(mixKey('Original Mix, Mixed')).toBe('mixed');
    expect(mixKey('Bo Remix [Mixed]')).toBe('bo remix mixed');
  });

  test('without an artist or a title there is no key', () => {
    expect(key('', 'Moment')).toBeNull();
    expect(key('Ada', '')).toBeNull();
  });

  test('names of punctuation only still have keys of their own', () => {
    expect(nameKey('!!!')).toBe('!!!');
    expect(key('!!!', 'One')).not.toBe(key('???', 'One'));
  });

  test('a key can be taken apart, and a long one stays short and distinct', () => {
    expect(trackKeyParts(key('Bo & Ada', 'Moment', 'Cy Remix') ?? '')).toEqual({
      artists: ['ada', 'bo'],
      title: 'moment',
      mix: 'cy remix',
    });
    const long = key('Ada', 'x'.repeat(900));
    expect(long?.length).toBeLessThanOrEqual(300);
    expect(long).not.toBe(key('Ada', `${'x'.repeat(899)}y`));
  });
});
