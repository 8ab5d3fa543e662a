/** Dates as sources print them, brought to the partition key of a set: the first day of what is known. */

export type EventPrecision = 'day' | 'month' | 'year' | 'decade' | 'unknown';

export interface EventDate {
  /** "2024-11-01"; '0001-01-01' when nothing is known. */
  readonly eventDate: string;
  readonly precision: EventPrecision;
}

export const UNKNOWN_DATE: EventDate = { eventDate: '0001-01-01', precision: 'unknown' };

const FORM = /^(?<year>\d{4})(?:-(?<month>\d{2})(?:-(?<day>\d{2}))?)?$/;
const DECADE = /^(?<decade>\d{3})[Xx]$/;
/** Nobody recorded a set before. */
const FIRST_YEAR = 1900;
/** Announced shows are listed ahead of time; further ahead is a misread number. */
const YEARS_AHEAD = 5;

/**
 * Reads "2024-11-11", "2024-11", "2024", "200X" or null.
 * @param observedAt when the page was seen: dates far behind it are impossible
 * @returns null when the text is none of these, or names a day that does not exist
 */
export function parseEventDate(text: string | null, observedAt: Date): EventDate | null {
  if (text === null) return UNKNOWN_DATE;
  const decade = DECADE.exec(text)?.groups?.decade;
  const { year = decade === undefined ? undefined : `${decade}0`, month, day } = FORM.exec(text)?.groups ?? {};
  if (year === undefined) return null;
  const eventDate = `${year}-${month ?? '01'}-${day ?? '01'}`;
  const isPossible = Number(year) >= FIRST_YEAR && Number(year) <= observedAt.getUTCFullYear() + YEARS_AHEAD;
  if (!isPossible || !isCalendarDay(eventDate)) return null;
  if (decade !== undefined) return { eventDate, precision: 'decade' };
  return { eventDate, precision: day !== undefined ? 'day' : month !== undefined ? 'month' : 'year' };
}

function isCalendarDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
