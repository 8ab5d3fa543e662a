/**
 * What an answer is: exactly one verdict, by its status, its headers, what its parser read and what a good page of its kind must hold.
 * Order matters. A marker alone proves nothing (good pages carry a challenge's markup too), so what was read comes first.
 */

import type { Item } from './items.ts';
import { breachOf, type PageContract } from './page-contract.ts';
import type { ParseResult } from './parse-result.ts';
import type { Verdict } from './verdicts.ts';

export interface Judgement {
  readonly verdict: Verdict;
  /** For people: what led to it; null for a good page. For a block its kind, e.g. `captcha`. */
  readonly reason: string | null;
}

export interface Answer {
  /** Null when unknown (a saved page). */
  readonly status: number | null;
  /** Names in lower case; empty when unknown. */
  readonly headers: Readonly<Record<string, string>>;
  readonly result: ParseResult;
  /** How the body begins, as text: looked at only where nothing was read from it. */
  readonly start: string;
  /** Where the answer came from, when that is another page than the one asked for. */
  readonly movedTo: string | null;
}

/** Verdicts whose pages are data. Of all others nothing goes on to the catalogue; the document is kept. */
export const USABLE: ReadonlySet<Verdict> = new Set(['ok', 'empty', 'unchanged', 'moved']);

/** Verdicts of answers that tell nothing of what was asked for: kept for a while as evidence, for people. */
const REFUSALS: ReadonlySet<Verdict> = new Set(['throttled', 'block', 'source-outage']);

/** Verdicts of answers that are no page of what was asked for, good or doubtful: nothing can be read in them, now or by a better parser. */
export const NO_PAGE: readonly Verdict[] = [
  'unchanged',
  'throttled',
  'truncated',
  'soft-error',
  'block',
  'source-outage',
  'unfetchable',
];

const STATUS_VERDICTS: Readonly<Record<number, Verdict>> = {
  401: 'block',
  403: 'block',
  404: 'not-found',
  408: 'source-outage',
  410: 'gone',
  425: 'source-outage',
  429: 'throttled',
  503: 'throttled',
};

/** What a parser's word about a page without items stands for; every other word means that the layout changed. */
const PROBLEM_VERDICTS: Readonly<Record<string, Verdict>> = {
  empty: 'truncated',
  truncated: 'truncated',
  'not-text': 'unreadable',
  'bad-encoding': 'unreadable',
  bomb: 'unreadable',
  'too-large': 'unreadable',
  'parser-fault': 'unreadable',
  'not-found': 'not-found',
  'source-outage': 'source-outage',
  'missing-tracks': 'empty',
  'not-read-yet': 'empty',
  fragment: 'empty',
  'needs-rendering': 'moved',
};

/** What servers write on a page that stands in for all others. */
const OUT_OF_ORDER = /maintenance|temporarily unavailable|internal server error|bad gateway|service unavailable/i;

/** @param contract of the page's kind; null when the kind is unknown. */
export function judge(answer: Answer, contract: PageContract | null): Judgement {
  return refusalOf(answer) ?? byStatus(answer, contract) ?? byContent(answer, contract) ?? whole(answer);
}

/** Whether a status alone says that this is no page: the server refuses us, asks us to wait, or cannot answer. */
export function isRefusal(status: number | null, contract: PageContract | null): boolean {
  return status !== null && status >= 400 && REFUSALS.has(verdictOfStatus(status, contract));
}

function refusalOf({ status, headers, result }: Answer): Judgement | null {
  if (status === 304) return { verdict: 'unchanged', reason: null };
  const block = result.items.find((item) => item.kind === 'block');
  if (block?.kind === 'block') return { verdict: 'block', reason: block.reason };
  const decoy = result.problems.find(({ code }) => code === 'decoy');
  if (decoy !== undefined) return { verdict: 'decoy', reason: decoy.message };
  const challenge = headers['cf-mitigated'] ?? headers['x-amzn-waf-action'];
  return challenge === undefined ? null : { verdict: 'block', reason: challenge.slice(0, 40) };
}

function byStatus({ status, result }: Answer, contract: PageContract | null): Judgement | null {
  const [error] = result.items.filter((item) => item.kind === 'error');
  const told = status ?? (hasData(result.items) ? null : (error?.status ?? null));
  if (told === null || told < 300) return null;
  const verdict = verdictOfStatus(told, contract);
  const message = error?.message ?? null;
  return { verdict, reason: `HTTP ${told}${message === null ? '' : `: ${message}`}` };
}

function verdictOfStatus(status: number, contract: PageContract | null): Verdict {
  return contract?.statuses?.[status] ?? STATUS_VERDICTS[status] ?? verdictOfClass(status);
}

function verdictOfClass(status: number): Verdict {
  if (status >= 500) return 'source-outage';
  return status < 400 ? 'moved' : 'soft-error';
}

function byContent({ result, start }: Answer, contract: PageContract | null): Judgement | null {
  const { items, problems } = result;
  const cut = problems.find(({ code }) => code === 'truncated');
  if (cut !== undefined) return { verdict: 'truncated', reason: cut.message };
  if (!hasData(items)) return outOfOrder(start, result) ?? withoutData(result, contract);
  const doubt = problems.find(({ code }) => contract?.doubts?.includes(code));
  const breach = doubt?.message ?? (contract === null ? null : breachOf(items, contract));
  return breach === null ? null : { verdict: 'layout-drift', reason: breach };
}

function outOfOrder(start: string, { problems }: ParseResult): Judgement | null {
  const isForeign = problems.some(({ code }) => code === 'unknown-shape' || code === 'layout-drift');
  const words = isForeign ? OUT_OF_ORDER.exec(start)?.[0] : undefined;
  return words === undefined ? null : { verdict: 'soft-error', reason: `the page says "${words}"` };
}

function withoutData({ items, problems, requests }: ParseResult, contract: PageContract | null): Judgement {
  const error = items.find((item) => item.kind === 'error');
  if (error?.kind === 'error') return { verdict: 'soft-error', reason: error.message ?? error.code ?? 'no message' };
  const [problem] = problems;
  if (problem !== undefined)
    return { verdict: PROBLEM_VERDICTS[problem.code] ?? 'layout-drift', reason: problem.message };
  const [next] = requests;
  if (next !== undefined) return { verdict: 'moved', reason: `leads on to ${next.url}` };
  const breach = contract === null ? null : breachOf(items, contract);
  return breach === null ? { verdict: 'empty', reason: null } : { verdict: 'layout-drift', reason: breach };
}

/** A whole page: with data, or saying that there is none. */
function whole({ result, movedTo }: Answer): Judgement {
  if (movedTo !== null) return { verdict: 'moved', reason: `leads on to ${movedTo}` };
  return { verdict: result.items.every(isHollow) ? 'empty' : 'ok', reason: null };
}

function hasData(items: readonly Item[]): boolean {
  return items.some(({ kind }) => kind !== 'error' && kind !== 'block');
}

function isHollow(item: Item): boolean {
  if (item.kind === 'listing') return item.entries.length === 0;
  return item.kind === 'media' && item.links.length === 0;
}
