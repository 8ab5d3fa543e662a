import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeWarc, readWarc, readWarcRecord, type WarcEntry, warcBytes } from './warc-reader.ts';
import { hasDigest, readHttp, unchunk, warcDigest } from './warc-record.ts';

const RECORDS = ['first', 'the second', '3'].map((block) => recordText(block));
const PLAIN = Buffer.from(RECORDS.join(''));
const MEMBERS = RECORDS.map((record) => gzipSync(record));
const PACKED = Buffer.concat(MEMBERS);

describe.each([
  ['plain', PLAIN, RECORDS.map((record) => Buffer.byteLength(record))],
  ['packed', PACKED, MEMBERS.map((member) => member.byteLength)],
])('a %s file', (_, file, sizes) => {
  const offsets = sizes.map((_size, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));

  it('is known by how it begins, and gives its records with their offsets', async () => {
    expect(looksLikeWarc(file)).toBe(true);
    const entries = await all(file);
    expect(entries.map(blockOf)).toEqual(['first', 'the second', '3']);
    expect(entries.map(({ offset }) => offset)).toEqual(offsets);
  });

  it('gives any record by its offset', async () => {
    expect((await readWarcRecord(warcBytes(file), offsets[1] ?? 0)).block.toString()).toBe('the second');
  });

  it('goes on after a broken record, and says where it was', async () => {
    const broken = Buffer.from(file);
    broken.fill(0, (offsets[1] ?? 0) + 12, (offsets[1] ?? 0) + 40);
    const entries = await all(broken);
    expect(entries.map(blockOf)).toEqual(['first', expect.stringMatching(/^the record is broken/), '3']);
    expect(entries[1]?.offset).toBe(offsets[1]);
  });

  it('that ends within a record says so, once', async () => {
    const entries = await all(file.subarray(0, file.byteLength - 8));
    expect(entries.slice(0, 2).map(blockOf)).toEqual(['first', 'the second']);
  });

  it('may begin with anything', async () => {
    const entries = await all(Buffer.concat([Buffer.from('rubbish \x1f\x8b\x08 WARC/1.\n'), file]));
    expect(entries.map(({ fault }) => fault?.code ?? null)).toEqual(['not-a-record', null, null, null]);
  });
});

describe('a file', () => {
  it('compressed as a whole is told what to do with it', async () => {
    const [entry] = await all(gzipSync(PLAIN));
    expect(entry?.fault).toMatchObject({ code: 'not-by-record', hint: expect.stringContaining('gunzip') });
  });

  it('with a record that is too large is read past it', async () => {
    const large = `WARC/1.1\r\nWARC-Type: response\r\nContent-Length: ${60 * 1_024 * 1_024}\r\n\r\n`;
    const file = Buffer.concat([Buffer.from(large), Buffer.alloc(60 * 1_024 * 1_024), Buffer.from('\r\n\r\n'), PLAIN]);
    expect((await all(file)).map(blockOf).slice(1)).toEqual(['first', 'the second', '3']);
  });

  it('with a record that unpacks to too much is read past it', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('WARC/1.1\r\n'), Buffer.alloc(60 * 1_024 * 1_024)]));
    const entries = await all(Buffer.concat([bomb, PACKED]));
    expect(entries[0]?.fault?.code).toBe('too-large');
    expect(entries.slice(1).map(blockOf)).toEqual(['first', 'the second', '3']);
  });

  it('of any bytes is read to its end, without an exception', async () => {
    const bytes = fc.array(
      fc.oneof(fc.uint8Array(), fc.constantFrom(...MEMBERS, ...RECORDS.map((r) => Buffer.from(r)))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (parts) => {
        const file = Buffer.concat(parts);
        for (const { offset } of await all(file)) expect(offset).toBeLessThan(file.byteLength);
      }),
      { numRuns: 200 },
    );
  });
});

describe('digests', () => {
  it('are written as other tools write them', () => {
    expect(warcDigest(Buffer.from('abc'))).toBe('sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====');
  });

  it.each([
    'sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5',
    'SHA-1:vgmt4nsha2awvor6evyxqugcnsonbwe5',
    'sha1:a9993e364706816aba3e25717850c26c9cd0d89d',
    'md5:kAFQmDzST7DWlj99KOF/cg==',
    'sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ',
  ])('%s is that of "abc"', (label) => {
    expect(hasDigest(Buffer.from('abc'), label)).toBe(true);
    expect(hasDigest(Buffer.from('abd'), label)).toBe(false);
  });

  it('of an unknown algorithm say nothing', () => {
    expect(hasDigest(Buffer.from('abc'), 'blake9:00')).toBeNull();
    expect(hasDigest(Buffer.from('abc'), 'no label')).toBeNull();
  });
});

describe('an HTTP message', () => {
  it('is taken apart, headers that go on in the next line joined', () => {
    expect(readHttp(Buffer.from('HTTP/1.0 200 OK\nA: 1\n  2\nodd\n\nbody'))).toEqual({
      startLine: 'HTTP/1.0 200 OK',
      headers: [['A', '1 2']],
      payload: Buffer.from('body'),
    });
    expect(readHttp(Buffer.from('no head'))).toBeNull();
  });

  it('that is chunked is put together, and told from one that only says so', () => {
    expect(unchunk(Buffer.from('3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n'))?.toString()).toBe('abc0123456789');
    for (const odd of ['plain text', '5\r\nabc', '', 'zz\r\n']) expect(unchunk(Buffer.from(odd))).toBeNull();
  });
});

function recordText(block: string): string {
  return `WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: ${block.length}\r\n\r\n${block}\r\n\r\n`;
}

async function all(file: Buffer): Promise<WarcEntry[]> {
  const entries: WarcEntry[] = [];
  for await (const entry of readWarc(warcBytes(file))) entries.push(entry);
  return entries;
}

function blockOf({ record, fault }: WarcEntry): string {
  return record === null ? (fault?.message ?? '') : record.block.toString();
}
