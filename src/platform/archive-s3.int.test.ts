/** The archive in a bucket, on a real server that checks every signature. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareS3Server, type S3Server, startS3Server } from '../testing/s3-server.ts';
import { openS3Archive } from './archive-s3.ts';
import type { ArchiveStore, StoredFile } from './archive-store.ts';

const CREDENTIALS = { accessKeyId: 'somebody', secretAccessKey: 'a secret of theirs' };
const { program, missing } = prepareS3Server();

describe.skipIf(missing !== null)(`an archive in a bucket (${missing ?? 'S3 server found'})`, () => {
  let server: S3Server;
  let archive: ArchiveStore;

  beforeAll(async () => {
    server = await startS3Server(program ?? '', CREDENTIALS);
    archive = openS3Archive(server.location, CREDENTIALS);
  });
  afterAll(() => server?.release());

  it('gives back the bytes it was given, and stores the same bytes once', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    const [first, second] = [await archive.put(bytes), await archive.put(bytes)];
    expect(second).toEqual(first);
    expect((await archive.get(first.digest)).equals(bytes)).toBe(true);
  });

  it('lists what is there, also where it takes more than one answer', async () => {
    const stored = await Promise.all(Array.from({ length: 1_003 }, (_, n) => archive.put(Buffer.from(`page ${n}`))));
    const listed = new Map<string, StoredFile>();
    for await (const file of archive.list()) listed.set(file.digest.toString('hex'), file);
    for (const { digest, storedBytes } of stored)
      expect(listed.get(digest.toString('hex'))).toMatchObject({ storedBytes, storedAt: expect.any(Date) });
  }, 60_000);

  it('refuses what is damaged, and says what is missing', async () => {
    const { digest } = await archive.put(Buffer.from('will be damaged'));
    const hex = digest.toString('hex');
    await writeFile(join(server.folder, 'pages', hex.slice(0, 2), `${hex.slice(2)}.zst`), 'rubbish');
    await expect(archive.get(digest)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
    await expect(archive.get(Buffer.alloc(32))).rejects.toMatchObject({ code: 'DOCUMENT_MISSING' });
  });

  it('takes away what is old, and not what was stored since', async () => {
    const { digest } = await archive.put(Buffer.from('old one day'));
    expect(await archive.discard(digest, new Date(Date.now() - 60_000))).toBe(false);
    expect(await archive.discard(digest, new Date(Date.now() + 60_000))).toBe(true);
    expect(await archive.has(digest)).toBe(false);
    await archive.remove(digest);
  });

  it('says at once that its keys are refused', async () => {
    const stranger = openS3Archive(server.location, { ...CREDENTIALS, secretAccessKey: 'not theirs' });
    await expect(stranger.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  });
});

describe('the address of a bucket', () => {
  it.each(['s3://', 's3://bucket?endpoint=nowhere', 's3:bucket'])(
    '"%s" is refused with what is expected',
    (location) => {
      expect(() => openS3Archive(location, CREDENTIALS)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
    },
  );

  it('needs credentials, and says which', () => {
    expect(() => openS3Archive('s3://bucket', null)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('AWS_ACCESS_KEY_ID') }),
    );
  });
});
