/** Bounds on what a parser says of one page: a page of a million faults must not become a million rows. */
import type { Problem } from './parse-result.ts';

const MOST_PROBLEMS = 1_000;

/** The first thousand problems, and for the others one per code that counts them. */
export function boundProblems(problems: readonly Problem[]): Problem[] {
  const rest = Map.groupBy(problems.slice(MOST_PROBLEMS), ({ code }) => code);
  const counted = [...rest].map(([code, { length }]) => ({
    code,
    message: `and ${length} more of this kind`,
    where: null,
  }));
  return [...problems.slice(0, MOST_PROBLEMS), ...counted];
}
