/** The words by which a source lets a person say where to start. */
import type { PageRequest } from './parse-result.ts';

/** A way to say where to start, as people are told of it. */
export interface SeedForm {
  /** As it is typed; what stands in <> is the person's. Without a word and a colon in front, a seed is told by its shape. */
  readonly form: string;
  readonly example: string;
  /** What is asked for then. */
  readonly becomes: string;
}

export interface SeedRule extends SeedForm {
  /** Characters at most; left out: `LONGEST_SEED`. */
  readonly longest?: number;
  /** @param value what stands behind the word, or the whole seed; trimmed, never empty. Nothing when it is none of this form. */
  read(value: string): PageRequest[];
}
