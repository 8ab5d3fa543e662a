import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVersionText, splitArtistTitle, splitVersion } from './track-name.ts';

// biome-ignore format: a line per phrase would be a hundred lines
const VERSIONS = [
  'Chris Lorenzo Remix', 'Ben Sims Remix 2', 'Helston Flora Remix By AFX', 'Live In Tucson 2018', 'live Sunday Sessions 2016', 'Live Acoustic',
  'Reconstructed By Makam', 'Remixed By Chris McCormack', 'Burial Cover', 'Surgeon Remake', 'Dubfire Re-Edit', 'Mashup', 'Juice Mash-Up',
  'Extended', 'Fouk Remix Extended', 'Laolu Remix; Edit', 'Original Mix', 'Remastered 2011', '2011 Remaster', 'Mixed', 'Acappella', 'Acapella',
  'Instrumental', 'Instrumental Version', 'Nu Disco Bounce', "Fingersman's Boogie Beatdown", 'Hot Toddy Disco Redux', 'K2 Redit', 'edit', 'flip',
  'remix of the chainsmokers', 'Guitar & Vocal Mix, 2011', "Live At Earl's Court, London / June 1977", 'Long-Lost Retake / June 1975',
  'Sterac Instrumental Dub', "Volen Sentir's Pink Sky Extended Retouch", 'ID Remix', 'D.B.DeepstahlRMX', 'Nasty Titsworth Re-Mix', 'Live', 'VIP',
  'Version 2', 'L+H Dub', 'Mr Bongo 7" Edit', 'Dub', 'Reprise', 'Esa 12" Mix',
];
// biome-ignore format: as above
const NAMES = [
  'It Goes Like', 'Addicted', 'Blade Runner OST', 'Clap Yo Hands', 'Marten Lou X Foals', 'Part 1 + Part 2', 'Overture', 'INTERLUDE', 'Tipsy',
  'wait for your love', 'feat. Post Malone', 'We Live For Love', 'How We Live', 'In The Mix', 'Under Cover', 'Mixed Emotions', 'Version Of Me',
  'Pran Ka Mwen', 'Go Crazy', '41 Shots', 'Original Sexy', 'B1', 'Trapez', 'Paper Cut', 'Dubai', 'Remixology',
];

describe('isVersionText', () => {
  it.each(VERSIONS)('"%s" names a version', (text) => {
    expect(isVersionText(text)).toBe(true);
  });

  it.each(NAMES)('"%s" belongs to the name', (text) => {
    expect(isVersionText(text)).toBe(false);
  });
});

describe('splitVersion', () => {
  it('takes the version bracket off and leaves the bracket of the name', () => {
    expect(splitVersion('Get Up (Clap Yo Hands) (Blake Baxter Get Lifted Mix)')).toEqual({
      title: 'Get Up (Clap Yo Hands)',
      version: 'Blake Baxter Get Lifted Mix',
    });
    expect(splitVersion('Ready 2 Go (It Goes Like)')).toEqual({ title: 'Ready 2 Go (It Goes Like)', version: null });
  });

  it('reads brackets within brackets', () => {
    expect(splitVersion('Reckless (Psycho Boys Club (NL) Remix)').version).toBe('Psycho Boys Club (NL) Remix');
    expect(splitVersion('Temple (Ø [Phase] Remix)').version).toBe('Ø [Phase] Remix');
  });

  it('keeps a guest bracket in the title on either side of the version', () => {
    expect(splitVersion('Alter Ego (feat. JT) [Remix]')).toEqual({ title: 'Alter Ego (feat. JT)', version: 'Remix' });
    expect(splitVersion('Alter Ego (Dub Mix) (feat. JT)')).toEqual({
      title: 'Alter Ego (feat. JT)',
      version: 'Dub Mix',
    });
  });

  it('joins several version brackets in the order they are printed', () => {
    expect(splitVersion('Quiet Sea (Live) (2011 Remaster)')).toEqual({
      title: 'Quiet Sea',
      version: 'Live, 2011 Remaster',
    });
  });

  it('takes a tail after the last dash only when it names a version', () => {
    expect(splitVersion('Insomnia - Radio Edit')).toEqual({ title: 'Insomnia', version: 'Radio Edit' });
    expect(splitVersion('Funky Dope - Urban Flow')).toEqual({ title: 'Funky Dope - Urban Flow', version: null });
  });

  it('leaves a title that is nothing but a bracket alone', () => {
    expect(splitVersion('(Remix)')).toEqual({ title: '(Remix)', version: null });
  });

  it('answers for any text, soon', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        (text) => splitVersion(text).title.length <= text.length + 1,
      ),
    );
    expect(splitVersion('('.repeat(50_000)).version).toBeNull();
    expect(splitVersion('a - '.repeat(50_000)).version).toBeNull();
  });
});

describe('splitArtistTitle', () => {
  it('splits at the first spaced dash of any length', () => {
    expect(splitArtistTitle('C-Rock – Funky Dope - Urban Flow')).toEqual({
      artist: 'C-Rock',
      rest: 'Funky Dope - Urban Flow',
    });
    expect(splitArtistTitle('No dash here')).toBeNull();
  });
});
