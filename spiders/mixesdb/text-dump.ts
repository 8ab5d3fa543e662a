/** Text dumps as notebooks print them: a title and its address between two rules of "=", then the numbered lines of the tracklist. */
import type { SetlistItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/source.ts';
import { dumpedMix, knownPlaces } from './dumped-mix.ts';
import { readTracklist } from './tracklist.ts';

const BLOCK = /^={10,}[ \t]*\n([^\n]{1,400})\n(https?:\/\/[^\s]+)[ \t]*\n={10,}[ \t]*$/gm;
const NO_TRACKLIST = /^[ \t]*No tracklist found on this page\.[ \t]*$/m;

/** Whether the text holds such a block. */
export function isTextDump(text: string): boolean {
  return new RegExp(BLOCK.source, 'm').test(text.slice(0, 100_000).replace(/\r\n?/g, '\n'));
}

/** Reads the dump, one set per block. */
export function readTextDump(dump: string, fetchedAt: string | null): { items: SetlistItem[]; problems: Problem[] } {
  const text = dump.replace(/\r\n?/g, '\n');
  const blocks = [...text.matchAll(BLOCK)];
  const places = knownPlaces(blocks.map(([, title = '']) => title));
  const problems: Problem[] = [];
  const items = blocks.map((block, index) => {
    const [whole, title = '', url = ''] = block;
    const body = text.slice(block.index + whole.length, blocks[index + 1]?.index);
    const tracklist = readTracklist(body.replace(NO_TRACKLIST, ''));
    problems.push(...tracklist.problems);
    return dumpedMix({ ...tracklist, title: title.trim(), url, places, fetchedAt, text: body });
  });
  return { items, problems };
}
