/** What the local setlist.fm lists: all concerts, and some DJ sets at venues, most of those without songs. */
import { setsOn } from '../places.ts';
import { HEX } from '../rng.ts';
import type { ShownRow } from '../shown-row.ts';
import { siteRng } from '../site-rng.ts';
import type { Concert, DjSet, Song, World } from '../world/types.ts';
import { known } from '../world.ts';

const SOURCE = 'setlistfm';

export interface Event {
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly versionId: string;
  /** In the world. */
  readonly setId: string;
  readonly artistId: string;
  readonly venueId: string;
  readonly date: string;
  readonly tour: string | null;
  readonly info: string | null;
  readonly songs: readonly Song[];
}

export function eventsOf(world: World): Event[] {
  const djSets = setsOn(world, SOURCE).flatMap((set) => djEvents(world, set));
  return [...world.concerts.map((concert) => concertEvent(world, concert)), ...djSets];
}

/** The songs as rows: the site gives the band as the artist of each, and of each part of a medley. */
export function shownEvent(world: World, event: Event): ShownRow[] {
  const artist = known(world.artists, event.artistId).name;
  return event.songs.map((song, index) => ({
    position: index + 1,
    truePosition: index + 1,
    trackIds: song.trackIds,
    cueSeconds: null,
    cueGranularity: 'unknown',
    artist,
    title: songName(world, song) || null,
    version: null,
    edit: null,
    recordLabel: null,
    catalogNumber: null,
    isId: song.trackIds.length === 0,
    idKind: song.trackIds.length === 0 ? 'title' : null,
    withPrevious: false,
    parts: song.trackIds.length < 2 ? [] : titlesOf(world, song).map((title) => ({ artist, title, version: null })),
    altered: [],
  }));
}

/** "A / B" for a medley, "" for a song nobody recognised. */
export function songName(world: World, song: Song): string {
  return titlesOf(world, song).join(' / ');
}

function titlesOf(world: World, song: Song): string[] {
  return song.trackIds.map((id) => known(world.tracks, id).title);
}

function concertEvent(world: World, concert: Concert): Event {
  const rng = siteRng(world, SOURCE, concert.id);
  // Of real setlists, nearly a third is empty.
  const isEmpty = rng.chance(0.15);
  return {
    ...ids(world, concert.id),
    setId: concert.id,
    artistId: concert.bandId,
    venueId: concert.venueId,
    date: concert.date,
    tour: concert.tour,
    info: !isEmpty && rng.chance(0.15) ? 'Incomplete setlist' : null,
    get songs() {
      return isEmpty ? [] : concert.songs;
    },
  };
}

/** Nobody writes down the songs of a DJ; of two DJs the first has the entry. */
function djEvents(world: World, set: DjSet): Event[] {
  const [artistId] = set.djIds;
  const { venueId, date } = set;
  if (venueId === null || artistId === undefined) return [];
  return [{ ...ids(world, set.id), setId: set.id, artistId, venueId, date, tour: null, info: null, songs: [] }];
}

function ids(world: World, thing: string): Pick<Event, 'id' | 'versionId'> {
  const rng = siteRng(world, SOURCE, `id/${thing}`);
  return { id: `6${rng.text(HEX, 7)}`, versionId: `g${rng.text(HEX, 8)}` };
}
