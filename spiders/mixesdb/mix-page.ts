/** A mix page of the wiki: title, wikitext and what the interface says of the revision, read into a set. */
import { clockToSeconds } from '../../src/core/cue.ts';
import { type SetlistItem, setlist } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { normKey } from '../../src/core/text.ts';
import { mediaOf } from './media.ts';
import { articleUrl } from './spider.ts';
import { isStyle } from './styles.ts';
import { readTitle, withoutSuffix } from './title.ts';
import { readTracklist } from './tracklist.ts';
import {
  categoriesOf,
  display,
  type Section,
  sectionsOf,
  tablesOf,
  templatesOf,
  urlsOf,
  withoutComments,
} from './wikitext.ts';

export interface MixPage {
  /** Title with "_" for spaces: what the page is known by. */
  readonly key: string;
  readonly title: string;
  readonly wikitext: string;
  readonly pageId: number | null;
  readonly revisionId: number | null;
  /** When that revision was made, ISO 8601. */
  readonly revisedAt: string | null;
  readonly fetchedAt: string | null;
}

/** Tracklists are under this licence "if not stated otherwise"; comments, images and help pages are not. */
export const LICENCE = 'CC BY-SA 3.0 US';

const TRACKLIST = /^(?:notes\s*(?:&|and|\+)\s*)?track\s?lists?\b/i;
/** Sections that say something of the set and are no tracklist, whatever stands beside them. */
const NOTES =
  /^(?:notes?|info(?:rmation)?|about|description|(?:external )?links?|trivia|artwork|press|downloads?|file details)$/i;
/** Sections that are not covered by the licence, or say nothing of the set. */
const PASSED_OVER = /^(?:comments?|discussion|images?|gallery|see also|references)$/i;
/** Categories by which the wiki keeps house. */
const HOUSEKEEPING =
  /^(?:Tracklist: .*|Promo Mix|\d{4}|\d{3}X|.*\b(?:players?|charts?|mirrors?)\b.*|Mixcloud|SoundCloud|YouTube|hearthis(?:\.at)?|Date)$/i;

/** What editors write where there is nothing to list. */
const NO_TRACKLIST = /^(?:no tracklist\b|tracklist:\s*none\b)/i;

/** Rules, and links that file a page or show an image. */
const NO_NOTE = /^\s*(?:-{4,}|\[\[\s*(?:Category|File|Image)\s*:[^\]]*\]\])\s*$/i;

interface Parts {
  fileDetails: Section[];
  tracklist: Section[];
  notes: Section[];
}

/** Reads the page; problems say what could not be used. */
export function readMixPage(page: MixPage): { item: SetlistItem; problems: Problem[] } {
  const categories = categoriesOf(withoutComments(page.wikitext));
  const names = categories.map((category) => category.name);
  const title = readTitle(page.title, { categories: names });
  const parts = sortSections(sectionsOf(page.wikitext));
  const tracklist = readTracklist(joined(parts.tracklist));
  const players = urlsOf(templatesOf(page.wikitext, 'Player').join('\n'));
  const state = stateOf(names) ?? (tracklist.notes.some((note) => NO_TRACKLIST.test(note)) ? 'none' : null);
  const item = setlist('mixesdb', page.key, {
    otherIds: page.pageId === null ? [] : [String(page.pageId)],
    versionId: page.revisionId === null ? null : String(page.revisionId),
    url: articleUrl(page.key),
    title: page.title,
    ...title.item,
    genres: genresOf(names, [page.title, ...tracklist.sections]),
    media: mediaOf(players),
    durationSeconds: durationOf(parts.fileDetails) ?? standardDuration(page.wikitext),
    tracks: tracklist.rows,
    sections: tracklist.sections,
    notes: [...parts.notes.flatMap((section) => notesOf(section.body)), ...tracklist.notes],
    lastUpdated: page.revisedAt,
    extra: {
      ...title.extra,
      ...tracklist.extra,
      pageKey: page.key,
      pageId: page.pageId,
      revisionId: page.revisionId,
      retrievedAt: page.fetchedAt,
      licence: LICENCE,
      categories: names,
      categorySortKeys: Object.fromEntries(
        categories.flatMap(({ name, sortKey }) => (sortKey === null ? [] : [[name, sortKey]])),
      ),
      tracklistState: state,
      hasTracklist: tracklist.rows.length > 0,
      playerUrls: players,
      sectionDates: sectionDates(tracklist.sections),
    },
  });
  return { item, problems: [...tracklist.problems, ...dateProblem(page.title, item), ...missingTracks(item, state)] };
}

/** Sections by what they are for. Deeper headings under the tracklist are its chapters; a page without headings is all tracklist. */
function sortSections(sections: Section[]): Parts {
  const parts: Parts = { fileDetails: [], tracklist: [], notes: [] };
  let owner: { level: number; list: Section[] } | null = null;
  const hasTracklist = sections.some((section) => TRACKLIST.test(section.heading ?? ''));
  for (const section of sections) {
    if (owner && section.level > owner.level) {
      owner.list.push(section);
      continue;
    }
    const list = listFor(section, parts, hasTracklist);
    list?.push(section);
    owner = list && section.level > 0 ? { level: section.level, list } : null;
  }
  return parts;
}

function listFor(section: Section, parts: Parts, hasTracklist: boolean): Section[] | null {
  const heading = section.heading;
  if (heading === null) return hasTracklist ? null : parts.tracklist;
  if (TRACKLIST.test(heading)) return parts.tracklist;
  if (/^file details$/i.test(heading)) return parts.fileDetails;
  if (PASSED_OVER.test(heading)) return null;
  // Without a section of that name, the sections are its chapters ("Part 1").
  return hasTracklist || NOTES.test(heading) ? parts.notes : parts.tracklist;
}

/** The sections as one body; a deeper heading becomes a chapter. */
function joined(sections: Section[]): string {
  return sections
    .map(({ heading, body }) => (heading === null || TRACKLIST.test(heading) ? body : `;${heading}\n${body}`))
    .join('\n');
}

function notesOf(body: string): string[] {
  const notes: string[] = [];
  let isTable = false;
  for (const line of withoutComments(body).split(/\r\n?|\n/)) {
    if (line.startsWith('{|')) isTable = true;
    const note = isTable || NO_NOTE.test(line.slice(0, 400)) ? '' : display(line.replace(/^[*#:;]+/, ''));
    if (note !== '') notes.push(note);
    if (line.startsWith('|}')) isTable = false;
  }
  return notes;
}

/** Playing time of all parts together; null when one of them is not said. */
function durationOf(sections: Section[]): number | null {
  for (const [headings = [], ...rows] of sections.flatMap((section) => tablesOf(section.body))) {
    const column = headings.findIndex((heading) => heading.startsWith('dur'));
    const durations = rows.map((row) => clockToSeconds(row[column] ?? ''));
    if (column < 0 || durations.length === 0) continue;
    return durations.includes(null) ? null : durations.reduce<number>((sum, duration) => sum + (duration ?? 0), 0);
  }
  return null;
}

/** "{{StandardShow1h}}" stands where others have a table of files; "{{StandardShow?h}}" says nothing. */
function standardDuration(wikitext: string): number | null {
  const [, count, unit] = /\{\{\s*StandardShow[ _]?(\d{1,3})[ _]?(h|min)\b/i.exec(wikitext) ?? [];
  if (count === undefined || unit === undefined) return null;
  return Number(count) * (unit.toLowerCase() === 'h' ? 3600 : 60);
}

/** Days that chapters name for themselves ("Part 5 - 2010-02-07 - Uptown Top Sessions"), by chapter. */
function sectionDates(sections: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    sections.flatMap((section) => {
      const day = /(?:^|[\s(])(\d{4}-\d{2}(?:-\d{2})?)(?=[\s),]|$)/.exec(section)?.[1];
      return day === undefined ? [] : [[section, day]];
    }),
  );
}

function stateOf(categories: readonly string[]): string | null {
  const state = categories.find((name) => /^Tracklist: /i.test(name));
  return state === undefined ? null : state.replace(/^Tracklist:\s*/i, '').toLowerCase();
}

/** What is neither housekeeping nor named in the title (artist, event, venue, series) or over a chapter (artists of a "VA" page) is a style. */
function genresOf(categories: readonly string[], titles: readonly string[]): string[] {
  const words = ` ${titles.map(normKey).join(' | ')} `;
  return categories.filter((name) => {
    if (HOUSEKEEPING.test(name)) return false;
    return isStyle(name) || !words.includes(` ${normKey(withoutSuffix(name))} `);
  });
}

function dateProblem(title: string, item: SetlistItem): Problem[] {
  const printed = /^\d{4}-\d{2}(?:-\d{2})?(?= - )/.exec(title)?.[0];
  if (printed === undefined || item.date !== null) return [];
  return [{ code: 'bad-value', message: `the calendar has no ${printed}`, where: 'title' }];
}

function missingTracks(item: SetlistItem, state: string | null): Problem[] {
  if (item.tracks.length > 0 || (state !== 'complete' && state !== 'incomplete')) return [];
  return [
    {
      code: 'missing-tracks',
      message: `the page is filed under "Tracklist: ${state}", but no track was found`,
      where: 'tracklist',
    },
  ];
}
