import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from './content-encoding.ts';

const KIND = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  deflate: deflateSync,
};
const names = Object.keys(KIND) as (keyof typeof KIND)[];

describe('a content-encoding', () => {
  it('is undone whatever its kind, size and number of layers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 20_000 }),
        fc.array(fc.constantFrom(...names), { maxLength: 3 }),
        async (bytes, layers) => {
          const packed = layers.reduce((inner, name) => KIND[name](inner), Buffer.from(bytes));
          const { body, bodyFault } = await decodeBody(packed, layers.join(', ') || null);
          expect(bodyFault).toBeNull();
          expect(body.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('deflate is read with and without zlib’s header', async () => {
    expect((await decodeBody(deflateRawSync('raw'), 'deflate')).body.toString()).toBe('raw');
    expect((await decodeBody(deflateSync('zlib'), 'deflate')).body.toString()).toBe('zlib');
  });

  it('of a large body is undone', async () => {
    const large = Buffer.alloc(3_000_000, 'set, track, artist; ');
    expect((await decodeBody(brotliCompressSync(large), 'br')).bodyFault?.code).toBe('BOMB');
    const varied = Buffer.from(Array.from({ length: 100_000 }, (_, n) => `row ${n * 7919} `).join(''));
    expect((await decodeBody(gzipSync(varied), 'gzip')).body.equals(varied)).toBe(true);
  });

  it('of no bytes is no fault: 204 and 304 carry the header too', async () => {
    expect(await decodeBody(Buffer.alloc(0), 'gzip')).toEqual({ body: Buffer.alloc(0), bodyFault: null });
  });
});

describe('bytes that cannot be undone are a fault and never an exception', () => {
  it.each([
    ['an unknown encoding', Buffer.from('x'), 'compress', 'BAD_ENCODING'],
    ['bytes that are not what the header says', Buffer.from('plain text'), 'gzip', 'BAD_ENCODING'],
    ['a stream that was cut', gzipSync('hello'.repeat(500)).subarray(0, 30), 'gzip', 'BAD_ENCODING'],
    ['more layers than anybody needs', Buffer.from('x'), 'gzip, gzip, gzip, gzip', 'BAD_ENCODING'],
    ['a small bomb', gzipSync(Buffer.alloc(2 * 1024 * 1024)), 'gzip', 'BOMB'],
    ['a bomb within a bomb', gzipSync(brotliCompressSync(Buffer.alloc(30 * 1024 * 1024))), 'br, gzip', 'BOMB'],
  ])('%s', async (_, bytes, encoding, code) => {
    const { body, bodyFault } = await decodeBody(bytes, encoding);
    expect(bodyFault?.code).toBe(code);
    expect(body).toHaveLength(0);
  });

  it('any bytes under any header', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 6_000 }),
        fc.oneof(fc.constantFrom(...names), fc.string()),
        async (bytes, encoding) => {
          const { body, bodyFault } = await decodeBody(Buffer.from(bytes), encoding);
          expect(bodyFault === null || body.length === 0).toBe(true);
        },
      ),
    );
  });
});

it('a large body is undone beside the event loop, not in it', async () => {
  const packed = gzipSync(Buffer.from(Array.from({ length: 500_000 }, (_, n) => `row ${n * 7919} `).join('')));
  let beats = 0;
  const beat = setInterval(() => {
    beats += 1;
  }, 1);
  await decodeBody(packed, 'gzip');
  clearInterval(beat);
  expect(beats).toBeGreaterThan(2);
});
