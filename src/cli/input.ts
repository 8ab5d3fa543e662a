/** Files and standard input as bytes, with the limits and refusals that every command shares. */
import { constants, createReadStream } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError, UsageError } from '../core/errors.ts';

/** The largest page that is read into memory; real ones stay under 1 MB. */
export const MAX_INPUT_BYTES = 50 * 1024 * 1024;

/** @throws UsageError when there is no such file or it is a folder, PermanentError `TOO_LARGE` over the limit. */
export async function readInput(file: string): Promise<Buffer> {
  if (file === '-') return collect(process.stdin, 'standard input');
  await checkInput(file);
  return collect(createReadStream(file), file);
}

/** Refuses what could not be read, before anything is done with any file. */
export async function checkInput(file: string): Promise<void> {
  if (file === '-') return;
  if ((await kindOf(file)) === 'folder')
    throw new UsageError(`${file} is a folder, expected a file`, {
      code: 'NOT_A_FILE',
      hint: 'Name the page itself; only `musicdb import` takes whole folders.',
    });
  const { size } = await stat(file);
  if (size > MAX_INPUT_BYTES) throw tooLarge(file, size);
}

export interface ListedFiles {
  readonly files: string[];
  /** Those of them that a person named each; the others were found in folders. */
  readonly named: ReadonlySet<string>;
  /** Files of folders that can be no pages: pictures, scripts, recordings, what a browser saved beside a page. */
  readonly passedOver: number;
}

/** The files a person named, folders replaced by the files in them (sorted, hidden ones left out). */
export async function listFiles(names: readonly string[]): Promise<ListedFiles> {
  const lists = await Promise.all(
    names.map(async (name) => {
      if (name === '-' || (await kindOf(name)) === 'file') return { files: [name], all: 1 };
      const all = await filesIn(name);
      return { files: withoutParts(all), all: all.length };
    }),
  );
  const named = new Set(names);
  const files = lists.flatMap((list) => list.files);
  const passedOver = lists.reduce((sum, { all }) => sum + all, 0) - files.length;
  if (files.length === 0)
    throw new UsageError(`no files${passedOver > 0 ? ' that can be pages' : ''} in ${names.join(', ')}`, {
      code: 'NO_FILES',
      hint: 'Name a file, or a folder that holds some.',
    });
  return { files, named, passedOver };
}

const NO_PAGE =
  /\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp|css|m?js|map|woff2?|ttf|otf|eot|mp3|m4a|aac|wav|flac|ogg|opus|mp4|m4v|mkv|mov|avi|webm|db|ini|exe|dmg)$/i;
/** What a browser saves beside "A page.html" stands in "A page_files", or what its language calls that. */
const COMPANION = /^(?<page>.+)_(?:files|Dateien|fichiers|archivos|file|bestanden|pliki|arquivos|filer|soubory)[\\/]/;

function withoutParts(files: readonly string[]): string[] {
  const pages = new Set(files.flatMap((file) => /^(.+)\.x?html?$/i.exec(file)?.[1] ?? []));
  return files.filter((file) => !NO_PAGE.test(file) && !pages.has(COMPANION.exec(file)?.groups?.page ?? ''));
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function kindOf(name: string): Promise<'file' | 'folder'> {
  try {
    const kind = (await stat(name)).isDirectory() ? 'folder' : 'file';
    await access(name, constants.R_OK);
    return kind;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error';
    throw new UsageError(code === 'ENOENT' ? `no such file: ${name}` : `${name} cannot be read (${code})`, {
      code: 'NO_SUCH_FILE',
      hint: 'Check the path; "-" is standard input.',
      cause,
    });
  }
}

/** Counts what really comes: a pipe or a device has no size to ask for before. */
async function collect(stream: NodeJS.ReadableStream, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_INPUT_BYTES) throw tooLarge(name, size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string, size: number): PermanentError {
  return new PermanentError(`${name} is too large to be a page: ${size} bytes, at most ${MAX_INPUT_BYTES} are read`, {
    code: 'TOO_LARGE',
    hint: 'Split it, or import the single pages.',
  });
}
