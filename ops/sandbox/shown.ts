/** What one site prints of a set: the same truth with the site's own gaps, credits and clock. */

import type { CueGranularity, MashupPart } from '../../src/core/items.ts';
import { withNoise } from './noise.ts';
import type { Rng } from './rng.ts';
import type { ShownRow } from './shown-row.ts';
import type { SiteName } from './site-names.ts';
import { siteRng } from './site-rng.ts';
import type { DjSet, SetRow, Track, World } from './world/types.ts';
import { known, namesOf } from './world.ts';

/** A site's habits. */
export interface Habits {
  /** Word between artist and guest, e.g. "ft."; null where the site leaves guests out. */
  readonly guestWord: string | null;
  /** Share of the known tracks that the site's people recognised. */
  readonly recognised: number;
  /** The site's cue for a row; null for none. `share` is how far through the set the row stands (0 to 1). */
  readonly cue: (row: SetRow, share: number, rng: Rng) => number | null;
  readonly granularity: CueGranularity;
  /** What stands in the version's bracket when only the base track is known; null where the site says it elsewhere. */
  readonly unknownVersion: string | null;
  /** How the site writes the label of a track; null where it writes none. */
  readonly label: (track: Track) => { recordLabel: string; catalogNumber: string | null } | null;
  /** Whether it marks acappellas and rows played over the one before. */
  readonly marks: boolean;
}

/** The rows of `set` as `site` prints them. */
export function shownRows(world: World, site: SiteName, set: DjSet, habits: Habits): ShownRow[] {
  const rng = siteRng(world, site, `rows/${set.id}`);
  const rows = set.rows.map((row, index) => {
    const recognised = rng.chance(habits.recognised);
    const cueSeconds = habits.cue(row, index / set.rows.length, rng);
    return {
      ...content(world, set, row, habits, recognised),
      position: index + 1,
      truePosition: row.position,
      cueSeconds,
      cueGranularity: cueSeconds === null ? 'unknown' : habits.granularity,
      withPrevious: habits.marks && row.withPrevious,
    };
  });
  return withNoise(world, site, set, rows);
}

/** "Mara Vellin ft. Tobin Korwick", "Glass Horizon", "Ilka Marane Remix". */
export function credit(world: World, track: Track, guestWord: string | null): MashupPart {
  const artists = namesOf(world.artists, track.artistIds);
  const guests = guestWord === null ? '' : namesOf(world.artists, track.featuredIds);
  return {
    artist: guests === '' ? artists : `${artists} ${guestWord} ${guests}`,
    title: track.title,
    version: track.version,
  };
}

/** "Artist - Title (Version)" of what is known; the site's words for an unknown title and for a row of which nothing is known. */
export function line(row: ShownRow, unknown: string, unknownRow = unknown): string {
  if (row.idKind === 'full') return unknownRow;
  if (row.idKind === 'title') return `${row.artist} - ${unknown}`;
  return `${row.artist} - ${row.title}${row.version === null ? '' : ` (${row.version})`}`;
}

type Content = Omit<ShownRow, 'position' | 'truePosition' | 'cueSeconds' | 'cueGranularity' | 'withPrevious'>;

const UNKNOWN: Content = {
  trackIds: [],
  artist: null,
  title: null,
  version: null,
  edit: null,
  recordLabel: null,
  catalogNumber: null,
  isId: true,
  idKind: 'full',
  parts: [],
  altered: [],
};

function content(world: World, set: DjSet, row: SetRow, habits: Habits, recognised: boolean): Content {
  if (row.idKind === 'title' && row.artistId !== null) {
    return { ...UNKNOWN, idKind: 'title', artist: known(world.artists, row.artistId).name };
  }
  const tracks = row.trackIds.map((id) => known(world.tracks, id));
  const [first] = tracks;
  if (first === undefined || !recognised) return UNKNOWN;
  const label = tracks.length === 1 ? habits.label(first) : undefined;
  return {
    ...UNKNOWN,
    ...(tracks.length === 1 ? credit(world, first, habits.guestWord) : mashup(world, set, tracks, habits)),
    ...(row.idKind === 'version' ? { version: habits.unknownVersion } : {}),
    trackIds: row.trackIds,
    edit: habits.marks ? row.edit : null,
    recordLabel: label?.recordLabel ?? null,
    catalogNumber: label?.catalogNumber ?? null,
    isId: row.idKind !== null,
    idKind: row.idKind,
  };
}

function mashup(
  world: World,
  set: DjSet,
  tracks: readonly Track[],
  habits: Habits,
): MashupPart & { parts: MashupPart[] } {
  return {
    artist: tracks.map((track) => namesOf(world.artists, track.artistIds)).join(' vs. '),
    title: tracks.map((track) => track.title).join(' vs. '),
    version: `${namesOf(world.artists, set.djIds.slice(0, 1))} Mashup`,
    parts: tracks.map((track) => credit(world, track, habits.guestWord)),
  };
}
