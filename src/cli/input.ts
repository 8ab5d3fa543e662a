/** Files and standard input as bytes, with the limits and refusals that every command shares. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError, UsageError } from '../core/errors.ts';

/** The largest page that is read into memory; real ones stay under 1 MB. */
export const MAX_INPUT_BYTES = 50 * 1024 * 1024;

/** @throws UsageError when there is no such file, PermanentError `TOO_LARGE` over the limit. */
export async function readInput(file: string): Promise<Buffer> {
  return file === '-' ? readStandardInput() : readFileWithin(file);
}

/** Refuses what could not be read, before anything is done with any file. */
export async function checkInput(file: string): Promise<void> {
  if (file === '-') return;
  if ((await kindOf(file)) === 'folder')
    throw new UsageError(`${file} is a folder, expected a file`, { code: 'NOT_A_FILE' });
  const { size } = await stat(file);
  if (size > MAX_INPUT_BYTES) throw tooLarge(file, size);
}

/** The files a person named, folders replaced by the files in them (sorted, hidden ones left out). */
export async function listFiles(names: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    names.map(async (name) => (name !== '-' && (await kindOf(name)) === 'folder' ? filesIn(name) : [name])),
  );
  return lists.flat();
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function readFileWithin(file: string): Promise<Buffer> {
  if ((await kindOf(file)) === 'folder')
    throw new UsageError(`${file} is a folder, expected a file`, { code: 'NOT_A_FILE' });
  const handle = await open(file, 'r');
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function kindOf(name: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(name)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error';
    throw new UsageError(code === 'ENOENT' ? `no such file: ${name}` : `${name} cannot be read (${code})`, {
      code: 'NO_SUCH_FILE',
      hint: 'Check the path; "-" is standard input.',
      cause,
    });
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_INPUT_BYTES) throw tooLarge('standard input', size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string, size: number): PermanentError {
  return new PermanentError(`${name} is too large to be a page: ${size} bytes, expected at most ${MAX_INPUT_BYTES}`, {
    code: 'TOO_LARGE',
    hint: 'Split it, or import the single pages.',
  });
}
