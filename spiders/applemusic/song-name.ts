/** Names of songs as Apple prints them: "Base Title (feat. Guests) [Version] [Mixed]". */
import { splitArtists, splitTitle } from '../../src/core/names.ts';
import { splitVersion } from '../../src/core/track-name.ts';
import { type NameWithId, readUnknown } from '../../src/core/unknown-name.ts';

export interface SongName extends NameWithId {
  featured: string[];
  /** Part of a DJ mix: the recording blends into its neighbours and has the length it has in the mix. */
  mixed: boolean;
}

const MIXED = /(?<=\S)\s*(?:\(mixed\)|\[mixed\]|\s[-–]\s+mixed)$/i;
/** Longer names are no names, and must not cost regex time. */
const LONGEST_NAME = 500;

/** Splits a display name. "ID" tracks lose the name that says nothing. */
export function readSongName(name: string | null, artist: string | null): SongName {
  if (name === null || name.length > LONGEST_NAME) {
    return { ...readUnknown({ artist, title: name, version: null }), featured: [], mixed: false };
  }
  const unmixed = name.replace(MIXED, '');
  const { title: withGuests, version } = splitVersion(unmixed);
  const { title, featured } = splitTitle(withGuests);
  return {
    ...readUnknown({ artist, title, version }),
    // In this bracket Apple joins acts by "&" only, so even "& The …" begins another one.
    featured: featured.flatMap((guest) => guest.split(/\s+&\s+(?=The\s)/)),
    mixed: unmixed !== name,
  };
}

/** Names of a display text such as "Jaxomy, Agatino Romero & Raffaella Carrà"; `count` is the number of artists the resource links, 0 when unknown. */
export function readArtists(text: string | null, count: number): string[] {
  if (text === null || text.length > LONGEST_NAME) return [];
  // One link is one act, whatever its name holds: "Earth, Wind & Fire".
  if (count === 1) return [text];
  const apart = text.split(/,\s+|\s+&\s+/);
  return count > 1 && apart.length === count ? apart : splitArtists(text).primary;
}

/** "A / B" on a DJ mix are two recordings played together; elsewhere a slash belongs to the name. */
export function mashedTitles({ title, mixed }: Pick<SongName, 'title' | 'mixed'>): string[] {
  const titles = mixed && title !== null ? title.split(' / ').filter((part) => part.trim() !== '') : [];
  return titles.length > 1 ? titles.map((part) => part.trim()) : [];
}
