/** Upkeep on real files and rows: nothing that is needed is ever taken away, whatever happens meanwhile. */
import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedPath } from '../platform/archive-files.ts';
import { openTestContext, type TestContext } from '../testing/job-context.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { collectGarbage, verifyArchive } from './archive-upkeep.ts';

const LONG_AGO = new Date('2026-01-01T00:00:00Z');
const BEFORE = new Date('2026-02-01T00:00:00Z');

let services: TestServices;
let test: TestContext;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  test = await openTestContext(services);
});
afterEach(async () => {
  await services.db.query('truncate fetches, documents, source_states cascade');
  await test.release();
});

describe('garbage', () => {
  it('is what nothing refers to: rows with their files, and files without a row', async () => {
    const kept = await stored('kept', { row: true, fetched: true });
    const unused = await stored('unused', { row: true });
    const lost = await stored('without a row', {});
    expect(await collect()).toMatchObject({ documents: 1, files: 2, unfinished: 0 });
    expect(await Promise.all([kept, unused, lost].map((digest) => test.ctx.archive.has(digest)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(await verifyArchive(test.ctx, () => undefined)).toEqual({ documents: 1, damaged: [] });
  });

  it('is told and left by a dry run', async () => {
    const unused = await stored('unused', { row: true });
    await stored('without a row', {});
    const wanted = await collect(true);
    expect(wanted).toMatchObject({ documents: 1, files: 2 });
    expect(await test.ctx.archive.has(unused)).toBe(true);
    expect(await collect()).toEqual({ ...wanted });
  });

  it('is no document that any column of bytes names, a new table’s too', async () => {
    const digest = await stored('evidence', { row: true });
    await services.db.query(
      `create table some_new_table (evidence bytea); insert into some_new_table values ('\\x${digest.toString('hex')}')`,
    );
    expect(await collect()).toMatchObject({ documents: 0, files: 0 });
    await services.db.query('drop table some_new_table');
    expect(await collect()).toMatchObject({ documents: 1, files: 1 });
  });

  it('is what a writer that died stored of an erased document', async () => {
    const digest = await stored('erased, and fetched again in vain', { row: true, fetched: true });
    await services.db.query('update documents set erased_at = created_at');
    expect(await collect()).toMatchObject({ documents: 0, files: 1 });
    expect(await test.ctx.archive.has(digest)).toBe(false);
  });

  it('is nothing young: a file is there before its row', async () => {
    const { digest } = await test.ctx.archive.put(Buffer.from('just stored'));
    expect(await collect()).toMatchObject({ documents: 0, files: 0 });
    expect(await test.ctx.archive.has(digest)).toBe(true);
  });

  it('is nothing that is stored again meanwhile', async () => {
    const digest = await stored('comes again', {});
    await test.ctx.archive.put(Buffer.from('comes again'));
    expect(await test.ctx.archive.discard(digest, BEFORE)).toBe(false);
    expect((await test.ctx.archive.get(digest)).toString()).toBe('comes again');
  });

  it('is nothing that is stored while it is taken away, however the two meet', async () => {
    for (let round = 0; round < 40; round += 1) {
      const text = `round ${round}`;
      const digest = await stored(text, {});
      await Promise.all([test.ctx.archive.discard(digest, BEFORE), test.ctx.archive.put(Buffer.from(text))]);
      expect((await test.ctx.archive.get(digest)).toString()).toBe(text);
    }
  });

  it('is what dead writers left; what a killed collection set aside is given back', async () => {
    const digest = await stored('set aside', { row: true, fetched: true });
    const path = storedPath(test.ctx.archive.location, digest);
    const id = '00000000-0000-4000-8000-000000000000';
    await writeFile(`${path}.${id}.tmp`, 'half of it');
    await utimes(`${path}.${id}.tmp`, LONG_AGO, LONG_AGO);
    await writeFile(`${path}.${id}.gc`, 'set aside, and another was stored since');
    expect(await collect()).toMatchObject({ documents: 0, files: 0, unfinished: 1 });
    expect(await readdir(join(path, '..'))).toEqual([path.slice(-66)]);
  });
});

describe('verify', () => {
  it('names what is missing and what is damaged', async () => {
    const [missing, damaged] = [await stored('a', { row: true }), await stored('b', { row: true })];
    await stored('c', { row: true });
    await rm(storedPath(test.ctx.archive.location, missing));
    await writeFile(storedPath(test.ctx.archive.location, damaged), 'rubbish');
    const verified = await verifyArchive(test.ctx, () => undefined);
    expect(verified.documents).toBe(3);
    expect(new Map(verified.damaged.map(({ digest, code }) => [digest, code]))).toEqual(
      new Map([
        [missing.toString('hex'), 'DOCUMENT_MISSING'],
        [damaged.toString('hex'), 'DOCUMENT_DAMAGED'],
      ]),
    );
  });

  it('misses nothing that had to be erased', async () => {
    const digest = await stored('erased', { row: true });
    await test.ctx.archive.remove(digest);
    await services.db.query('update documents set erased_at = created_at');
    expect(await verifyArchive(test.ctx, () => undefined)).toEqual({ documents: 0, damaged: [] });
  });
});

/** A document stored long ago, with a row and a fetch where wanted. */
async function stored(text: string, { row = false, fetched = false }: { row?: boolean; fetched?: boolean }) {
  const { digest, sizeBytes, storedBytes } = await test.ctx.archive.put(Buffer.from(text));
  await utimes(storedPath(test.ctx.archive.location, digest), LONG_AGO, LONG_AGO);
  if (row)
    await services.db.query(
      'insert into documents (digest, size_bytes, stored_bytes, created_at) values ($1, $2, $3, $4)',
      [digest, sizeBytes, storedBytes, LONG_AGO],
    );
  if (fetched)
    await services.db.query(
      `insert into fetches (source, via, document_digest, outcome, fetched_at) values ('mixesdb', 'live', $1, 'ok', $2)`,
      [digest, LONG_AGO],
    );
  return digest;
}

function collect(isDryRun = false) {
  return collectGarbage(test.ctx, { before: BEFORE, isDryRun });
}
