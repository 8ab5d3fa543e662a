/** What travels through the pipeline: a raw item goes in, a prepared item comes out of the pure stages, entities come out of the loader. */
import type { Item, ItemKind } from '../src/core/items.ts';
import type { SourceName } from '../src/core/source-name.ts';

/** A raw item as it landed in Postgres, with where it came from. */
export interface RawItem {
  readonly id: number;
  readonly version: number;
  readonly source: SourceName;
  readonly kind: ItemKind;
  readonly externalId: string;
  /** SHA-256 of the document it was read from. */
  readonly documentDigest: Uint8Array;
  readonly url: string | null;
  readonly body: Item;
  /** When its document was fetched: the pipeline's clock. */
  readonly observedAt: Date;
  /** Partition key under which it was loaded before; null on its first load. */
  readonly eventDate: string | null;
}

/** Why an item cannot be used; it goes to quarantine with this. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
  /** Field or position within the item. */
  readonly where: string | null;
}

export type StageOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

/** An artist as credited on a track or a set. */
export interface Credit {
  readonly name: string;
  readonly normKey: string;
  readonly role: 'primary' | 'featured' | 'remixer';
  readonly mbid: string | null;
}

/** A track as one place mentions it, normalised: what the resolver works on. */
export interface TrackReference {
  /** Normalised artists + title + version: equal keys mean the same track. */
  readonly normKey: string;
  readonly artistText: string;
  readonly title: string;
  readonly mixName: string | null;
  readonly credits: readonly Credit[];
  readonly isrcs: readonly string[];
  readonly label: string | null;
  readonly durationMs: number | null;
  readonly releaseDate: string | null;
}

/** One row of a prepared set: the printed facts, and the track it refers to (null for unknown tracks). */
export interface PreparedRow {
  readonly position: number;
  readonly number: string | null;
  readonly section: string | null;
  readonly cueSeconds: number | null;
  readonly cueGranularity: 'second' | 'minute' | 'unknown';
  readonly artist: string | null;
  readonly title: string | null;
  readonly mixName: string | null;
  readonly isId: boolean;
  readonly idKind: string | null;
  readonly withPrevious: boolean;
  /** Parts of a mashup, each with its own track where it is known. */
  readonly parts: readonly {
    artist: string | null;
    title: string | null;
    mixName: string | null;
    track: TrackReference | null;
  }[];
  /** Fields only some sources have (edit, tape, encore, cover, with, info, catalogNumber…); null when there are none. */
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly track: TrackReference | null;
}

export interface PreparedSetlist {
  readonly kind: 'setlist';
  readonly externalId: string;
  /** Partition key: first day of what is known, '0001-01-01' when nothing is. */
  readonly eventDate: string;
  readonly datePrecision: 'day' | 'month' | 'year' | 'decade' | 'unknown';
  readonly title: string | null;
  readonly artistText: string | null;
  readonly artists: readonly Credit[];
  readonly event: { readonly name: string; readonly normKey: string } | null;
  readonly venue: {
    readonly name: string;
    readonly normKey: string;
    readonly city: string | null;
    readonly region: string | null;
    readonly country: string | null;
    readonly latitude: number | null;
    readonly longitude: number | null;
  } | null;
  readonly tour: string | null;
  readonly url: string | null;
  readonly sourceVersion: string | null;
  readonly durationSeconds: number | null;
  readonly isLivePa: boolean;
  readonly genres: readonly string[];
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly rows: readonly PreparedRow[];
}

export interface PreparedTrack {
  readonly kind: 'track';
  readonly externalId: string;
  readonly track: TrackReference;
  /** All fields of the raw item worth claiming. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface PreparedArtist {
  readonly kind: 'artist';
  readonly externalId: string;
  readonly artist: {
    readonly name: string;
    readonly normKey: string;
    readonly mbid: string | null;
    readonly sortName: string | null;
    readonly disambiguation: string | null;
  };
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface PreparedPost {
  readonly kind: 'post';
  readonly externalId: string;
  readonly permalink: string | null;
  readonly mentionedAt: string | null;
  readonly mentions: readonly {
    readonly position: number;
    readonly artist: string | null;
    readonly title: string | null;
    readonly mixName: string | null;
    readonly cueSeconds: number | null;
    readonly confidence: number;
    readonly track: TrackReference | null;
  }[];
}

/** Output of the pure stages; plain JSON, kept in `items` until it is loaded. */
export type Prepared = (PreparedSetlist | PreparedTrack | PreparedArtist | PreparedPost) & {
  readonly quality: { readonly score: number; readonly reasons: readonly string[] };
};

/** A prepared item on its way into the catalogue. */
export interface LoadInput {
  readonly raw: Omit<RawItem, 'body'>;
  readonly prepared: Prepared;
}

/** What loading one item did. */
export interface LoadedItem {
  readonly rawItemId: number;
  readonly entityId: string | null;
  readonly eventDate: string | null;
}
