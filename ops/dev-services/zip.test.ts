import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readZip } from './zip.ts';

const dir = mkdtempSync(join(tmpdir(), 'musicdb-zip-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** The numbers of a local header or of a directory entry (they share most fields), little endian. */
function record(
  signature: number,
  { name, content, packed, at }: { name: string; content: string; packed: Buffer; at: number | null },
): Buffer {
  const header = Buffer.alloc(at === null ? 30 : 46);
  const shift = at === null ? 0 : 2;
  header.writeUInt32LE(signature, 0);
  header.writeUInt16LE(packed.length === content.length ? 0 : 8, 8 + shift);
  header.writeUInt32LE(crc32(content), 14 + shift);
  header.writeUInt32LE(packed.length, 18 + shift);
  header.writeUInt32LE(content.length, 22 + shift);
  header.writeUInt16LE(name.length, 26 + shift);
  if (at !== null) header.writeUInt32LE(at, 42);
  return Buffer.concat([header, Buffer.from(name)]);
}

function zipOf(files: Record<string, string>, comment = ''): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = content.length > 20 ? deflateRawSync(content) : Buffer.from(content);
    const body = Buffer.concat([record(0x04034b50, { name, content, packed, at: null }), packed]);
    directory.push(record(0x02014b50, { name, content, packed, at }));
    bodies.push(body);
    at += body.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...bodies, ...directory, end, Buffer.from(comment)]);
}

function saved(name: string, bytes: Buffer): string {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
}

describe('a zip archive', () => {
  it('gives its files, stored and deflated, also behind a comment', () => {
    const files = { 'a/': '', 'a/short.txt': 'short', 'a/long.txt': 'long '.repeat(100) };
    const entries = readZip(saved('good.zip', zipOf(files, 'made for a test')));
    expect(entries.map(({ name, size }) => [name, size])).toEqual([
      ['a/', 0],
      ['a/short.txt', 5],
      ['a/long.txt', 500],
    ]);
    expect(entries.map((entry) => entry.read().toString())).toEqual(Object.values(files));
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['no zip', Buffer.from('<html>'.repeat(20))],
    ['cut off', zipOf({ 'a.txt': 'x'.repeat(100) }).subarray(0, 60)],
  ])('that is %s is refused by name', (name, bytes) => {
    const path = saved('bad.zip', bytes);
    expect(() => readZip(path), name).toThrow(`${path} is not a whole zip archive`);
  });
});
