/** Invents names, each one once. */
import type { Rng } from '../rng.ts';
import {
  BAND_ADJECTIVES,
  BAND_NOUNS,
  GIVEN_NAMES,
  LABEL_KINDS,
  LABEL_WORDS,
  NAME_ENDS,
  NAME_STARTS,
  TITLE_ADJECTIVES,
  TITLE_BRACKETS,
  TITLE_NOUNS,
  TITLE_PHRASES,
} from './words.ts';

/** Draws until a name is new. Where most combinations are taken, a number that is new by itself goes behind it. */
export function unique(taken: Set<string>, draw: () => string): string {
  let name = draw();
  for (let attempt = 2; taken.has(name.toLowerCase()); attempt += 1) {
    name = attempt < 6 ? draw() : `${draw()} ${taken.size + attempt}`;
  }
  taken.add(name.toLowerCase());
  return name;
}

export function soloName(rng: Rng): string {
  const surname = rng.pick(NAME_STARTS) + rng.pick(NAME_ENDS);
  const kind = rng.next();
  if (kind < 0.62) return `${rng.pick(GIVEN_NAMES)} ${surname}`;
  if (kind < 0.8) return surname;
  if (kind < 0.9) return surname.toUpperCase();
  return `DJ ${surname}`;
}

export function bandName(rng: Rng): string {
  const name = `${rng.pick(BAND_ADJECTIVES)} ${rng.pick(BAND_NOUNS)}`;
  return rng.chance(0.5) ? `The ${name}` : name;
}

export function trackTitle(rng: Rng): string {
  const kind = rng.next();
  const title =
    kind < 0.55
      ? `${rng.pick(TITLE_ADJECTIVES)} ${rng.pick(TITLE_NOUNS)}`
      : kind < 0.8
        ? rng.pick(TITLE_PHRASES)
        : `${rng.pick(TITLE_NOUNS)} ${rng.pick(TITLE_ADJECTIVES)}`;
  return rng.chance(0.05) ? `${title} ${rng.pick(TITLE_BRACKETS)}` : title;
}

export function labelName(rng: Rng): string {
  return `${rng.pick(LABEL_WORDS)} ${rng.pick(LABEL_KINDS)}`;
}

/** "Zürich Nächte 2" as "zurich-nachte-2". */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/['’]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
