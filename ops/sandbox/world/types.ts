/** The invented world: what is true, before any site prints it. Ids are the world's own ("track-17"); no site shows them. */

export interface Artist {
  readonly id: string;
  readonly name: string;
  /** In the form of a MusicBrainz id. */
  readonly mbid: string;
  readonly slug: string;
}

export interface Label {
  readonly id: string;
  readonly name: string;
  /** Letters in front of the numbers of its catalogue, e.g. "NIG". */
  readonly catalogPrefix: string;
  /** Prefix and registrant of its ISRCs: five characters. */
  readonly isrcPrefix: string;
}

/** One recording. A remix is a recording of its own that names its base. */
export interface Track {
  readonly id: string;
  /** Number of the track in the world, from 0. */
  readonly index: number;
  readonly title: string;
  readonly version: string | null;
  readonly artistIds: readonly string[];
  readonly featuredIds: readonly string[];
  readonly labelId: string;
  readonly catalogNumber: string;
  readonly isrc: string;
  readonly durationMs: number;
  /** "2024-03-08". */
  readonly releaseDate: string;
  readonly genre: string;
  readonly baseId: string | null;
}

interface City {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly stateCode: string;
  readonly lat: number;
  readonly long: number;
  readonly code: string;
  readonly country: string;
}

export interface Venue {
  readonly id: string;
  readonly name: string;
  readonly city: City;
}

/** One position of a DJ set, as it was really played. */
export interface SetRow {
  /** From 1. */
  readonly position: number;
  /** One recording; two in a mashup; none for a track that nobody knows. */
  readonly trackIds: readonly string[];
  /** What is not known of it, to nobody: nothing at all, the title, or the version. Null for a known track. */
  readonly idKind: 'full' | 'title' | 'version' | null;
  /** The artist of a row whose title nobody knows. */
  readonly artistId: string | null;
  /** Begins while the row before still plays. */
  readonly withPrevious: boolean;
  /** Start within the recording of the set, seconds. */
  readonly cueSeconds: number;
  /** "Acappella" and the like. */
  readonly edit: string | null;
}

/** A DJ set: live at a festival or club, or an episode of a radio show. */
export interface DjSet {
  readonly id: string;
  readonly index: number;
  readonly kind: 'festival' | 'club' | 'radio';
  readonly djIds: readonly string[];
  /** Festival or show; null for a night of the club itself. */
  readonly event: string | null;
  readonly stage: string | null;
  readonly episode: number | null;
  /** Null for a radio show. */
  readonly venueId: string | null;
  readonly date: string;
  readonly genres: readonly string[];
  readonly durationSeconds: number;
  readonly rows: readonly SetRow[];
}

/** One song of a concert. */
export interface Song {
  /** None for a song nobody recognised; several for a medley. */
  readonly trackIds: readonly string[];
  /** Whose song it is, when it is not the band's own. */
  readonly coverOfId: string | null;
  readonly withArtistId: string | null;
  readonly tape: boolean;
  readonly encore: number | null;
  readonly info: string | null;
}

export interface Concert {
  readonly id: string;
  readonly index: number;
  readonly bandId: string;
  readonly venueId: string;
  readonly date: string;
  readonly tour: string | null;
  readonly songs: readonly Song[];
}

export interface World {
  readonly seed: string;
  /** DJ sets and concerts together. */
  readonly size: number;
  readonly artists: ReadonlyMap<string, Artist>;
  readonly labels: ReadonlyMap<string, Label>;
  readonly tracks: ReadonlyMap<string, Track>;
  readonly venues: ReadonlyMap<string, Venue>;
  readonly sets: readonly DjSet[];
  readonly concerts: readonly Concert[];
}
