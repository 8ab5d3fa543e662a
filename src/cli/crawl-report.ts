/** What came of a crawl, for people and for scripts. */
import type { ConfigError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import type { Queryable } from '../platform/database.ts';
import { countAnswers } from '../repositories/fetches.ts';
import { countRequests } from '../repositories/frontier.ts';
import { type CatalogueSummary, readSummary } from '../repositories/summary.ts';
import { printJson, printLine } from './output.ts';

export interface CrawlReport {
  readonly via: string;
  /** Of this run, by verdict. */
  readonly answers: Readonly<Record<string, number>>;
  /** Of the source, all runs, by state. */
  readonly requests: Readonly<Record<string, number>>;
  /** Of those that are due. */
  readonly waitingForSettings: number;
  readonly summary: CatalogueSummary;
  readonly replay: { readonly pages: number; readonly unusable: number; readonly notInArchive: number } | null;
  /** Why the source is not asked any more since the crawl began; null while it may be. */
  readonly stopped: ConfigError | null;
}

type Counted = 'answers' | 'requests' | 'summary';

export async function readReport(
  db: Queryable,
  { source, runId, ...known }: Omit<CrawlReport, Counted> & { source: Source; runId: string },
): Promise<CrawlReport> {
  const { name } = source.facts;
  const answers = await countAnswers(db, { source: name, runId });
  return { ...known, answers, summary: await readSummary(db, [name]), requests: await countRequests(db, name) };
}

export function printReport({ facts }: Source, report: CrawlReport, json: boolean): void {
  if (json) printJson(asJson(facts.name, report));
  else for (const line of lines(facts, report)) printLine(line);
}

function asJson(name: string, { summary, replay, stopped, ...told }: CrawlReport): object {
  const { sources, ...catalogue } = summary;
  const why = stopped === null ? null : { code: stopped.code, message: stopped.message, hint: stopped.hint };
  return { source: name, ...told, ...sources[name], catalogue, stopped: why, ...(replay === null ? {} : { replay }) };
}

/** What this run was answered first: the totals would hide that one page of a rescrape was not there. */
function lines({ name, title }: Source['facts'], report: CrawlReport): string[] {
  const { via, answers, requests, waitingForSettings, summary, replay, stopped } = report;
  const { documents = 0, items = 0, quarantined = 0 } = summary.sources[name] ?? {};
  return [
    `${title} (${via}): ${inWords(answers) || 'nothing was asked'}`,
    ...(replay === null
      ? []
      : [
          `  ${replay.pages} pages in the archive, ${replay.unusable} records unusable, ${replay.notInArchive} pages asked for that it does not hold`,
        ]),
    `  in all ${documents} documents, ${items} items, ${quarantined} in quarantine; requests: ${inWords(requests)}`,
    ...(waitingForSettings === 0
      ? []
      : [`  ${waitingForSettings} of them wait for settings: \`musicdb source show ${name}\``]),
    ...(stopped === null ? [] : [`  not finished: ${stopped.message}`, `  ${stopped.hint}`]),
  ];
}

function inWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}
