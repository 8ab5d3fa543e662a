import { describe, expect, it } from 'vitest';
import { SOURCE_NAMES } from '../../spiders/registry.ts';
import { numberArgument, sourceArgument, timeArgument } from './arguments.ts';

describe('a source as typed', () => {
  it.each(SOURCE_NAMES)('"%s" is one', (name) => {
    expect(sourceArgument(name)).toBe(name);
  });

  it.each(['', 'Reddit', 'discogs', 'constructor'])('"%s" is none, and the known ones are named', (text) => {
    expect(() => sourceArgument(text)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_SOURCE',
        message: `unknown source "${text}"`,
        hint: expect.stringContaining('setlistfm'),
      }),
    );
  });
});

describe('a number as typed', () => {
  const from1to9 = (text: string) => numberArgument(text, '--limit', { min: 1, max: 9 });

  it('is taken with both ends', () => {
    expect([from1to9('1'), from1to9('9'), from1to9('05')]).toEqual([1, 9, 5]);
  });

  it.each(['0', '10', '-1', '1.5', '1e0', '0x1', ' 1', '', 'one', '99999999999999999999'])(
    '"%s" is refused with what is accepted',
    (text) => {
      expect(() => from1to9(text)).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: `--limit "${text}" is not usable`,
          hint: 'Expected a whole number from 1 to 9.',
        }),
      );
    },
  );
});

describe('a time as typed', () => {
  it.each([
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T10:30', '2026-11-24T10:30:00.000Z'],
    ['2026-11-24T10:30:05Z', '2026-11-24T10:30:05.000Z'],
    ['2026-11-24T10:30:05+02:00', '2026-11-24T08:30:05.000Z'],
  ])('"%s" is %s, in UTC unless it says otherwise', (text, time) => {
    expect(timeArgument(text, '--since').toISOString()).toBe(time);
  });

  it.each(['', 'yesterday', '2026', '2026-13-01', '24.11.2026', '2026-11-24 10:00'])('"%s" is refused', (text) => {
    expect(() => timeArgument(text, '--since')).toThrow(/^--since ".*" is not usable$/);
  });
});
