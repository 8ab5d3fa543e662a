/** Numbers and times as people read them. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 1234567 as "1,234,567". */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** A noun with its number: "1 set", "2,000 sets". */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** How long ago, in one unit: "just now", "3 min ago", "5 h ago", "2 days ago"; "in 4 min" for what is to come. */
export function ago(then: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - then.getTime()) / 1000);
  const text = span(Math.abs(seconds));
  if (text === null) return 'just now';
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

function span(seconds: number): string | null {
  if (seconds < 10) return null;
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  return counted(Math.floor(seconds / DAY), 'day');
}

/** Seconds as a clock: "4:05", "1:02:03". */
export function clock(seconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(seconds / HOUR),
    Math.floor((seconds % HOUR) / MINUTE),
    Math.floor(seconds % MINUTE),
  ];
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** A cue as precisely as the page said it: minutes only ("62 min") where it names no seconds. */
export function cueText(seconds: number | null, granularity: string): string | null {
  if (seconds === null) return null;
  return granularity === 'minute' ? `${Math.floor(seconds / MINUTE)} min` : clock(seconds);
}

/** "Title (Version)". */
export function titleText(title: string | null, mixName: string | null): string {
  return mixName === null ? (title ?? 'ID') : `${title ?? 'ID'} (${mixName})`;
}
