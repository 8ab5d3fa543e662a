import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseIsrc } from './isrc.ts';

describe('normaliseIsrc', () => {
  it('gives the parts of a code', () => {
    expect(normaliseIsrc('GBAYE0601498')).toEqual({
      value: 'GBAYE0601498',
      prefix: 'GB',
      registrant: 'AYE',
      yearOfReference: '06',
      designation: '01498',
    });
  });

  it.each([
    ['ushm21524340', 'USHM21524340'],
    ['BE-5GJ-17-00041', 'BE5GJ1700041'],
    [' ushm81871741 ', 'USHM81871741'],
    ['ISRC US-S1Z-99-00001', 'USS1Z9900001'],
    ['isrc: NLA508700208', 'NLA508700208'],
    ['FR\u2013OV6\u201373-65517', 'FROV67365517'],
    ['HKI19\u200b8590203', 'HKI198590203'],
    ['ＵＳＡＴ２２３０６１４７', 'USAT22306147'],
  ])('%j reads as %s', (text, value) => {
    expect(normaliseIsrc(text).value).toBe(value);
  });

  it('a code of Iceland that begins with the letters ISRC is a code', () => {
    expect(normaliseIsrc('ISRC17607839')).toMatchObject({ value: 'ISRC17607839', registrant: 'RC1' });
    expect(normaliseIsrc('ISRC IS-RC1-76-07839').value).toBe('ISRC17607839');
  });

  it('an unknown prefix is no reason to refuse', () => {
    expect(normaliseIsrc('QX1230012345').value).toBe('QX1230012345');
  });

  it.each([
    '',
    '  ',
    'N/A',
    '000000000000',
    'QZ0000000000',
    'ZZ-ZZZ-123-4567',
    'USAT2230614',
    'USAT223061470',
    '12AT22306147',
  ])('%j is refused with a reason', (text) => {
    const answer = normaliseIsrc(text);
    expect(answer.value).toBeNull();
    expect(answer).toHaveProperty('problem', expect.stringMatching(/\w/));
  });

  it('reading a read code changes nothing, and no text throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const first = normaliseIsrc(text);
        if (first.value !== null) expect(normaliseIsrc(first.value)).toEqual(first);
      }),
    );
  });
});
