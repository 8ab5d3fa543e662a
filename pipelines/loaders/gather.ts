/** What a batch of prepared items names, each thing once: the first spelling stays, gaps are filled by later mentions. */
import { nameKey } from '../../src/core/names.ts';
import type { Credit, LoadInput, TrackReference } from '../pipeline.ts';

export interface ArtistFacts {
  readonly normKey: string;
  readonly name: string;
  readonly mbid: string | null;
  readonly sortName: string | null;
  readonly disambiguation: string | null;
  /** Day of the document that named it first in this batch. */
  readonly seenOn: string;
}

export interface NameFacts {
  readonly normKey: string;
  readonly name: string;
}

export interface VenueFacts extends NameFacts {
  readonly city: string | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** A reference with where it was first seen. */
export type SeenReference = TrackReference & { readonly source: string; readonly seenOn: string };

export interface Gathered {
  readonly artists: Map<string, ArtistFacts>;
  readonly labels: Map<string, NameFacts>;
  readonly venues: Map<string, VenueFacts>;
  readonly events: Map<string, NameFacts>;
  readonly references: Map<string, SeenReference>;
}

interface Seen {
  readonly source: string;
  readonly seenOn: string;
}

/** Day of a time, UTC. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

export function gather(inputs: readonly LoadInput[]): Gathered {
  const gathered: Gathered = {
    artists: new Map(),
    labels: new Map(),
    venues: new Map(),
    events: new Map(),
    references: new Map(),
  };
  for (const { raw, prepared } of inputs) {
    const seen = { source: raw.source, seenOn: dayOf(raw.observedAt) };
    for (const reference of referencesOf(prepared)) addReference(gathered, reference, seen);
    if (prepared.kind === 'artist') addArtist(gathered, { ...prepared.artist, seenOn: seen.seenOn });
    if (prepared.kind !== 'setlist') continue;
    for (const credit of prepared.artists) addCredit(gathered, credit, seen);
    if (prepared.venue) addFilling(gathered.venues, prepared.venue);
    if (prepared.event) addFilling(gathered.events, prepared.event);
  }
  return gathered;
}

/** Every track reference of an item, in the order of the page. */
function* referencesOf(prepared: LoadInput['prepared']): Generator<TrackReference> {
  if (prepared.kind === 'track') yield prepared.track;
  const rows = prepared.kind === 'setlist' ? prepared.rows : prepared.kind === 'post' ? prepared.mentions : [];
  for (const row of rows) {
    if (row.track) yield row.track;
    if ('parts' in row) for (const part of row.parts) if (part.track) yield part.track;
  }
}

function addReference(to: Gathered, reference: TrackReference, seen: Seen): void {
  for (const credit of reference.credits) addCredit(to, credit, seen);
  if (reference.label !== null) {
    addFilling(to.labels, { normKey: nameKey(reference.label), name: reference.label });
  }
  const before = to.references.get(reference.normKey);
  to.references.set(reference.normKey, before ? joined(before, reference) : { ...reference, ...seen });
}

function joined(before: SeenReference, more: TrackReference): SeenReference {
  const credited = new Set(before.credits.map(({ role, normKey }) => `${role} ${normKey}`));
  const newCredits = more.credits.filter(({ role, normKey }) => !credited.has(`${role} ${normKey}`));
  return {
    ...before,
    credits: newCredits.length === 0 ? before.credits : [...before.credits, ...newCredits],
    isrcs: more.isrcs.length === 0 ? before.isrcs : [...new Set([...before.isrcs, ...more.isrcs])],
    label: before.label ?? more.label,
    durationMs: before.durationMs ?? more.durationMs,
    releaseDate: before.releaseDate ?? more.releaseDate,
  };
}

function addCredit(to: Gathered, { name, normKey, mbid }: Credit, { seenOn }: Seen): void {
  if (mbid === null && to.artists.has(normKey)) return;
  addArtist(to, { name, normKey, mbid, sortName: null, disambiguation: null, seenOn });
}

function addArtist(to: Gathered, facts: ArtistFacts): void {
  addFilling(to.artists, facts);
}

/** Keeps what is known of a thing and fills its gaps. */
function addFilling<Facts extends NameFacts>(to: Map<string, Facts>, facts: Facts): void {
  const before = to.get(facts.normKey);
  if (before === undefined) {
    to.set(facts.normKey, facts);
    return;
  }
  const said = Object.entries(before).filter(([, value]) => value !== null);
  to.set(facts.normKey, { ...facts, ...Object.fromEntries(said) });
}
