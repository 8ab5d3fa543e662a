/** A page as its source's facts judge it: its verdict, what of it may land, and what is watched of it. */
import type { Item } from '../src/core/items.ts';
import { contractByItems, measuresOf, vanishedField } from '../src/core/page-contract.ts';
import type { ParseResult } from '../src/core/parse-result.ts';
import type { Source } from '../src/core/source.ts';
import { type Judgement, judge } from '../src/core/verdict.ts';

/** How much of a body is looked at for the words of a page that is out of order, bytes. */
const START_BYTES = 4_000;

export interface PageToJudge {
  /** The source's word for the kind of page that was asked for; null when unknown. */
  readonly kind: string | null;
  /** Address that was asked, and the one that answered; null when unknown. */
  readonly url: string | null;
  readonly finalUrl: string | null;
  /** Null when unknown. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly result: ParseResult;
  /** Fields that vanished from the latest pages of this kind, with the least share that a page must say. */
  readonly alarms?: Readonly<Record<string, number>> | undefined;
}

export interface JudgedPage {
  readonly judgement: Judgement;
  /** Null where the kind of page is unknown. */
  readonly measures: Record<string, number> | null;
  readonly items: readonly Item[];
}

export function judgePage({ facts, ...source }: Source, page: PageToJudge): JudgedPage {
  const { kind, status, headers, result, url, finalUrl } = page;
  const movedTo = url !== null && finalUrl !== null && isOther(source, url, finalUrl) ? finalUrl : null;
  const target = movedTo === null ? null : source.requestFor(movedTo);
  const known = kind === null ? undefined : facts.contracts[target?.kind ?? kind];
  const contract = known ?? contractByItems(facts.contracts, result.items);
  const start = Buffer.from(page.body.buffer, page.body.byteOffset, Math.min(page.body.byteLength, START_BYTES));
  const judgement = judge({ status, headers, result, start: start.toString('latin1'), movedTo }, contract);
  // Led to an address that is no page of the source (a search, a front page): what it shows is not what was asked for.
  const isStray = judgement.verdict === 'moved' && movedTo !== null && target === null;
  const measures = known === undefined || movedTo !== null ? null : measuresOf(result.items, known);
  const vanished =
    known === undefined || judgement.verdict !== 'ok' ? null : vanishedField(measures ?? {}, known, page.alarms ?? {});
  return {
    judgement: vanished === null ? judgement : { verdict: 'layout-drift', reason: vanished },
    measures,
    items: isStray ? [] : result.items,
  };
}

function isOther({ normaliseUrl }: Pick<Source, 'normaliseUrl'>, asked: string, answered: string): boolean {
  return asked !== answered && normaliseUrl(asked) !== normaliseUrl(answered);
}
