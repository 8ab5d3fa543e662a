/** The page's script map of cues: which row starts when, in which player. Rows are named by the id of their inner `tlp<k>_content` box. */

export interface CueEntry {
  readonly seconds: number;
  /** Media id of the player the time belongs to; null when the page names none. */
  readonly player: string | null;
}

const [RARE_START, RARE_END] = ['cue', 'ValuesEntry.'] as const;
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

/** The scripts in which cues are assigned, from where the first of them stands. They are found by the rare letter in their name. */
function assignments(html: Buffer): string {
  const parts: string[] = [];
  for (let at = html.indexOf(RARE_END); at >= 0; ) {
    const close = html.indexOf('</script', at);
    const end = close < 0 ? html.length : close;
    parts.push(html.toString('utf8', at - RARE_START.length, end));
    at = html.indexOf(RARE_END, end);
  }
  return parts.join('\n');
}

/** Media ids of the players that cues are named for, in the order they appear. */
export function playersOf(cueMap: ReadonlyMap<string, CueEntry>): string[] {
  const named = [...cueMap.values()].map(({ player }) => player).filter((player) => player !== null);
  return [...new Set(named)];
}
