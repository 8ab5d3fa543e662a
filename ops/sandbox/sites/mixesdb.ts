/** A local www.mixesdb.com: the REST interface (page, search) over wikitext, and its categories. */
import { seeds } from '../../../spiders/mixesdb/spider.ts';
import { normKey } from '../../../src/core/text.ts';
import { happened, hasHappened } from '../calendar.ts';
import { copiedFrom } from '../noise.ts';
import { alterationsOf, placeName, setsOn } from '../places.ts';
import { DIGITS } from '../rng.ts';
import { type Habits, line, shownRows } from '../shown.ts';
import type { ShownRow } from '../shown-row.ts';
import { siteRng } from '../site-rng.ts';
import { two } from '../world/catalogue.ts';
import type { DjSet, Track, World } from '../world/types.ts';
import { known, namesOf } from '../world.ts';
import { type CategorisedMix, categoryMembers, categoryPage } from './mixesdb-categories.ts';
import { seedShare } from './seed-share.ts';
import { clock, json, robots, type ShownSet, type Site, type SiteRequest, type SiteResponse } from './site.ts';

const SOURCE = 'mixesdb';
const HOST = 'www.mixesdb.com';
const REST = '/w/rest.php/v1';
const MOST_HITS = 100;

export function createSite(world: World): Site {
  const sets = setsOn(world, SOURCE);
  const byKey = new Map(sets.map((set) => [keyOf(world, set), set]));
  return {
    source: SOURCE,
    hosts: [HOST],
    respond: (request) => respond(world, byKey, request),
    *shownSets() {
      for (const set of sets) yield shownSet(world, set);
    },
  };
}

function respond(world: World, byKey: ReadonlyMap<string, DjSet>, { path, query, today }: SiteRequest): SiteResponse {
  if (path === '/robots.txt') return robots(['/w/Special', '/db/', '/tools/', '/*?action=', '/*?title=']);
  if (path === `${REST}/search/page`) return search(world, happened([...byKey.values()], today), query);
  if (path === '/w/api.php') return categoryMembers(categorised(world, byKey, today), query);
  const category = /^\/w\/Category:(.+)$/.exec(path)?.[1];
  if (category !== undefined)
    return categoryPage(
      decodeURIComponent(category).replace(/_/g, ' '),
      categorised(world, byKey, today),
      query.get('pagefrom'),
    );
  const key = path.startsWith(`${REST}/page/`) ? decodeURIComponent(path.slice(`${REST}/page/`.length)) : null;
  if (key === null) return restError('rest-no-match', 'The requested relative path did not match any known handler');
  const set = byKey.get(key);
  if (set === undefined || !hasHappened(set.date, today))
    return restError('rest-nonexistent-title', `The specified title (${key}) does not exist`);
  return json({
    id: pageId(set),
    key,
    title: titleOf(world, set),
    latest: { id: 2_000_000 + set.index, timestamp: `${set.date}T12:00:00Z` },
    content_model: 'wikitext',
    license: { url: '', title: '' },
    source: wikitext(world, set),
  });
}

function categorised(world: World, byKey: ReadonlyMap<string, DjSet>, today: SiteRequest['today']): CategorisedMix[] {
  return happened([...byKey.values()], today).map((set) => ({
    key: keyOf(world, set),
    title: titleOf(world, set),
    pageId: pageId(set),
    categories: categoriesOf(world, set),
  }));
}

/** Year, people, event or place, styles; the state of its tracklist is no category that is asked for. */
function categoriesOf(world: World, set: DjSet): string[] {
  return [
    set.date.slice(0, 4),
    ...set.djIds.map((id) => known(world.artists, id).name),
    set.event ?? placeName(world, set),
    ...set.genres,
  ];
}

function search(world: World, sets: readonly DjSet[], query: URLSearchParams): SiteResponse {
  const words = query.get('q') ?? '';
  const limit = Math.min(Number(query.get('limit') ?? 50) || 50, MOST_HITS);
  const tokens = normKey(words).split(' ').filter(Boolean);
  const found = sets.filter((set) => {
    const text = ` ${normKey(titleOf(world, set))} `;
    return tokens.length > 0 && tokens.every((token) => text.includes(` ${token} `));
  });
  const hits = found.length > 0 ? found : (seedShare(sets, seeds(), 'q', words) ?? []);
  return json({
    pages: hits.slice(0, limit).map((set) => ({
      id: pageId(set),
      key: keyOf(world, set),
      title: titleOf(world, set),
      excerpt: `== File details == {|{{NormalTableFormat}} ! dur |- | ${clock(set.durationSeconds)} |}`,
      matched_title: null,
      description: null,
      thumbnail: null,
    })),
  });
}

function restError(errorKey: string, message: string): SiteResponse {
  return json({ errorKey, messageTranslations: { en: message }, httpCode: 404, httpReason: 'Not Found' }, 404);
}

function shownSet(world: World, set: DjSet): ShownSet {
  const key = keyOf(world, set);
  return {
    source: SOURCE,
    setId: set.id,
    externalId: key,
    url: `https://${HOST}${REST}/page/${encodeURIComponent(key)}`,
    title: titleOf(world, set),
    artists: set.djIds.map((id) => known(world.artists, id).name),
    date: set.date,
    rows: rowsOf(world, set),
    copiedFrom: copiedFrom(world, SOURCE, set),
    altered: alterationsOf(world, set),
  };
}

/** Two of five pages have no start marks; the others mark minutes, some of them unreadable. */
function rowsOf(world: World, set: DjSet): ShownRow[] {
  const hasCues = siteRng(world, SOURCE, `habits/${set.id}`).chance(0.6);
  const habits: Habits = {
    guestWord: 'Feat.',
    recognised: 0.93,
    cue: (row, _share, rng) => {
      const minutes = Math.max(0, Math.floor((row.cueSeconds + rng.int(-20, 20)) / 60));
      return hasCues && !rng.chance(0.04) ? minutes * 60 : null;
    },
    granularity: 'minute',
    unknownVersion: 'ID Remix',
    label: (track) => releaseOf(world, track),
    marks: true,
  };
  // The wiki has no note for an acappella.
  return shownRows(world, SOURCE, set, habits).map((row) => ({ ...row, edit: null, parts: [] }));
}

function releaseOf(world: World, track: Track): { recordLabel: string; catalogNumber: string | null } | null {
  const recordLabel = known(world.labels, track.labelId).name.replace(/ \S+$/, '');
  const habit = track.index % 5;
  return habit === 0 ? null : { recordLabel, catalogNumber: habit === 1 ? null : track.catalogNumber };
}

function wikitext(world: World, set: DjSet): string {
  const rng = siteRng(world, SOURCE, `page/${set.id}`);
  const rows = rowsOf(world, set);
  const isComplete = rows.every((row) => !row.isId);
  const categories = [...categoriesOf(world, set), `Tracklist: ${isComplete ? 'complete' : 'incomplete'}`];
  return [
    `[[File:${titleOf(world, set)}.jpg|right|360px]]`,
    `== File details ==\n\n{|{{NormalTableFormat}}\n! dur\n! MB\n! kbps\n|-\n| ${clock(set.durationSeconds)}\n| ${(set.durationSeconds * 0.04).toFixed(2)}\n| 320\n|}`,
    `{{Player|mode=mirrors\n |1=https://soundcloud.com/sandbox/${rng.text(DIGITS, 8)}\n}}`,
    '== Notes ==',
    `== Tracklist ==\n\n${tracklist(set, rows, rng.chance(0.35))}`,
    `${categories.map((name) => `[[Category:${name}]]`).join('\n')}\n`,
  ].join('\n\n');
}

/** Either a `<list>` body or numbered lines; a third of the pages has the first. */
function tracklist(set: DjSet, rows: readonly ShownRow[], isListBody: boolean): string {
  const hasCues = rows.some((row) => row.cueSeconds !== null);
  const width = set.durationSeconds >= 6000 ? 3 : 2;
  const lines = rows.map((row) => {
    const mark = row.cueSeconds === null ? '?'.repeat(width) : two(row.cueSeconds / 60).padStart(width, '0');
    const release = [row.recordLabel, row.catalogNumber].filter((part) => part !== null).join(' - ');
    return `${isListBody ? '' : '# '}${hasCues ? `[${mark}] ` : ''}${row.withPrevious ? '+ ' : ''}${line(row, '?')}${release === '' ? '' : ` [${release}]`}`;
  });
  return isListBody ? `<list>\n${lines.join('\n')}\n</list>` : lines.join('\n');
}

function titleOf(world: World, set: DjSet): string {
  const djs = namesOf(world.artists, set.djIds);
  if (set.venueId === null) return `${set.date} - ${djs} - ${placeName(world, set)}`;
  const { name, city } = known(world.venues, set.venueId);
  const place = set.event === null ? name : `${set.event}, ${name}`;
  return `${set.date} - ${djs} @ ${place}, ${city.name}`;
}

function keyOf(world: World, set: DjSet): string {
  return titleOf(world, set).replace(/ /g, '_');
}

function pageId(set: DjSet): number {
  return 600_000 + set.index;
}
