import { hash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchiveStore, openArchive } from './archive-store.ts';

let directory: string;
let archive: ArchiveStore;
const fileOf = (digest: Buffer) =>
  join(directory, digest.toString('hex').slice(0, 2), `${digest.toString('hex').slice(2)}.zst`);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'musicdb-archive-'));
  archive = openArchive(directory);
});
afterAll(() => rm(directory, { recursive: true }));

describe('the archive', () => {
  it('gives back the bytes it was given', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    const { digest, sizeBytes } = await archive.put(bytes);
    expect(sizeBytes).toBe(5);
    expect((await archive.get(digest)).equals(bytes)).toBe(true);
  });

  it('stores the same bytes once, also when they come at the same time', async () => {
    const stored = await Promise.all(Array.from({ length: 8 }, () => archive.put(Buffer.from('the same page'))));
    const [first] = stored;
    expect(new Set(stored.map(({ digest }) => digest.toString('hex'))).size).toBe(1);
    expect(
      (await readdir(join(fileOf(first?.digest as Buffer), '..'))).filter((name) => name.endsWith('.tmp')),
    ).toEqual([]);
  });

  it('refuses to read a file that was damaged', async () => {
    const { digest } = await archive.put(Buffer.from('will be damaged'));
    const other = await archive.put(Buffer.from('something else'));
    await writeFile(
      fileOf(digest),
      await import('node:fs/promises').then(({ readFile }) => readFile(fileOf(other.digest))),
    );
    await expect(archive.get(digest)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
  });

  it('says what keeps it from storing, and goes on with the next document', async () => {
    const digest = hash('sha256', 'in the way', 'buffer');
    const folder = join(fileOf(digest), '..');
    await rm(folder, { recursive: true, force: true });
    await writeFile(folder, '');
    await expect(archive.put(Buffer.from('in the way'))).rejects.toThrow(/EEXIST|ENOTDIR/);
    await rm(folder);
    expect((await archive.put(Buffer.from('in the way'))).digest.equals(digest)).toBe(true);
  });

  it('says so when a document is missing', async () => {
    await expect(archive.get(Buffer.alloc(32))).rejects.toMatchObject({ code: 'DOCUMENT_MISSING' });
    expect(await archive.has(Buffer.alloc(32))).toBe(false);
  });
});
