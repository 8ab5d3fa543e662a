/**
 * What pages hold, counted as they land: answers by verdict, and what pages of a kind usually hold against what they held lately. A layout
 * that changed does not always break a page's contract: a field that vanishes from all pages of a kind is seen here.
 */
import type { Verdict } from '../core/verdicts.ts';
import type { Queryable } from '../platform/database.ts';
import { appendEvents } from './events.ts';

/** Pages that the usual mean goes back over, and the recent one. */
const USUAL_PAGES = 100;
const RECENT_PAGES = 5;
/** Fewer pages than this have no usual yet. */
const MIN_PAGES = 20;
/** A measure below this share of its usual is an alarm (about ten pages in a row without it); above the second, it is over. */
const ALARM_BELOW = 0.15;
const OVER_ABOVE = 0.5;
/** Fields rarer than this are not watched: ten pages in a row lack them by chance. */
const RAREST = 0.2;

export interface CountedPage {
  readonly source: string;
  readonly via: string;
  readonly verdict: Verdict;
}

/** Counts answers by what they were. */
export async function countVerdicts(tx: Queryable, pages: readonly CountedPage[]): Promise<void> {
  const counts = new Map<string, { page: CountedPage; count: number }>();
  for (const page of pages) {
    const key = `${page.source} ${page.via} ${page.verdict}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { page, count: 1 });
    else known.count += 1;
  }
  if (counts.size === 0) return;
  // In one order, so that two landings cannot wait for each other.
  const rows = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await tx.query({
    name: 'page-verdicts-count',
    text: `insert into page_verdicts as v (source, via, verdict, pages) select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
           on conflict (source, via, verdict) do update set pages = v.pages + excluded.pages`,
    values: [
      rows.map(({ page }) => page.source),
      rows.map(({ page }) => page.via),
      rows.map(({ page }) => page.verdict),
      rows.map(({ count }) => count),
    ],
  });
}

/** Where a source was asked so far, be it in vain: its real site, or the sandbox that plays it; null when nowhere. What was imported came from neither. */
export async function readWeb(db: Queryable, source: string): Promise<'live' | 'sandbox' | null> {
  const { rows } = await db.query<{ via: 'live' | 'sandbox' }>({
    name: 'page-verdicts-web',
    text: `(select via from page_verdicts where source = $1 and via in ('live', 'sandbox') order by via limit 1)
           union all (select via from request_ledger where source = $1 and via in ('live', 'sandbox') order by started_at limit 1) limit 1`,
    values: [source],
  });
  return rows[0]?.via ?? null;
}

export interface MeasuredPage {
  readonly source: string;
  readonly kind: string;
  /** By name: a number of items, or the share that says a field. */
  readonly measures: Readonly<Record<string, number>>;
}

interface Changed {
  readonly source: string;
  readonly kind: string;
  readonly measure: string;
  readonly usual: number;
  readonly recent: number;
  readonly isAlarm: boolean;
}

/** Takes what pages held into the means of their kinds. Returns how many measures fell so far that it is an alarm now. */
export async function recordYields(tx: Queryable, pages: readonly MeasuredPage[], now: Date): Promise<number> {
  const rows = meansOf(pages);
  if (rows.length === 0) return 0;
  const { rows: changed } = await tx.query<Changed>({
    name: 'page-yields-record',
    // The means of a batch of n pages weigh as n pages one by one would, about.
    text: `with batch as (
             select b.*, y.alarm_since as was from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::float8[]) as b (source, kind, measure, pages, mean)
             left join page_yields y using (source, kind, measure)),
           stored as (
             insert into page_yields as y (source, kind, measure, pages, usual, recent, measured_at)
             select source, kind, measure, pages, mean, mean, $6 from batch
             on conflict (source, kind, measure) do update set
               pages = y.pages + excluded.pages,
               usual = case when y.alarm_since is null then y.usual + least(1, excluded.pages::float8 / least(y.pages + excluded.pages, ${USUAL_PAGES})) * (excluded.usual - y.usual) else y.usual end,
               recent = y.recent + (1 - power(1 - 1.0 / ${RECENT_PAGES}, excluded.pages::float8)) * (excluded.recent - y.recent),
               alarm_since = case
                 when y.alarm_since is null and y.pages >= ${MIN_PAGES} and y.usual >= ${RAREST}
                   and y.recent + (1 - power(1 - 1.0 / ${RECENT_PAGES}, excluded.pages::float8)) * (excluded.recent - y.recent) < ${ALARM_BELOW} * y.usual then $6
                 when y.recent + (1 - power(1 - 1.0 / ${RECENT_PAGES}, excluded.pages::float8)) * (excluded.recent - y.recent) > ${OVER_ABOVE} * y.usual then null
                 else y.alarm_since end,
               measured_at = $6
             returning source, kind, measure, usual, recent, alarm_since)
           select s.source, s.kind, s.measure, s.usual, s.recent, s.alarm_since is not null as "isAlarm"
           from stored s join batch b using (source, kind, measure) where (b.was is null) <> (s.alarm_since is null)`,
    values: [
      rows.map(({ source }) => source),
      rows.map(({ kind }) => kind),
      rows.map(({ measure }) => measure),
      rows.map(({ pages: count }) => count),
      rows.map(({ mean }) => mean),
      now,
    ],
  });
  await appendEvents(tx, changed.map(eventOf), now);
  return changed.filter(({ isAlarm }) => isAlarm).length;
}

function eventOf({ source, kind, measure, usual, recent, isAlarm }: Changed) {
  const name = isAlarm ? ('yield.dropped' as const) : ('yield.recovered' as const);
  return { source, name, runId: null, detail: { kind, measure, usual: round(usual), recent: round(recent) } };
}

interface Mean {
  readonly source: string;
  readonly kind: string;
  readonly measure: string;
  readonly pages: number;
  readonly mean: number;
}

/** In one order, so that two landings cannot wait for each other. */
function meansOf(pages: readonly MeasuredPage[]): Mean[] {
  const sums = new Map<string, { source: string; kind: string; measure: string; pages: number; sum: number }>();
  for (const { source, kind, measures } of pages) {
    for (const [measure, value] of Object.entries(measures)) {
      const key = `${source}\u001f${kind}\u001f${measure}`;
      const known = sums.get(key) ?? { source, kind, measure, pages: 0, sum: 0 };
      sums.set(key, { ...known, pages: known.pages + 1, sum: known.sum + value });
    }
  }
  return [...sums.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { sum, ...of }]) => ({ ...of, mean: sum / of.pages }));
}

export interface PageYield {
  readonly kind: string;
  readonly measure: string;
  readonly pages: number;
  readonly usual: number;
  readonly recent: number;
  readonly alarmSince: Date | null;
}

/** By kind and measure; `items` before the fields. */
export async function readYields(db: Queryable, source: string): Promise<PageYield[]> {
  const { rows } = await db.query<PageYield>(
    `select kind, measure, pages, usual, recent, alarm_since as "alarmSince" from page_yields where source = $1
     order by kind, measure <> 'items', measure`,
    [source],
  );
  return rows;
}

/** Fields in alarm by kind of page, each with the share below which a page lacks it. */
export async function readAlarms(db: Queryable, source: string): Promise<Map<string, Record<string, number>>> {
  const alarms = new Map<string, Record<string, number>>();
  for (const { kind, measure, usual, alarmSince } of await readYields(db, source)) {
    if (alarmSince !== null) alarms.set(kind, { ...alarms.get(kind), [measure]: usual * ALARM_BELOW });
  }
  return alarms;
}

function round(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}
