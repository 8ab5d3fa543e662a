/** What people write where they do not know a track: "ID", "ID - ID", "?", "ID (Someone Remix)". */
import type { IdKind } from './items.ts';

/** "ID2", and Apple's "ID1 (from Show: Host)". Small letters only as a whole: "Id" is a word. */
const UNKNOWN = /^(?:(?:ID|id)\s?\d*|\?+|[Uu]nknown(?: (?:[Aa]rtist|[Tt]itle|[Tt]rack))?)(?:\s*\(from .*\))?\??$/s;

export interface NameParts {
  artist: string | null;
  title: string | null;
  version: string | null;
}

export type NameWithId = NameParts & { isId: boolean; idKind: IdKind | null };

/** Empties the parts that only say "unknown" and tells how much is known: nothing, the artist, or everything but the version. */
export function readUnknown({ artist, title, version }: NameParts): NameWithId {
  const known: NameParts = { artist: knownOrNull(artist), title: knownOrNull(title), version };
  if (title !== null && known.title === null)
    return { ...known, isId: true, idKind: known.artist === null ? 'full' : 'title' };
  // "Known Track (ID Remix)": what was played is a version nobody has named.
  if (version !== null && isUnknownVersion(version)) return { ...known, isId: true, idKind: 'version' };
  return { ...known, isId: artist !== null && known.artist === null, idKind: null };
}

/** "ID Remix", "?": a version that nobody has named. */
export function isUnknownVersion(version: string): boolean {
  return /^(?:ID|\?+)(?:\s|$)/.test(version);
}

function knownOrNull(name: string | null): string | null {
  return name === null || isUnknownName(name) ? null : name;
}

function isUnknownName(text: string): boolean {
  return UNKNOWN.test(text.trim());
}
