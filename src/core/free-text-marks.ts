/** What only a whole list tells of its lines: which way it parts names, whether times are ends or a wall clock, what numbers in brackets are. */
import type { Separator, TrackLine } from './free-text-lines.ts';

/** A track that is over so soon is none: such times are hours and minutes. Seconds. */
const SHORTEST_TRACK = 20;
const SEPARATORS: readonly Separator[] = ['dash', 'slash', 'by', 'quotes', 'glued-dash'];
const MOST = 0.8;

/** The separator that parts most lines of a list; lists that a dash parts are the rule, the others must be sure of theirs. */
export function separatorOf(named: (separator: Separator) => number, lines: number): Separator {
  const [dash = 'dash' as const, ...others] = SEPARATORS;
  const byDash = named(dash);
  if (byDash * 2 >= lines) return dash;
  return others.find((separator) => named(separator) >= lines * MOST) ?? dash;
}

/** The lines with the times and numbers that they mean. */
export function settleMarks(lines: readonly TrackLine[]): TrackLine[] {
  return withLabels(withoutDoubt(withStarts(withBrackets(withWallClock(lines)))));
}

/** "[01] [02] [03]" counts tracks; "[00] [04] [09]" are minutes. */
function withBrackets(lines: readonly TrackLine[]): TrackLine[] {
  const numbers = lines.flatMap(({ bracketed }) => bracketed ?? []);
  if (numbers.length === 0) return [...lines];
  const first = numbers[0] ?? 0;
  const counts = first <= 1 && numbers.every((number, index) => number === first + index);
  return lines.map((line) => {
    const { bracketed, said } = line;
    if (bracketed === null) return line;
    if (counts && first === 1) return { ...line, said: { ...said, number: String(bracketed).padStart(2, '0') } };
    if (said.cueSeconds !== null) return line;
    return { ...line, said: { ...said, cueSeconds: bracketed * 60, cueGranularity: 'minute' } };
  });
}

/** "20:00, 20:04, 20:09": the time of day; and "0:00, 0:04, 0:09": hours and minutes of the recording. */
function withWallClock(lines: readonly TrackLine[]): TrackLine[] {
  const times = lines.flatMap(({ clock, said }) => (clock === null ? [] : (said.cueSeconds ?? [])));
  const first = times[0] ?? 0;
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const isWall =
    gaps.length >= 2 &&
    lines.every(({ clock }) => clock === null || /^\d{1,2}:\d\d$/.test(clock)) &&
    first < 24 * 60 &&
    median(gaps) < SHORTEST_TRACK &&
    gaps.every((gap) => gap >= 0);
  if (!isWall) return [...lines];
  return lines.map((line) => {
    const { cueSeconds } = line.said;
    if (typeof cueSeconds !== 'number') return line;
    return { ...line, said: { ...line.said, cueSeconds: (cueSeconds - first) * 60, cueGranularity: 'minute' } };
  });
}

/** Times behind the names are ends where the first one is not 0 and the last line has none: each track starts where the one before ends. */
function withStarts(lines: readonly TrackLine[]): TrackLine[] {
  const areEnds =
    lines.length > 2 &&
    lines.slice(0, -1).every(({ isBehind }) => isBehind) &&
    lines.at(-1)?.clock === null &&
    (lines[0]?.said.cueSeconds ?? 0) > 0;
  if (!areEnds) return [...lines];
  return lines.map((line, index) => {
    const cueSeconds = index === 0 ? 0 : (lines[index - 1]?.said.cueSeconds ?? null);
    return { ...line, said: { ...line.said, cueSeconds, cueGranularity: 'second' } };
  });
}

/** A "?" at the end of one title is part of it; at the end of several it says that the person is not sure. */
function withoutDoubt(lines: readonly TrackLine[]): TrackLine[] {
  const doubted = lines.filter(({ said }) => said.title?.endsWith('?'));
  if (doubted.length < 2) return [...lines];
  return lines.map((line) => {
    const title = line.said.title?.replace(/\s*\?+$/, '');
    return doubted.includes(line) && title ? { ...line, said: { ...line.said, title } } : line;
  });
}

/** "Artist - Title - Label" on every line: the third part is the label. */
function withLabels(lines: readonly TrackLine[]): TrackLine[] {
  const split = lines.map(({ said }) => /^(?<title>.*?\S)\s+[-–—]\s+(?<label>\S.*)$/su.exec(said.title ?? '')?.groups);
  const known = lines.filter(({ said }) => said.title).length;
  if (known < 3 || split.filter(Boolean).length < known * MOST || lines.some(({ said }) => said.recordLabel))
    return [...lines];
  return lines.map((line, index) => {
    const { title, label } = split[index] ?? {};
    if (title === undefined || label === undefined) return line;
    return { ...line, said: { ...line.said, title, recordLabel: label } };
  });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
