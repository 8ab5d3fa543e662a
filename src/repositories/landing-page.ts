/** A page on its way into the database, with all that was read in it. */
import type { Exchange } from '../core/exchange.ts';
import type { Via } from '../core/fetching.ts';
import type { Item } from '../core/items.ts';
import type { Problem } from '../core/parse-result.ts';
import type { Judgement } from '../core/verdict.ts';
import type { FinishedLease, FrontierRequest } from './frontier.ts';

/** What was stored in the archive, on its way to a row. */
export interface ArchivedDocument {
  /** SHA-256 of the bytes as received. */
  readonly digest: Buffer;
  readonly sizeBytes: number;
  readonly storedBytes: number;
  /** Stores the bytes once more: an erasure may take them away before the row is there. */
  readonly storeAgain: () => Promise<unknown>;
}

/** A page fetched, archived and parsed, ready to be stored. */
export interface LandingPage {
  readonly source: string;
  readonly via: Via;
  readonly url: string | null;
  readonly finalUrl: string | null;
  readonly kind: string | null;
  readonly status: number | null;
  /** Content-Type header; null when unknown. */
  readonly contentType: string | null;
  /** Null for what did not come over HTTP. */
  readonly exchange: Exchange | null;
  readonly remoteAddress: string | null;
  readonly durationMs: number | null;
  readonly fetchedAt: Date;
  readonly runId: string | null;
  readonly document: ArchivedDocument & { readonly contentEncoding: string | null };
  /** What the page is: of one that is no data, nothing goes on. */
  readonly judgement: Judgement;
  /** What is watched of its kind; null where the kind is unknown. */
  readonly measures: Readonly<Record<string, number>> | null;
  readonly items: readonly Item[];
  readonly problems: readonly Problem[];
  readonly requests: readonly FrontierRequest[];
  /** The lease it was fetched under; null for imports. */
  readonly lease: FinishedLease | null;
}
