/** What a source is: facts as data, a pure parser, and the links between its pages. */

import type { PageContracts } from './page-contract.ts';
import type { PageRequest, ParseResult } from './parse-result.ts';
import type { SeedRule } from './seed-rule.ts';
import type { SourceName } from './source-name.ts';
import type { Credentials, TokenPlan } from './tokens.ts';

/** What a parser is given. Parsers are pure: the same page always gives the same result, and they never throw on any bytes. */
export interface Page {
  /** Body after content-encoding was undone, before any character decoding. */
  readonly body: Uint8Array;
  /** Address the page was asked at, null when unknown (a saved file, standard input). */
  readonly url: string | null;
  /** HTTP status, null when unknown. */
  readonly status: number | null;
  /** Content-Type header, null when unknown. */
  readonly contentType: string | null;
  /** When the page was received, ISO 8601 UTC; null when unknown. The only clock a parser may use. */
  readonly fetchedAt: string | null;
}

export type Parser = (page: Page) => ParseResult;

/** A condition that must hold before a source, or some of its hosts, is asked anything over the network. */
export interface AccessCondition {
  /** Environment variable that fulfils it, e.g. `SETLISTFM_API_KEY`. */
  readonly variable: string;
  /** Why the source needs it, one sentence for the operator. */
  readonly why: string;
  /** Regular expression that a usable value matches; absent where any value will do. */
  readonly pattern?: string;
  /** The source's hosts that it is for: the others are asked without it. Absent: all of them. */
  readonly hosts?: readonly string[];
}

/** So many requests at most in any stretch of so many milliseconds. */
export interface RequestWindow {
  readonly requests: number;
  readonly perMs: number;
  /** The host it is for; null for all of the source's together. */
  readonly host: string | null;
}

/** Everything an operator should know of a source before running it. Shown by `musicdb list`. */
export interface SourceFacts {
  readonly name: SourceName;
  /** Name as people write it, e.g. `setlist.fm`. */
  readonly title: string;
  readonly homepage: string;
  /** `api`: official interface; `web`: public pages; `rendered`: pages that need a browser. */
  readonly accessMode: 'api' | 'web' | 'rendered';
  /** True while no real page of the source has been seen by its parser. */
  readonly experimental: boolean;
  /** Hosts this source may be asked at; every redirect is checked against them too. */
  readonly hosts: readonly string[];
  readonly conditions: readonly AccessCondition[];
  /**
   * Variable whose value the source counts our requests by (a key, a client); null where it sees an address only, as the hosts do that the
   * variable's condition is not for.
   */
  readonly credential: string | null;
  /** Whether its robots.txt is asked for and obeyed. */
  readonly robots: {
    /** `obey` for pages and everything crawlers are meant by; `api` for an interface under terms of its own. */
    readonly policy: 'obey' | 'api';
    readonly why: string;
    /** Paths that the site's operator may open to us beyond robots.txt: `variable` is set once that was agreed. */
    readonly agreement?: { readonly variable: string; readonly path: string; readonly why: string };
  };
  readonly terms: {
    readonly url: string | null;
    readonly summary: string;
    readonly licence: string | null;
    readonly attribution: string | null;
  };
  readonly limits: {
    /** Smallest time between two request starts, milliseconds. */
    readonly minDelayMs: number;
    readonly maxConcurrency: number;
    /** Requests in 24 hours, null where the source names no number. */
    readonly perDay: number | null;
    /** Further limits over a time that moves along; none of them is ever exceeded, by all processes together. */
    readonly windows: readonly RequestWindow[];
  };
  /** Milliseconds between two scheduled looks at the seeds. */
  readonly scheduleEveryMs: number;
  /** Kinds of page its parser reads. */
  readonly pageKinds: readonly string[];
  /** What the source has and we do not ask for or read, and why: a sentence each, for the operator. */
  readonly gaps: readonly string[];
  /** What a good page of each kind holds. */
  readonly contracts: PageContracts;
}

/** One source: facts (index.ts), links (spider.ts), parser (parser.ts). */
export interface Source {
  readonly facts: SourceFacts;
  readonly parse: Parser;
  /** Pages to start from when nobody named one. */
  seeds(): PageRequest[];
  /** The request for an address, of the source or of its website; null for every other text, and for pages that are never asked for. */
  requestFor(url: string): PageRequest | null;
  /** What a person may give `crawl --seed` and `rescrape`, in the order in which it is tried and shown. */
  readonly seedRules: readonly SeedRule[];
  /** Words for seeds that every source should know, and this one cannot: why. Empty where it knows them all. */
  readonly unsupportedSeeds: Readonly<Record<string, string>>;
  /**
   * Pages that list what changed since a moment, with an overlap so that two looks in a row leave no gap between them. Sources without
   * such a listing leave it out.
   */
  changesSince?(date: Date): PageRequest[];
  /** Identity of an address within the source: same page, same text (scheme, tracking parameters, slugs and order folded away). */
  normaliseUrl(url: string): string;
  /**
   * Request headers beside the User-Agent (keys, tokens, Accept).
   * @throws PermanentError for a request that may not be made with these credentials.
   */
  headers(request: PageRequest, credentials: Credentials): Record<string, string>;
  /**
   * The form that a request sends, by POST and urlencoded; null for those that only ask, and left out by sources without forms. Its address holds the
   * form behind "#": no request line carries that, and each form is a page of its own to frontier, archive and replay.
   */
  formOf?(request: PageRequest): string | null;
  /** How posts are asked for that may be deleted by now; sources whose deletions need not be followed leave it out. */
  readonly existenceChecks?: {
    /** Kind of these requests. */
    readonly kind: string;
    /** Requests whose answers tell which of these posts still exist. */
    requests(ids: readonly string[]): PageRequest[];
  };
  /** How the access token comes about that `headers` puts into every request; sources without one leave it out. */
  readonly token?: TokenPlan;
  /** Whether a page of this kind must be rendered by a browser. */
  needsBrowser(request: PageRequest): boolean;
}
