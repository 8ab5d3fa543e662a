/** How far a typed word may be from the one that was meant: the rule Elasticsearch calls AUTO, so that both adapters forgive the same. */

/** Wrong letters forgiven in a word of this many letters. */
function forgiven(letters: number): number {
  if (letters < 3) return 0;
  return letters < 6 ? 1 : 2;
}

/** True when `typed` may be a mistyped `meant`: letters changed, left out, added, or two neighbours swapped, each counting one. */
export function mayMean(typed: string, meant: string): boolean {
  const allowed = forgiven(typed.length);
  if (Math.abs(typed.length - meant.length) > allowed) return false;
  return typed === meant || (allowed > 0 && editDistance(typed, meant) <= allowed);
}

/** Fewest changes, omissions, additions and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: width }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j < width; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, at(last, j) + 1, at(current, j - 1) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, at(beforeLast, j - 2) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(list: readonly number[], n: number): number {
  return list[n] ?? Number.POSITIVE_INFINITY;
}
