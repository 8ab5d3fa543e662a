/** Reads zip archives (and jars) without unpacking them whole: our only use is one folder out of a large one. No zip64, no encryption. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { PermanentError } from '../../src/core/errors.ts';

/** One file of an archive. */
export interface ZipEntry {
  /** Path inside the archive; a folder's ends in "/". */
  name: string;
  /** Bytes when unpacked. */
  size: number;
  read: () => Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** Lists an archive's files. Throws PermanentError when it is no zip file or was cut off. */
export function readZip(path: string): ZipEntry[] {
  const { count, directory } = readDirectory(path);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (directory.length < at + 46 || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) throw brokenZip(path);
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push(entryAt(path, directory.subarray(at, at + 46 + nameLength)));
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function entryAt(path: string, record: Buffer): ZipEntry {
  const method = record.readUInt16LE(10);
  const compressedSize = record.readUInt32LE(20);
  const headerAt = record.readUInt32LE(42);
  return {
    name: record.toString('utf8', 46),
    size: record.readUInt32LE(24),
    read: () => {
      const header = readBytes(path, headerAt, 30);
      const bytes = readBytes(path, headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), compressedSize);
      return method === 0 ? bytes : inflateRawSync(bytes);
    },
  };
}

/** The directory is at the end, before a comment of at most 64 KB. */
function readDirectory(path: string): { count: number; directory: Buffer } {
  const size = fileSize(path);
  const tailLength = Math.min(size, 22 + 65_535);
  const tail = readBytes(path, size - tailLength, tailLength);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END_OF_DIRECTORY) continue;
    return {
      count: tail.readUInt16LE(at + 10),
      directory: readBytes(path, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12)),
    };
  }
  throw brokenZip(path);
}

function readBytes(path: string, at: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    if (readSync(file, bytes, 0, length, at) < length) throw brokenZip(path);
    return bytes;
  } finally {
    closeSync(file);
  }
}

function fileSize(path: string): number {
  const file = openSync(path, 'r');
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

function brokenZip(path: string): PermanentError {
  return new PermanentError(`${path} is not a whole zip archive. Remove it and start again.`);
}
