/** The sandbox's day. Without a clock all of the world is there at once; with one, sets appear as its days pass, and some posts go again. */

/** The day that it is in the sandbox, "2024-06-01"; null for a sandbox without a clock, where everything has happened. */
export type Today = string | null;

export interface ClockOptions {
  /** First day, "2024-06-01". */
  readonly from: string;
  /** Days that pass in a real second; 0 stops at the first. */
  readonly daysPerSecond: number;
}

const DAY_MS = 86_400_000;

export function createCalendar(clock: ClockOptions | undefined, startedAt: number): (now: number) => Today {
  if (clock === undefined) return () => null;
  const first = Date.parse(`${clock.from}T00:00:00Z`);
  if (Number.isNaN(first))
    throw new RangeError(`the sandbox's clock starts on "${clock.from}", expected a day such as 2024-06-01`);
  return (now) => isoDay(first + ((now - startedAt) / 1_000) * clock.daysPerSecond * DAY_MS);
}

/** Whether what happened on `day` can be seen today. */
export function hasHappened(day: string, today: Today): boolean {
  return today === null || day <= today;
}

/** The day that is `days` after a moment in seconds since 1970. */
export function dayAfter(seconds: number, days: number): string {
  return isoDay(seconds * 1_000 + days * DAY_MS);
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Those of the things that have happened. */
export function happened<T extends { readonly date: string }>(things: readonly T[], today: Today): readonly T[] {
  return today === null ? things : things.filter(({ date }) => hasHappened(date, today));
}
