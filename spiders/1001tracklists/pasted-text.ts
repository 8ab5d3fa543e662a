/**
 * What a person gets by selecting a tracklist on the page and copying it: a title line, then for each track a number, maybe a cue, a line
 * "Artist - Title LABEL", and lines about plays and users. The label follows the title without a separator, in capitals.
 */
import { clockToSeconds } from '../../src/core/cue.ts';
import { readTracklist } from '../../src/core/free-text.ts';
import { type Row, row, type SetlistItem, setlist } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { fold, normKey } from '../../src/core/text.ts';
import { splitArtistTitle, splitVersion } from '../../src/core/track-name.ts';
import { readUnknown } from '../../src/core/unknown-name.ts';
import { tracklistId } from './addresses.ts';
import { dateOf, eventOf } from './set-head.ts';

/** A number, and beside it the cue where a browser put both on one line. */
const NUMBER = /^(\d{2,3}|w\/)(?:\s+((?:\d{1,2}:)?\d{1,2}:\d{2}))?$/;
const CLOCK = /^(?:\d{1,2}:)?\d{1,2}:\d{2}$/;
const DATED_TITLE = /^(?<names>.+\S)\s+(?<date>\d{4}-\d{2}-\d{2})$/;

/** Reads a pasted tracklist, or one as people post it ("01. [02:34] Artist - Title [LABEL]"); null when the text is neither. */
export function readPastedText(text: string, url: string | null): { item: SetlistItem; problems: Problem[] } | null {
  const lines = text.split(/\r\n?|\n/).map((line) => fold(line) ?? '');
  const problems: Problem[] = [];
  const copied = readRows(lines, problems);
  const title = lines.find((line) => line !== '') ?? null;
  const dated = DATED_TITLE.exec(title ?? '')?.groups;
  const tracks = copied.length > 0 ? copied : dated ? readBelow(title, text) : readTracklist(text);
  if (tracks.length === 0) return null;
  const artist = dated?.names === undefined ? null : djsOf(dated.names);
  if (dated === undefined)
    problems.push({ code: 'missing-field', message: 'the first line is no title with a date', where: 'line 1' });
  const length = lines.map((line) => /^Player 1 \[([\d:]+)\]/.exec(line)?.[1]).find((clock) => clock !== undefined);
  const item = setlist(
    '1001tracklists',
    (url && tracklistId(url)) ?? `pasted:${normKey(nameOf(title, tracks)).replaceAll(' ', '-')}`,
    {
      url,
      title: dated ? title : null,
      artists: artist === null ? [] : [artist],
      ...dateOf(dated?.date ?? null),
      event: title === null || artist === null ? null : eventOf(title, [artist]),
      durationSeconds: length === undefined ? null : clockToSeconds(length),
      tracks,
      extra: { pasted: true },
    },
  );
  return { item, problems };
}

/** Below the title of a set stands its tracklist, whatever its numbers and times say; the title itself may look like a track. */
function readBelow(title: string | null, text: string): Row[] {
  const [first = '', ...below] = text.trimStart().split(/\r\n?|\n/);
  return readTracklist(fold(first) === title ? below.join('\n') : text, { isMusic: true, heading: 'Tracklist' });
}

/** What tells one paste from another: its first line, or the first track where that line only calls what follows a tracklist. */
function nameOf(title: string | null, tracks: readonly Row[]): string {
  const isOnlyHeading = title === null || /^\W*(?:full )?track\s?-?list(?:ing)?\W*$/i.test(title);
  const { artist = null, title: track = null } = tracks.find((row) => row.artist !== null || row.title !== null) ?? {};
  return isOnlyHeading ? `tracklist ${artist ?? ''} ${track ?? ''}` : title;
}

/** "Lane 8 - Fall 2025 Mixtape", "Max Styler @ EDC": who plays stands first. Several DJs stay one text: "&" is also part of names. */
function djsOf(names: string): string | null {
  return /^(.*?\S)\s+[@-]\s+\S/.exec(names)?.[1] ?? null;
}

function readRows(lines: readonly string[], problems: Problem[]): Row[] {
  const rows: Row[] = [];
  let artwork: string | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    artwork = /^(.+) Artwork$/.exec(line)?.[1] ?? artwork;
    const [, number, beside] = NUMBER.exec(line) ?? [];
    if (number === undefined) continue;
    const below = beside === undefined && CLOCK.test(lines[at + 1] ?? '') ? (lines[at + 1] ?? null) : null;
    const clock = beside ?? below;
    const named = at + (below === null ? 1 : 2);
    const split = splitArtistTitle(lines[named] ?? '');
    if (split === null) continue;
    rows.push(
      readRow(rows.length + 1, number, clock, split, artwork, (message) => {
        problems.push({ code: 'bad-value', message, where: `line ${named + 1}` });
      }),
    );
    artwork = null;
    at = named;
  }
  return rows;
}

function readRow(
  position: number,
  number: string,
  clock: string | null,
  { artist, rest }: { artist: string; rest: string },
  artwork: string | null,
  say: (message: string) => void,
): Row {
  const { name, label } = splitLabel(artist, rest, artwork, say);
  const cueSeconds = clock === null ? null : clockToSeconds(clock);
  return row(position, {
    number,
    cueSeconds,
    cueGranularity: cueSeconds === null ? 'unknown' : 'second',
    ...readUnknown({ artist, ...splitVersion(name) }),
    recordLabel: label,
    withPrevious: number === 'w/',
  });
}

/**
 * Tells the label from the title: by the artwork's text ("Artist Title Artwork") where it was copied too, else the capitals at the end.
 * A title that is itself in capitals cannot be told from a label: it keeps everything, and that is said.
 */
function splitLabel(
  artist: string,
  rest: string,
  artwork: string | null,
  say: (message: string) => void,
): { name: string; label: string | null } {
  const known = artwork?.startsWith(`${artist} `) ? artwork.slice(artist.length + 1) : null;
  if (known !== null && rest.startsWith(`${known} `)) return { name: known, label: rest.slice(known.length + 1) };
  if (known === rest) return { name: rest, label: null };
  const words = rest.split(' ');
  let first = words.length;
  while (first > 0 && !/\p{Ll}/u.test(words[first - 1] ?? '')) first--;
  while (first < words.length && !/\p{Lu}/u.test(words[first] ?? '')) first++;
  if (first === 0 && words[0] === 'ID' && words.length > 1) first = 1;
  if (first === words.length || (first === 0 && words.length === 1)) return { name: rest, label: null };
  if (first === 0) {
    say(`"${rest}" is all in capitals: title and label cannot be told apart, all of it is taken as the title`);
    return { name: rest, label: null };
  }
  return { name: words.slice(0, first).join(' '), label: words.slice(first).join(' ') };
}
