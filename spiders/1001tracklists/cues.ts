/** The page's script map of cues: which row starts when, in which player. Rows are named by the id of their inner `tlp<k>_content` box. */

export interface CueEntry {
  readonly seconds: number;
  /** Media id of the player the time belongs to; null when the page names none. */
  readonly player: string | null;
}

const ENTRY = 'cueValuesEntry.';
const LONGEST_ASSIGNMENT = 1_000;
const ASSIGNMENT =
  /cueValuesEntry\.(?:(seconds)\s*=\s*(\d{1,7})|(idPlayer)\s*=\s*['"]([^'"]*)['"]|ids\[\d+\]\s*=\s*['"]([^'"]+)['"])/g;

/** Reads the map out of the page's own script; an uncued page still has one entry (row 1, second 0), which is a placeholder. */
export function readCueMap(html: Buffer): ReadonlyMap<string, CueEntry> {
  const cues = new Map<string, CueEntry>();
  let seconds: number | null = null;
  let player: string | null = null;
  for (const [, setsSeconds, newSeconds, setsPlayer, newPlayer, row] of assignments(html).matchAll(ASSIGNMENT)) {
    if (setsSeconds !== undefined) {
      seconds = Number(newSeconds);
      player = null;
    } else if (setsPlayer !== undefined) player = newPlayer === '' ? null : (newPlayer ?? null);
    else if (row !== undefined && seconds !== null) cues.set(row, { seconds, player });
  }
  return cues;
}

/** The part of the page in which cues are assigned. */
function assignments(html: Buffer): string {
  const start = html.indexOf(ENTRY);
  return start < 0 ? '' : html.toString('utf8', start, html.lastIndexOf(ENTRY) + LONGEST_ASSIGNMENT);
}

/** Media ids of the players that cues are named for, in the order they appear. */
export function playersOf(cueMap: ReadonlyMap<string, CueEntry>): string[] {
  const named = [...cueMap.values()].map(({ player }) => player).filter((player) => player !== null);
  return [...new Set(named)];
}
