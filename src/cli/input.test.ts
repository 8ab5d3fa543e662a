import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInput, listFiles, MAX_INPUT_BYTES, readInput } from './input.ts';

let folder: string;
const named = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'musicdb-input-'));
  await mkdir(named('pages/deeper'), { recursive: true });
  for (const name of ['pages/b.html', 'pages/a.html', 'pages/deeper/c.html', 'pages/.hidden'])
    await writeFile(named(name), name);
  await writeFile(named('empty'), '');
  const huge = await open(named('huge'), 'w');
  await huge.truncate(MAX_INPUT_BYTES + 1);
  await huge.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe('a file', () => {
  it('is read as bytes, an empty one too', async () => {
    expect((await readInput(named('pages/a.html'))).toString()).toBe('pages/a.html');
    expect(await readInput(named('empty'))).toHaveLength(0);
  });

  it('that is missing is a mistake on the line', async () => {
    const refusal = { name: 'UsageError', code: 'NO_SUCH_FILE', message: `no such file: ${named('nope')}` };
    await expect(readInput(named('nope'))).rejects.toMatchObject(refusal);
    await expect(checkInput(named('nope'))).rejects.toMatchObject(refusal);
    await expect(listFiles([named('nope')])).rejects.toMatchObject(refusal);
  });

  it('that is a folder is one too', async () => {
    await expect(readInput(folder)).rejects.toMatchObject({
      code: 'NOT_A_FILE',
      message: `${folder} is a folder, expected a file`,
    });
  });

  it('that goes through a file as if it were a folder says why it cannot be read', async () => {
    await expect(readInput(named('empty/x'))).rejects.toMatchObject({
      code: 'NO_SUCH_FILE',
      message: expect.stringContaining('ENOTDIR'),
    });
  });

  it('that is too large is refused by its size, with the size and the limit', async () => {
    const refusal = { code: 'TOO_LARGE', message: expect.stringMatching(/huge .* 52428801 bytes, at most 52428800/) };
    await expect(readInput(named('huge'))).rejects.toMatchObject(refusal);
    await expect(checkInput(named('huge'))).rejects.toMatchObject(refusal);
  });

  it('of no size that does not end is read up to the limit only', async () => {
    await expect(readInput('/dev/zero')).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});

describe('files of a line', () => {
  it('folders become the files in them, sorted, hidden ones left out; the rest stays as typed', async () => {
    expect((await listFiles(['-', named('empty'), named('pages')])).files).toEqual([
      '-',
      named('empty'),
      named('pages/a.html'),
      named('pages/b.html'),
      named('pages/deeper/c.html'),
    ]);
  });

  it('what can be no page is passed over in a folder, and taken where it is named', async () => {
    await mkdir(named('saved/A set_files'), { recursive: true });
    for (const name of ['A set.html', 'A set_files/frame.html', 'cover.JPG', 'mix.mp3'])
      await writeFile(named(`saved/${name}`), '');
    expect(await listFiles([named('saved')])).toMatchObject({ files: [named('saved/A set.html')], passedOver: 3 });
    expect(await listFiles([named('saved/cover.JPG')])).toMatchObject({
      files: [named('saved/cover.JPG')],
      passedOver: 0,
    });
    expect((await listFiles([named('saved/A set_files')])).files).toEqual([named('saved/A set_files/frame.html')]);
    await rm(named('saved/A set.html'));
    await rm(named('saved/A set_files'), { recursive: true });
    await expect(listFiles([named('saved')])).rejects.toMatchObject({
      code: 'NO_FILES',
      message: expect.stringContaining('no files that can be pages'),
    });
  });

  it('standard input can always be tried', async () => {
    await expect(checkInput('-')).resolves.toBeUndefined();
  });
});
