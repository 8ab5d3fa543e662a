/** Turns the children of `#tlTab` into the lines of a set: tracks with their mashup parts, headings, remarks; leaves out what is none of these. */
import { clockToSeconds, isoDurationToSeconds } from '../../src/core/cue.ts';
import { type IdKind, type MashupPart, type Row, row } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { splitArtistTitle, splitVersion } from '../../src/core/track-name.ts';
import { readUnknown } from '../../src/core/unknown-name.ts';
import { type CueEntry, playersOf } from './cues.ts';
import { type Element, hasClass, walk } from './dom.ts';
import { readBanner, readSuggestion, type Suggestion } from './fragment.ts';
import { place, type RowMarkup, readRowMarkup } from './row-markup.ts';

/** No name is longer; splitting one must not cost time without bound. */
const LONGEST_NAME = 1_000;

export interface SetRows {
  readonly tracks: Row[];
  readonly sections: string[];
  readonly notes: string[];
  /** Sets that the page calls identical to this one, in whole or in part. */
  readonly identicalSets: string[];
  /** What users propose; neither tracks nor facts. */
  readonly suggestions: Suggestion[];
  /** Every row that counts for `data-count`, parts of mashups included, as its markup says it. */
  readonly markup: RowMarkup[];
  readonly deletedCount: number;
  readonly problems: Problem[];
  /** Whether any row has a start time: without one, the first row's 0 is a placeholder. */
  readonly cued: boolean;
}

/** Reads the rows under `#tlTab`, in document order. */
export function readSetRows(tab: Element, cueMap: ReadonlyMap<string, CueEntry>): SetRows {
  const found = collect(tab);
  const cued = found.markup.some((markup) => !markup.part && (ownCue(markup, cueMap) ?? 0) > 0);
  const severalPlayers = playersOf(cueMap).length > 1;
  const tracks: Row[] = [];
  const problems: Problem[] = [];
  for (const { markup, section } of found.rows) {
    if (markup.part) addPart(tracks, markup, problems);
    else {
      const cueSeconds = cued ? cueOf(markup, cueMap, tracks.length === 0) : null;
      const next = trackRow(markup, tracks.length + 1, section, cueSeconds);
      const player = severalPlayers && markup.contentId !== null ? cueMap.get(markup.contentId)?.player : null;
      if (player && cueSeconds !== null) next.links.cueMediaId = player;
      tracks.push(next);
    }
    if (markup.name === null && markup.visible === null) {
      problems.push({
        code: 'bad-value',
        message: 'a row shows no name at all, expected at least "ID - ID"',
        where: place(markup),
      });
    }
  }
  return { ...found, tracks, problems, cued };
}

function collect(tab: Element) {
  const rows: { markup: RowMarkup; section: string | null }[] = [];
  const sections: string[] = [];
  const notes: string[] = [];
  const identicalSets = new Set<string>();
  const suggestions: Suggestion[] = [];
  let section: string | null = null;
  let deletedCount = 0;
  walk(tab, (element) => {
    if (element.attributes.class === undefined) return true;
    if (hasClass(element, 'sugTog')) suggestions.push(readSuggestion(element));
    else if (hasClass(element, 'bItmH')) {
      const banner = readBanner(element);
      if (banner?.kind === 'notice') {
        notes.push(banner.text);
        for (const id of banner.sets) identicalSets.add(id);
      }
      if (banner?.kind === 'heading') {
        section = banner.text;
        sections.push(banner.text);
      }
    } else if (hasClass(element, 'tlpItem')) {
      const markup = readRowMarkup(element);
      if (markup.deleted) deletedCount++;
      else rows.push({ markup, section });
    } else return true;
    return false;
  });
  const markup = rows.map((row) => row.markup);
  return { rows, markup, sections, notes, identicalSets: [...identicalSets], suggestions, deletedCount };
}

function trackRow(markup: RowMarkup, position: number, section: string | null, cueSeconds: number | null): Row {
  const name = nameOf(markup);
  const isId = !markup.identified;
  return row(position, {
    ...name,
    number: markup.number,
    section,
    cueSeconds,
    cueGranularity: cueSeconds === null ? 'unknown' : 'second',
    edit: markup.edit,
    recordLabel: markup.label ?? markup.publisher,
    isId,
    idKind: isId ? idKind(name) : null,
    withPrevious: markup.number === 'w/' || markup.joined,
    info: markup.status,
    durationSeconds: markup.duration === null ? null : isoDurationToSeconds(markup.duration),
    genre: markup.genre,
    links: links(markup),
  });
}

/** A component of the mashup above: it was not played at a position of its own. */
function addPart(tracks: Row[], markup: RowMarkup, problems: Problem[]): void {
  const parent = tracks.at(-1);
  if (parent) parent.parts.push(nameOf(markup));
  else {
    const message = `a mashup part without a mashup above it: "${markup.name ?? markup.visible ?? ''}"; left out`;
    problems.push({ code: 'bad-value', message, where: place(markup) });
  }
}

/** "ID" means unknown only where the page does not call the row identified: there is an artist named "ID ID", and titles such as "Id". */
function nameOf(markup: RowMarkup): MashupPart {
  const full = (markup.name ?? markup.visible)?.slice(0, LONGEST_NAME) ?? null;
  const split = full === null ? null : splitArtistTitle(full);
  const said = split?.rest ?? full;
  const name = {
    artist: split?.artist ?? null,
    ...(said === null ? { title: null, version: null } : splitVersion(said)),
  };
  if (markup.identified) return name;
  const { artist, title, version } = readUnknown(name);
  return { artist, title, version };
}

/** For rows the page does not call identified; a title without its artist is none of the kinds. */
function idKind({ artist, title }: MashupPart): IdKind | null {
  if (artist === null) return title === null ? 'full' : null;
  return title === null ? 'title' : 'version';
}

/** The row's own start as the page says it, 0 included; null when it says nothing. */
function ownCue(markup: RowMarkup, cueMap: ReadonlyMap<string, CueEntry>): number | null {
  if (markup.cueInput !== null && /^\d{1,6}$/.test(markup.cueInput)) {
    const seconds = Number(markup.cueInput);
    if (seconds > 0) return seconds;
    return (markup.cueText === null ? null : clockToSeconds(markup.cueText)) ?? 0;
  }
  if (markup.cueText !== null) return clockToSeconds(markup.cueText);
  return markup.contentId === null ? null : (cueMap.get(markup.contentId)?.seconds ?? null);
}

/** A hidden 0 is no cue, except on the first row, and on the first row of another player (the map then lists it at 0 with its player). */
function cueOf(markup: RowMarkup, cueMap: ReadonlyMap<string, CueEntry>, first: boolean): number | null {
  const seconds = ownCue(markup, cueMap);
  if (seconds !== 0 || first) return seconds;
  const entry = markup.contentId === null ? undefined : cueMap.get(markup.contentId);
  return entry?.seconds === 0 && entry.player !== null ? 0 : null;
}

function links(markup: RowMarkup): Record<string, string> {
  const all = { trackId: markup.trackId, trackUrl: markup.trackUrl, mediaItemId: markup.mediaItemId };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
}
