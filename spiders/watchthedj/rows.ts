/**
 * The tracklist of a page, wherever it stands: chapters of the video, tracks as structured data, an ordered list or a table, the description.
 * No real page is known, so every place is read: one that has times, or is called a list of tracks, wins over one that only looks like it; then the one
 * that names the most tracks; then the one with more times. What people say, and what leads to other sets, is no tracklist.
 */
import { readTracklist } from '../../src/core/free-text.ts';
import { readTrackLine, type TrackLine } from '../../src/core/free-text-lines.ts';
import { type Row, row } from '../../src/core/items.ts';
import { channelSlug, setSlug } from './addresses.ts';
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
  const isAside = asideFinder();
  for (const list of select(page, LISTS))
    if (!isAside(list)) found.push({ rows: rowsOfList(list), where: nameOf(list) });
  found.push({ rows: rowsOfText(video.description ?? ''), where: 'description' });
  for (const text of select(page, 'pre, [class*="description" i], [itemprop="description"]')) {
    found.push({ rows: rowsOfText(rawText(text)), where: nameOf(text) });
  }
  const best = found.reduce((one, next) => (worth(next) > worth(one) ? next : one), NOTHING);
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
    if (leadsElsewhere(line.elements)) return [];
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

const CALLED = /structured data|track|chapter|playlist/i;

/** Whether it is sure to be one, tracks named, times known: in this order. */
function worth({ rows, where }: Tracklist): number {
  const named = rows.filter(({ artist, isId }) => artist !== null || isId).length;
  const timed = rows.filter(({ cueSeconds }) => cueSeconds !== null).length;
  const isSure = named > 0 && (timed * 2 >= rows.length || CALLED.test(where ?? ''));
  return (isSure ? 1e9 : 0) + named * 10_000 + timed;
}

const ASIDE =
  /(?:^|[\s_-])(?:comments?|replies|related|recommend(?:ed|ations?)|similar|suggest(?:ed|ions?)|up-?next|breadcrumbs?|menu|share|social|footer)(?:$|[\s_-])/i;
const ASIDE_ELEMENTS = /^(?:nav|footer|header|aside)$/;

/** Longer names of classes are no names. */
const LONGEST_NAMES = 200;

/** Tells whether a list stands where pages say something else than what was played; each element is looked at once. */
function asideFinder(): (list: Element) => boolean {
  const known = new Map<Element, boolean>();
  return function isAside(element: Element): boolean {
    const { parent } = element;
    const before = known.get(element);
    if (before !== undefined) return before;
    // What holds the page as a whole is named for many things.
    const isOuter = parent === null || !('attribs' in parent) || /^(?:main|article|body)$/.test(parent.name);
    const answer = namesAside(element) || (!isOuter && isAside(parent));
    known.set(element, answer);
    return answer;
  };
}

function namesAside({ name, attribs }: Element): boolean {
  const names = [attribs.class, attribs.id].map((text) => text?.slice(0, LONGEST_NAMES) ?? '');
  return ASIDE_ELEMENTS.test(name) || ASIDE.test(names.join(' '));
}

/** Whether a line leads to the page of a set or channel: it names that, not a track. */
function leadsElsewhere(elements: readonly Element[]): boolean {
  return elements.some((element) =>
    [element, ...select(element, 'a[href]')].some(({ attribs }) => {
      const address = attribs.href ?? '';
      return setSlug(address) !== null || channelSlug(address) !== null;
    }),
  );
}

function nameOf(element: Element): string {
  const { id, class: classes } = element.attribs;
  const name = `${element.name}${id ? `#${id}` : ''}${classes ? `.${classes.trim().split(/\s+/).join('.')}` : ''}`;
  return name.slice(0, 100);
}
