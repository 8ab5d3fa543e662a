/** Text dumps as notebooks print them: a title and its address between two rules of "=", then the numbered lines of the tracklist. */
import type { SetlistItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { dumpedMix, knownPlaces } from './dumped-mix.ts';
import { isReadable, readTracklist } from './tracklist.ts';

const BLOCK = /^={10,}[ \t]*\n([^\n]{1,400})\n(https?:\/\/[^\s]+)[ \t]*\n={10,}[ \t]*$/gm;
const MOST_BLOCKS = 10_000;
const NO_TRACKLIST = /^[ \t]*No tracklist found on this page\.[ \t]*$/m;

/** Whether the text holds such a block. */
export function isTextDump(text: string): boolean {
  return new RegExp(BLOCK.source, 'm').test(text.slice(0, 100_000).replace(/\r\n?/g, '\n'));
}

/** Reads the dump, one set per block. */
export function readTextDump(dump: string, fetchedAt: string | null): { items: SetlistItem[]; problems: Problem[] } {
  const text = dump.replace(/\r\n?/g, '\n');
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length > MOST_BLOCKS) {
    const message = `${blocks.length} mixes, at most ${MOST_BLOCKS} are read: split the file`;
    return { items: [], problems: [{ code: 'too-large', message, where: null }] };
  }
  const places = knownPlaces(blocks.map(([, title = '']) => title));
  const problems: Problem[] = [];
  const items = blocks.flatMap((block, index) => {
    const [whole, title = '', url = ''] = block;
    const body = text.slice(block.index + whole.length, blocks[index + 1]?.index);
    const tracklist = readTracklist(body.replace(NO_TRACKLIST, ''));
    problems.push(...tracklist.problems);
    if (!isReadable(tracklist)) return [];
    return dumpedMix({ ...tracklist, title: title.trim(), url, places, fetchedAt, text: body });
  });
  return { items, problems };
}
