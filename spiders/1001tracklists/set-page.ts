/** A tracklist page: one set, or the reason why the page must not be taken for one. */
import { type SetlistItem, setlist } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { playersOf, readCueMap } from './cues.ts';
import { checkDecoy } from './decoy.ts';
import { attribute, type Element, findFirst, parseTree } from './dom.ts';
import { endOf, startOf } from './html-bytes.ts';
import { readMedia } from './media.ts';
import { cutRegions, isUnread } from './regions.ts';
import type { RowMarkup } from './row-markup.ts';
import { readIdentified, readSetHead, readSources, type SetHead } from './set-head.ts';
import { readSetRows, type SetRows } from './set-rows.ts';

/** A set of 1,000 rows has 8 million characters; what is longer is damage or malice, and must not cost memory. */
export const LONGEST_TEXT = 16_000_000;

export interface Reading {
  readonly items: SetlistItem[];
  readonly problems: Problem[];
}

/** Fewer rows than this are too few to call a missing mark a change of the layout. */
const MIN_ROWS_FOR_DRIFT = 3;

/** Reads a page that has a `#tlTab`; null when it has none after all (the words stood in a text or a script). */
export function readSetPage(html: Buffer, askedUrl: string | null): Reading | null {
  const regions = cutRegions(html);
  if (Math.max(regions.head.length, regions.main.length, regions.side.length) > LONGEST_TEXT)
    return refuse('too-large', `more text than ${LONGEST_TEXT} characters, as no tracklist page has`, null);
  const main = parseTree(regions.main, isUnread);
  const head = regions.head === regions.main ? main : parseTree(regions.head);
  const side = regions.side === regions.main ? main : parseTree(regions.side);
  if (!main || !head || !side)
    return refuse('too-large', 'the page has more, or deeper, elements than any tracklist page', null);
  const tab = findFirst(main, ({ attributes }) => attributes.id === 'tlTab');
  if (tab === null) return null;
  if (isCutOff(startOf(html), endOf(html)))
    return refuse('truncated', 'the page ends in the middle, without </body> or </html>; fetch or save it again', null);
  const cueMap = readCueMap(html);
  const rows = readSetRows(tab, cueMap);
  const setHead = readSetHead({ head, main, tab }, askedUrl);
  const fault = findFault(rows, setHead, tab);
  if (fault) return fault;
  const { media, problems } = readMedia(main, html);
  const players = playersOf(cueMap);
  const counted = readIdentified(side);
  const sources = readSources(main, side);
  const item = setlist('1001tracklists', setHead.canonicalId ?? setHead.dataId ?? '', {
    otherIds:
      setHead.canonicalId !== null && setHead.dataId !== null && setHead.dataId !== setHead.canonicalId
        ? [setHead.dataId]
        : [],
    url: setHead.url,
    title: setHead.title,
    artists: setHead.artists,
    date: setHead.date,
    datePrecision: setHead.datePrecision,
    event: setHead.event,
    venue: sources.find(({ role }) => role === 'Event Location')?.name ?? null,
    sources,
    genres: setHead.genres,
    media,
    durationSeconds: (media.find(({ id }) => id === players[0]) ?? media[0])?.durationSeconds ?? null,
    tracks: rows.tracks,
    sections: rows.sections,
    notes: rows.notes,
    lastUpdated: setHead.lastUpdated,
    extra: {
      isLive: attribute(tab, 'data-islive') === null ? null : attribute(tab, 'data-islive') === 'true',
      cued: rows.cued,
      /** Cues count from the start of this recording, which need not be the first one. */
      cuePlayerId: players.length === 1 ? (players[0] ?? null) : null,
      identified: counted?.identified ?? null,
      identifiedOf: counted?.total ?? null,
      suggestions: rows.suggestions,
      identicalSets: rows.identicalSets,
    },
  });
  return {
    items: [item],
    problems: [...rows.problems, ...problems, ...countProblems(rows, tab), ...fieldProblems(item)],
  };
}

/** A whole document ends as it began; pieces of a page never began. */
export function isCutOff(start: string, end: string): boolean {
  return /<html[\s>]/i.test(start) && !/<\/(?:html|body)\s*>/i.test(end);
}

/** What makes a page no set at all. */
function findFault(rows: SetRows, head: SetHead, tab: Element): Reading | null {
  const drift = findDrift(rows, head, tab);
  if (drift !== null) return refuse('layout-drift', `${drift}; the page was not read`, '#tlTab');
  if (rows.markup.length === 0)
    return refuse('missing-tracks', 'the page says that it holds no tracks yet', '#tlTab[data-count]');
  const { decoy, why, strays } = checkDecoy(rows.markup);
  if (decoy)
    return refuse('decoy', `${why}; the page was thrown away: stop asking this source`, '.tlpItem .trackValue');
  rows.problems.push(...strays.map((stray) => ({ code: 'bad-value', ...stray })));
  return null;
}

/** The marks without which a page of this layout cannot be read safely; what is wrong, or null. */
function findDrift(rows: SetRows, head: SetHead, tab: Element): string | null {
  const { markup } = rows;
  if (markup.length === 0) return attribute(tab, 'data-count') === '0' ? null : '#tlTab has no .tlpItem rows';
  if (head.title === null) return 'no title, neither in #tlTab nor in <head>';
  if (head.canonicalId === null && head.dataId === null)
    return 'no id, neither in link[rel=canonical] nor in #tlTab[data-id]';
  const count = (test: (row: RowMarkup) => boolean): number => markup.filter(test).length;
  const nameless = count(({ name, visible }) => name === null && visible === null);
  if (nameless * 2 > markup.length) return `${nameless} of ${markup.length} rows show no name`;
  const named = count(({ name }) => name !== null);
  const seen = count(({ visible }) => visible !== null);
  if (named >= MIN_ROWS_FOR_DRIFT && seen === 0)
    return 'no row has .trackValue, so names cannot be checked against the visible text';
  const identified = count((row) => row.identified);
  if (identified >= MIN_ROWS_FOR_DRIFT && named === 0) return 'no row has meta[itemprop=name]';
  const titled = rows.tracks.filter(({ title, info }) => title !== null && info === null).length;
  if (titled >= MIN_ROWS_FOR_DRIFT && identified === 0) return 'no row is marked data-isided, though most have a name';
  return null;
}

/** `data-count` counts rows and parts of mashups; whether deleted rows count is not known, so both readings are right. */
function countProblems({ markup, deletedCount }: SetRows, tab: Element): Problem[] {
  const printed = attribute(tab, 'data-count');
  if (printed === null || !/^\d+$/.test(printed)) {
    return [
      {
        code: 'bad-value',
        message: `the number of rows is "${printed ?? ''}", expected digits`,
        where: '#tlTab[data-count]',
      },
    ];
  }
  const expected = Number(printed);
  if (markup.length === expected || markup.length + deletedCount === expected) return [];
  const message = `the page says ${expected} rows, ${markup.length} were read`;
  return [{ code: markup.length < expected ? 'missing-tracks' : 'bad-value', message, where: '#tlTab[data-count]' }];
}

function fieldProblems(item: SetlistItem): Problem[] {
  const problems: Problem[] = [];
  const miss = (field: string, where: string): void => {
    problems.push({ code: 'missing-field', message: `the page does not say the set's ${field}`, where });
  };
  if (item.date === null) miss('date', '#tlTab > meta[itemprop=datePublished]');
  if (item.artists.length === 0) miss('artists', '#tlTab > meta[itemprop=author]');
  return problems;
}

function refuse(code: string, message: string, where: string | null): Reading {
  return { items: [], problems: [{ code, message, where }] };
}
