/**
 * The tracklist of a page, wherever it stands: chapters of the video, tracks as structured data, an ordered list or a table, the description.
 * No real page is known, so every place is read and the one that names the most tracks wins; among equals, the one with more times.
 */
import { readTrackLine, readTracklist } from '../../src/core/free-text.ts';
import { type Row, row } from '../../src/core/items.ts';
import { type Element, elementsIn, firstValue, lineText, type ParentNode, rawText, select } from './dom.ts';
import type { Chapter, Video } from './video.ts';

export interface Tracklist {
  readonly rows: Row[];
  /** Where it was found; null when there is none. */
  readonly where: string | null;
}

const LISTS =
  'ol, ul, table, tbody, dl, [class*="track" i], [id*="track" i], [class*="chapter" i], [class*="playlist" i]';
/** Fewer lines that look like tracks are chance: menus hold dashes too. */
const SHORTEST = 3;

/** The best tracklist of a page; no rows when none is found. */
export function findTracklist(page: ParentNode, video: Video): Tracklist {
  const found: Tracklist[] = [{ rows: rowsOfChapters(video.chapters), where: 'structured data' }];
  for (const list of select(page, LISTS)) found.push({ rows: rowsOfList(list), where: nameOf(list) });
  found.push({ rows: readTracklist(video.description ?? ''), where: 'description' });
  for (const text of select(page, 'pre, [class*="description" i], [itemprop="description"]')) {
    found.push({ rows: readTracklist(rawText(text)), where: nameOf(text) });
  }
  return found.reduce((best, next) => (worth(next.rows) > worth(best.rows) ? next : best), { rows: [], where: null });
}

/** Tracks of chapters; a chapter that is no track ("Interview") stays a row without an artist, since it has its time. */
export function rowsOfChapters(chapters: readonly Chapter[]): Row[] {
  const rows = chapters.flatMap(({ text, startSeconds }) => {
    // A chapter is a line whose time stands elsewhere: without one in front, a line that names nobody would not be read.
    const timed = readTrackLine(text)?.said ?? { ...readTrackLine(`0:00 ${text}`)?.said, cueSeconds: null };
    const cueSeconds = startSeconds ?? timed.cueSeconds ?? null;
    return [{ ...timed, cueSeconds, cueGranularity: cueSeconds === null ? ('unknown' as const) : ('second' as const) }];
  });
  return numbered(rows);
}

function rowsOfList(list: Element): Row[] {
  const lines = elementsIn(list).flatMap((line) => lineOf(line) ?? []);
  const named = lines.filter(({ namesTrack }) => namesTrack);
  if (named.length < SHORTEST || named.length * 2 < lines.length) return [];
  return numbered(lines.map(({ said }) => said));
}

/** "0:13 Artist - Title", or artist and title in elements of their own. */
function lineOf(line: Element): { said: Partial<Row>; namesTrack: boolean } | null {
  const text = lineText(line);
  if (text === null) return null;
  const artist = firstValue(line, [['[class*="artist" i]', null]]);
  const title = firstValue(line, [['[class*="title" i], [class*="track-name" i], [class*="trackname" i]', null]]);
  const time = /(?:^|\s)[([]?((?:\d{1,2}:)?\d{1,3}:\d{2})[)\]]?(?=\s|$)/.exec(text)?.[1];
  const parts =
    artist !== null && title !== null && artist !== title && !artist.includes(title) && !title.includes(artist);
  return readTrackLine(parts ? `${time ?? ''} ${artist} - ${title}` : text);
}

function numbered(lines: readonly Partial<Row>[]): Row[] {
  return lines.map((said, index) => row(index + 1, withoutRemark(said)));
}

/** "ID (Intro)" is as unknown as "ID": what stands in the bracket is a remark. */
function withoutRemark(said: Partial<Row>): Partial<Row> {
  const remark = /^ID\s*[([](.+)[)\]]$/.exec(said.title ?? '')?.[1];
  if (remark === undefined) return said;
  return { ...said, title: null, isId: true, idKind: said.artist ? 'title' : 'full', info: remark };
}

/** Tracks named, then times known. */
function worth(rows: readonly Row[]): number {
  const named = rows.filter(({ artist, isId }) => artist !== null || isId).length;
  const timed = rows.filter(({ cueSeconds }) => cueSeconds !== null).length;
  return named * 1_000_000 + timed;
}

function nameOf(element: Element): string {
  const { id, class: classes } = element.attribs;
  return `${element.name}${id ? `#${id}` : ''}${classes ? `.${classes.trim().split(/\s+/).join('.')}` : ''}`;
}
