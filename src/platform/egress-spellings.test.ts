import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEgressGuard } from './egress-guard.ts';

const guard = createEgressGuard([]);

function codeOf(url: string): string {
  try {
    guard.checkUrl(url);
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

type Octets = [number, number, number, number];

const octet = fc.nat(255);
const within = (...[a, b, c, d]: (number | [number, number])[]): fc.Arbitrary<Octets> => {
  const part = (given: number | [number, number] | undefined) => {
    if (given === undefined) return octet;
    return typeof given === 'number' ? fc.constant(given) : fc.integer({ min: given[0], max: given[1] });
  };
  return fc.tuple(part(a), part(b), part(c), part(d));
};

const forbidden = fc.oneof(
  within(0),
  within(10),
  within(100, [64, 127]),
  within(127),
  within(169, 254),
  within(172, [16, 31]),
  within(192, 0, 0),
  within(192, 0, 2),
  within(192, 168),
  within(198, [18, 19]),
  within(198, 51, 100),
  within(203, 0, 113),
  within([224, 255]),
  fc.constantFrom<Octets>([169, 254, 169, 254], [168, 63, 129, 16], [100, 100, 100, 200]),
);
const open = fc.oneof(within([1, 9]), within([11, 99]), within([128, 167]), within([208, 223]));

const inBase = (value: number, base: string) => {
  if (base === 'hex') return `0x${value.toString(16)}`;
  if (base === 'HEX') return `0X${value.toString(16).toUpperCase()}`;
  if (base === 'octal') return `0${value.toString(8)}`;
  return base === 'long octal' ? `000${value.toString(8)}` : String(value);
};
/** 1.2.3.4 as 1 to 4 numbers: the last one holds all that is left. */
const inParts = ([a, b, c, d]: Octets, count: number): number[] => {
  const all = [a, b, c, d];
  const rest = all.slice(count - 1).reduce((sum, part) => sum * 256 + part, 0);
  return [...all.slice(0, count - 1), rest];
};
const disguise: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  'trailing dot': (text) => `${text}.`,
  percent: (text) => [...text].map((sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
  'full width': (text) => text.replace(/[\da-zA-Z]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0)),
  'ideographic dots': (text) => text.replaceAll('.', '。'),
  circled: (text) => text.replace(/[1-9]/g, (digit) => String.fromCodePoint(0x245f + Number(digit))),
};

const spelled = (address: fc.Arbitrary<Octets>) =>
  fc
    .record({
      address,
      count: fc.integer({ min: 1, max: 4 }),
      bases: fc.array(fc.constantFrom('hex', 'HEX', 'octal', 'long octal', 'decimal'), { minLength: 4, maxLength: 4 }),
      as: fc.constantFrom(...Object.keys(disguise)),
      scheme: fc.constantFrom('http://', 'https://', 'HTTP://', 'http:/', 'http:\\\\'),
    })
    .map(({ address, count, bases, as, scheme }) => {
      const parts = inParts(address, count).map((part, at) => inBase(part, bases[at] ?? 'decimal'));
      return `${scheme}${disguise[as]?.(parts.join('.'))}/`;
    });

const hex = (octets: readonly number[]) => octets.map((part) => part.toString(16).padStart(2, '0')).join('');
const groups = ([a, b, c, d]: Octets) => [hex([a, b]), hex([c, d])];
const inside: readonly ((address: Octets) => string)[] = [
  (v4) => `::ffff:${v4.join('.')}`,
  (v4) => `::ffff:${groups(v4).join(':')}`,
  (v4) => `0:0:0:0:0:FFFF:${groups(v4).join(':').toUpperCase()}`,
  (v4) => `::${v4.join('.')}`,
  (v4) => `::ffff:0:${groups(v4).join(':')}`,
  (v4) => `64:ff9b::${groups(v4).join(':')}`,
  (v4) => `64:ff9b:1::${groups(v4).join(':')}`,
  (v4) => `2002:${groups(v4).join(':')}::1`,
  (v4) => `2001:0:${groups(v4).join(':')}::`,
];

describe('whatever the spelling', () => {
  it('an address that is not public is refused', () => {
    fc.assert(
      fc.property(spelled(forbidden), (url) => {
        expect(codeOf(url)).toBe('EGRESS_BLOCKED');
      }),
      { numRuns: 2_000 },
    );
  });

  it('a public one passes', () => {
    fc.assert(
      fc.property(spelled(open), (url) => {
        expect(codeOf(url)).toBe('allowed');
      }),
      { numRuns: 1_000 },
    );
  });

  it('an IPv4 address inside an IPv6 one is refused', () => {
    fc.assert(
      fc.property(fc.oneof(forbidden, open), fc.constantFrom(...inside), (address, wrap) => {
        expect(codeOf(`http://[${wrap(address)}]/`)).toBe('EGRESS_BLOCKED');
      }),
      { numRuns: 1_000 },
    );
  });

  it('an IPv6 address outside 2000::/3 is refused', () => {
    const first = fc.oneof(fc.nat(0x1fff), fc.integer({ min: 0x4000, max: 0xffff }));
    const rest = fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(first, rest, (head, tail) => {
        const text = [head, ...tail].map((group) => group.toString(16)).join(':');
        expect(codeOf(`http://[${text}]/`)).toBe('EGRESS_BLOCKED');
      }),
    );
  });
});

describe('whatever a name resolves to', () => {
  const lookUp = (answers: LookupAddress[]) =>
    new Promise<{ error: Error | null; given: unknown }>((resolve) => {
      const asked = createEgressGuard([], (_name, _options, callback) => callback(null, answers));
      asked.lookupFor(443)('set.example.com', { all: true }, (error, given) => resolve({ error, given }));
    });
  const text = (address: fc.Arbitrary<Octets>) => address.map((v4) => ({ address: v4.join('.'), family: 4 }));

  it('one forbidden address among public ones refuses the name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text(open)), text(forbidden), fc.array(text(open)), async (before, bad, after) => {
        const { error } = await lookUp([...before, bad, ...after]);
        expect(error).toMatchObject({ code: 'EGRESS_BLOCKED' });
      }),
    );
  });

  it('the socket is given the addresses that were checked, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text(open), { minLength: 1 }), async (answers) => {
        expect(await lookUp(answers)).toEqual({ error: null, given: answers });
      }),
    );
  });

  it('an address behind NAT64 is judged by the IPv4 address inside: networks without IPv4 have no other', async () => {
    const behind = (v4: Octets) => [{ address: `64:ff9b::${groups(v4).join(':')}`, family: 6 }];
    expect((await lookUp(behind([93, 184, 216, 34]))).error).toBeNull();
    expect((await lookUp(behind([10, 0, 0, 1]))).error).toMatchObject({ code: 'EGRESS_BLOCKED' });
  });
});
