/** Which kinds of item go through the pipeline, and through which stages. A new kind is declared here first. */
import type { ItemKind } from '../src/core/items.ts';
import type { Prepared, RawItem, StageOutcome } from './pipeline.ts';
import { extract } from './stages/extract.ts';
import { normalise } from './stages/normalise.ts';
import { score } from './stages/score.ts';
import { validate } from './stages/validate.ts';

/**
 * `pipeline`: prepared and loaded into the catalogue.
 * `kept`: stored as a raw item and read by nobody yet (an album's tracks arrive as items of their own).
 * `never`: nothing of it may reach the catalogue.
 */
export type Handling = 'pipeline' | 'kept' | 'never';

export const ITEM_HANDLING: Readonly<Record<ItemKind, Handling>> = {
  setlist: 'pipeline',
  track: 'pipeline',
  artist: 'pipeline',
  post: 'pipeline',
  listing: 'kept',
  chart: 'kept',
  media: 'kept',
  album: 'kept',
  playlist: 'kept',
  error: 'kept',
  block: 'never',
};

/** Whether items of a kind go through the pipeline; the others stay raw items. */
export function isPipelined(kind: string): boolean {
  return Object.hasOwn(ITEM_HANDLING, kind) && ITEM_HANDLING[kind as ItemKind] === 'pipeline';
}

/** Runs the pure stages (validate → normalise → extract → score) on one raw item. The resolver works in the loader, where the catalogue is. */
export function prepare(raw: RawItem): StageOutcome<Prepared> {
  const valid = validate(raw);
  if (!valid.ok) return valid;
  const extracted = extract(normalise(valid.value, raw.observedAt));
  return { ok: true, value: { ...extracted, quality: score(extracted) } };
}
