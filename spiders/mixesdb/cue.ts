/**
 * Start marks of MixesDB: "[07]" and "[103]" are minutes, "[1:05]" (one digit left) hours and minutes, "[04:09]" (two or more left) minutes and
 * seconds, "[1:02:03]" all three. A "?" for a digit means a range, so nothing is known; a minute mark is never reported as second-accurate.
 */
import type { CueGranularity } from '../../src/core/items.ts';

export interface Cue {
  /** As printed, without brackets. */
  readonly printed: string;
  /** Start, seconds; null when a digit is a "?" or the mark is a time of day. */
  readonly seconds: number | null;
  readonly granularity: CueGranularity;
}

/** A mark at the start of a line, in square or round brackets or bare; a bare one needs a colon, since "99 Luftballons" is a title. */
const LEADING =
  /^(?:\[ ?(?<square>[\d?]{1,3}(?::[\d?]{2}){0,2}) ?\]|\((?<round>[\d?]{1,3}(?::[\d?]{2}){1,2})\)|(?<bare>[\d?]{1,3}(?::[\d?]{2}){1,2})(?=\s))\s*/;
const HOUR = 3600;
/** Old lists start again at 00 every hour: a drop by more than this is such a start, a smaller one is somebody's slip. */
const WRAP_DROP = HOUR / 2;

/** Takes the mark off the start of a line. */
export function takeCue(line: string): { cue: Cue | null; rest: string } {
  const match = LEADING.exec(line);
  const printed = match?.groups?.square ?? match?.groups?.round ?? match?.groups?.bare;
  if (!match || printed === undefined) return { cue: null, rest: line };
  return { cue: readCue(printed), rest: line.slice(match[0].length) };
}

/** Reads a mark without its brackets. */
export function readCue(printed: string): Cue {
  const unknown: Cue = { printed, seconds: null, granularity: 'unknown' };
  if (!/^\d{1,3}(?::\d{2}){0,2}$/.test(printed)) return unknown;
  const [first = 0, second, third] = printed.split(':').map(Number);
  if ((second ?? 0) > 59 || (third ?? 0) > 59) return unknown;
  if (second === undefined) return { printed, seconds: first * 60, granularity: 'minute' };
  if (third !== undefined) return { printed, seconds: first * HOUR + second * 60 + third, granularity: 'second' };
  if (/^\d:/.test(printed)) return { printed, seconds: first * HOUR + second * 60, granularity: 'minute' };
  return { printed, seconds: first * 60 + second, granularity: 'second' };
}

/**
 * Judges the marks of one chapter together: times of day lose their seconds (the offset is unknown), and marks that start again at 00 every hour
 * get their hours back.
 * @param isFirst whether the chapter is the set's first; a later one may well start with a high mark.
 */
export function settleCues(cues: readonly (Cue | null)[], isFirst: boolean): (Cue | null)[] {
  if (isFirst && isClock(cues)) {
    return cues.map((cue) => (cue ? { printed: cue.printed, seconds: null, granularity: 'unknown' } : null));
  }
  return unwrap(cues);
}

/** "[21:00]", "[21:45]", "[23:10]": the first mark is late, all could be hours of a day, and they move as hours do. */
function isClock(cues: readonly (Cue | null)[]): boolean {
  const marks = cues.flatMap(
    (cue) =>
      /^(\d{2}):(\d{2})$/
        .exec(cue?.printed ?? '')
        ?.slice(1)
        .map(Number) ?? [],
  );
  const hours = marks.filter((_, index) => index % 2 === 0);
  const minutes = marks.filter((_, index) => index % 2 === 1);
  const [first] = hours;
  if (first === undefined || first < 10 || hours.length < 2 || hours.some((hour) => hour > 23)) return false;
  const repeatsOrDrops = hours.some((hour, index) => index > 0 && hour <= (hours[index - 1] ?? -1));
  return repeatsOrDrops || minutes.every((minute) => minute % 15 === 0);
}

function unwrap(cues: readonly (Cue | null)[]): (Cue | null)[] {
  // Marks with hours, or past the first hour, say themselves that they do not start again.
  if (cues.some((cue) => (cue?.seconds ?? 0) >= HOUR)) return [...cues];
  let hours = 0;
  let last = 0;
  return cues.map((cue) => {
    if (!cue || cue.seconds === null) return cue;
    if (cue.seconds < last - WRAP_DROP) hours += 1;
    last = cue.seconds;
    return hours === 0 ? cue : { ...cue, seconds: cue.seconds + hours * HOUR };
  });
}
