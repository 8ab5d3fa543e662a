/**
 * What people do to names when they write them down: typing errors, lost accents, "and" for "&", artist and title the wrong way round,
 * labels in other words, rows left out, lists that end early, and whole lists copied from another site with its errors.
 */

import { knows } from './places.ts';
import type { Rng } from './rng.ts';
import type { Alteration, ShownRow } from './shown-row.ts';
import type { SiteName } from './site-names.ts';
import { siteRng } from './site-rng.ts';
import type { DjSet, World } from './world/types.ts';

/** Shares from 0 to 1. */
interface NoiseRates {
  /** Titles with two letters the wrong way round, one doubled or one missing. */
  readonly typo: number;
  /** Names with accents that are written without. */
  readonly accentsLost: number;
  /** "A and B" for "A & B". */
  readonly andForAmpersand: number;
  /** "feat.", "ft." or "featuring" whatever the site's habit is. */
  readonly guestWord: number;
  /** "Title - Artist". */
  readonly swapped: number;
  readonly labelSpelling: number;
  /** Rows left out. */
  readonly skipped: number;
  /** Lists that end early. */
  readonly partial: number;
  /** Lists taken over from 1001tracklists, with its errors. */
  readonly copied: number;
}

const NONE: NoiseRates = {
  typo: 0,
  accentsLost: 0,
  andForAmpersand: 0,
  guestWord: 0,
  swapped: 0,
  labelSpelling: 0,
  skipped: 0,
  partial: 0,
  copied: 0,
};

/** A curated site errs rarely, a forum often; the shops and the interface of setlist.fm print what labels and bands gave them. */
const RATES: Readonly<Record<SiteName, NoiseRates>> = {
  '1001tracklists': { ...NONE, typo: 0.01, accentsLost: 0.1, skipped: 0.01, partial: 0.05 },
  mixesdb: {
    ...NONE,
    typo: 0.015,
    accentsLost: 0.2,
    andForAmpersand: 0.05,
    labelSpelling: 0.1,
    skipped: 0.01,
    copied: 0.15,
  },
  setlistfm: NONE,
  reddit: {
    typo: 0.04,
    accentsLost: 0.6,
    andForAmpersand: 0.15,
    guestWord: 0.3,
    swapped: 0.015,
    labelSpelling: 0.3,
    skipped: 0.02,
    partial: 0.15,
    copied: 0.25,
  },
  applemusic: NONE,
  watchthedj: {
    ...NONE,
    typo: 0.02,
    accentsLost: 0.4,
    andForAmpersand: 0.1,
    guestWord: 0.2,
    swapped: 0.01,
    skipped: 0.02,
    partial: 0.1,
    copied: 0.3,
  },
};

const COPIED_FROM: SiteName = '1001tracklists';
/** A list that ends early has at least this share of its rows. */
const SHORTEST_SHARE = 0.4;

/** The site whose list this one took over; null where it wrote its own. */
export function copiedFrom(world: World, site: SiteName, set: DjSet): SiteName | null {
  const copies = siteRng(world, site, `copies/${set.id}`).chance(RATES[site].copied);
  return copies && knows(world, COPIED_FROM, set) ? COPIED_FROM : null;
}

/** The rows with the errors of whoever wrote the list; places are counted anew. */
export function withNoise(world: World, site: SiteName, set: DjSet, rows: readonly ShownRow[]): ShownRow[] {
  const writer = copiedFrom(world, site, set) ?? site;
  const rates = RATES[writer];
  const rng = siteRng(world, writer, `noise/${set.id}`);
  const end = rng.chance(rates.partial) ? rows.length * (SHORTEST_SHARE + rng.next() / 2) : rows.length;
  return rows
    .filter(({ truePosition }) => truePosition <= Math.max(2, end))
    .filter(({ truePosition }) => truePosition === 1 || !rng.fork(`skip/${truePosition}`).chance(rates.skipped))
    .map((row, index) => ({ ...miswritten(row, rates, rng.fork(`row/${row.truePosition}`)), position: index + 1 }));
}

function miswritten(row: ShownRow, rates: NoiseRates, rng: Rng): ShownRow {
  // A mash-up's parts must stay what its name says.
  if (row.artist === null || row.parts.length > 0) return row;
  let written = row;
  for (const [name, rate, write] of ERRORS) {
    const own = rng.fork(name);
    const names = own.chance(rate(rates)) ? write(written, own) : null;
    if (names !== null) written = { ...written, ...names, altered: [...written.altered, name] };
  }
  return written;
}

type Names = Partial<Pick<ShownRow, 'artist' | 'title' | 'recordLabel'>>;
/** The names as somebody wrote them; null where there is nothing to get wrong. */
type Write = (row: ShownRow, rng: Rng) => Names | null;

const ERRORS: readonly (readonly [Alteration, (rates: NoiseRates) => number, Write])[] = [
  ['typo', ({ typo }) => typo, ({ title }, rng) => changed({ title }, title === null ? null : mistyped(title, rng))],
  ['accents-lost', ({ accentsLost }) => accentsLost, (row) => withoutAccents(row)],
  [
    'and-for-ampersand',
    ({ andForAmpersand }) => andForAmpersand,
    ({ artist }) => (artist?.includes(' & ') ? { artist: artist.replace(' & ', ' and ') } : null),
  ],
  ['guest-word', ({ guestWord }) => guestWord, ({ artist }, rng) => otherGuestWord(artist, rng)],
  ['swapped', ({ swapped }) => swapped, (row) => swappedNames(row)],
  [
    'label-spelling',
    ({ labelSpelling }) => labelSpelling,
    ({ recordLabel }, rng) => (recordLabel === null ? null : { recordLabel: otherLabel(recordLabel, rng) }),
  ],
];

function changed(before: { title: string | null }, title: string | null): Names | null {
  return title === null || title === before.title ? null : { title };
}

/** Within a word of six letters or more: short ones would become other words. */
function mistyped(title: string, rng: Rng): string {
  const [word] = /[A-Za-z]{6,}/.exec(title) ?? [];
  if (word === undefined) return title;
  const at = rng.int(1, word.length - 3);
  const [a, b] = [word.charAt(at), word.charAt(at + 1)];
  const instead = rng.pick([b + a, a + a + b, b]);
  return title.replace(word, word.slice(0, at) + instead + word.slice(at + 2));
}

function withoutAccents({ artist, title }: ShownRow): Names | null {
  const plain = (text: string | null): string | null => text?.normalize('NFD').replace(/\p{M}/gu, '') ?? null;
  const names = { artist: plain(artist), title: plain(title) };
  return names.artist === artist && names.title === title ? null : names;
}

function otherGuestWord(artist: string | null, rng: Rng): Names | null {
  const written = artist?.replace(/ (?:ft\.|feat\.|Feat\.) /, ` ${rng.pick(['ft.', 'feat.', 'Feat.', 'featuring'])} `);
  return written === undefined || written === artist ? null : { artist: written };
}

function swappedNames({ artist, title, version, idKind }: ShownRow): Names | null {
  const plain = artist !== null && title !== null && version === null && idKind === null;
  return plain && !/[()[\].&-]/.test(artist + title) ? { artist: title, title: artist } : null;
}

function otherLabel(label: string, rng: Rng): string {
  const [bare] = label.split(/ (?:Records|Recordings|Music|Audio|Sounds)$/);
  return rng.pick([label.toUpperCase(), `${bare} Rec.`, bare ?? label]);
}
