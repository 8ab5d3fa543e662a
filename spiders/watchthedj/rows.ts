/**
 * The tracklist of a page, wherever it stands: chapters of the video, tracks as structured data, an ordered list or a table, the description.
 * No real page is known, so every place is read and the one that names the most tracks wins; among equals, the one with more times.
 */
import { readTracklist } from '../../src/core/free-text.ts';
import { readTrackLine, type TrackLine } from '../../src/core/free-text-lines.ts';
import { type Row, row } from '../../src/core/items.ts';
import { type Element, linesOfText, type ParentNode, rawText, select } from './dom.ts';
import { cueOf, linesOf } from './lines.ts';
import type { Chapter, Video } from './structured.ts';

export interface Tracklist {
  readonly rows: Row[];
  /** Where it was found; null when there is none. */
  readonly where: string | null;
}

const LISTS =
  'ol, ul, table, tbody, dl, [class*="track" i], [id*="track" i], [class*="chapter" i], [class*="playlist" i]';
/** Fewer lines that look like tracks are chance: menus hold dashes too. */
const SHORTEST = 3;
/** Longer texts are no descriptions of a video. */
const LONGEST_DESCRIPTION = 200_000;

/** The best tracklist of a page; no rows when none is found. */
export function findTracklist(page: ParentNode, video: Video): Tracklist {
  const found: Tracklist[] = [{ rows: rowsOfChapters(video.chapters), where: 'structured data' }];
  for (const list of select(page, LISTS)) found.push({ rows: rowsOfList(list), where: nameOf(list) });
  found.push({ rows: rowsOfText(video.description ?? ''), where: 'description' });
  for (const text of select(page, 'pre, [class*="description" i], [itemprop="description"]')) {
    found.push({ rows: rowsOfText(rawText(text)), where: nameOf(text) });
  }
  const best = found.reduce((one, next) => (worth(next.rows) > worth(one.rows) ? next : one), NOTHING);
  return best.rows.length > 0 ? best : inWords(page);
}

const NOTHING: Tracklist = { rows: [], where: null };

/** Where no list holds tracks, the words of the page may: paragraphs, line breaks, names that no dash parts. */
function inWords(page: ParentNode): Tracklist {
  const rows = rowsOfText(linesOfText(select(page, 'body')[0] ?? page));
  return rows.length > 0 ? { rows, where: 'text of the page' } : NOTHING;
}

/** Tracks of a text that people type under a video. */
export function rowsOfText(text: string): Row[] {
  return numbered(readTracklist(text.slice(0, LONGEST_DESCRIPTION)));
}

/** Tracks of chapters; a chapter that is no track ("Interview") stays a row without an artist, since it has its time. */
export function rowsOfChapters(chapters: readonly Chapter[]): Row[] {
  return numbered(chapters.map(({ text, startSeconds }) => withCue(readWhole(text).said, startSeconds)));
}

function rowsOfList(list: Element): Row[] {
  const lines = linesOf(list).flatMap((line) => {
    const read = readTrackLine(line.text) ?? (cueOf(line.elements) === null ? null : readWhole(line.text));
    if (read === null) return [];
    const { cueSeconds = null } = read.said;
    return [{ ...read, said: withCue(read.said, cueSeconds === null ? cueOf(line.elements) : null) }];
  });
  const named = lines.filter(({ namesTrack }) => namesTrack);
  if (named.length < SHORTEST || named.length * 2 < lines.length) return [];
  return numbered(lines.map(({ said }) => said));
}

/** A line whose time stands elsewhere: without one in front, a line that names nobody would not be read. */
function readWhole(text: string): Pick<TrackLine, 'said' | 'namesTrack'> {
  const read = readTrackLine(text) ?? readTrackLine(`0:00 ${text}`);
  if (read === null) return { said: { title: text }, namesTrack: false };
  const { cueSeconds = null } = readTrackLine(text)?.said ?? {};
  return { ...read, said: { ...read.said, cueSeconds } };
}

/** The line with the time that stands elsewhere, if one does; times in these lists are exact to the second. */
function withCue(said: Partial<Row>, elsewhere: number | null): Partial<Row> {
  const cueSeconds = elsewhere ?? said.cueSeconds ?? null;
  return { ...said, cueSeconds, cueGranularity: cueSeconds === null ? 'unknown' : 'second' };
}

function numbered(lines: readonly Partial<Row>[]): Row[] {
  return lines.map((said, index) => row(index + 1, { ...withoutRemark(said), position: index + 1 }));
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
  const name = `${element.name}${id ? `#${id}` : ''}${classes ? `.${classes.trim().split(/\s+/).join('.')}` : ''}`;
  return name.slice(0, 100);
}
