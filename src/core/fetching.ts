/** How pages reach a spider: one interface, several layers behind it (network, sandbox, archive). */
import type { PageRequest } from './parse-result.ts';

/** How a page came to us. */
export type Via = 'live' | 'sandbox' | 'import' | 'replay';

/** A request as it was sent. */
export interface SentRequest {
  readonly method: 'GET' | 'POST';
  /** Credentials (Authorization, Cookie, keys) are "[redacted]". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** One hop on the way to the answer. */
export interface Redirect {
  /** Address that redirected. */
  readonly url: string;
  readonly status: number;
  /** The Location header as received. */
  readonly location: string;
  readonly remoteAddress: string | null;
}

/** Why the bytes of a body cannot be read: `BAD_ENCODING`, `BOMB`, or `TRUNCATED` when the connection or the page's time ended before they did. */
export interface BodyFault {
  readonly code: string;
  readonly message: string;
}

/** A page as received. */
export interface FetchedPage {
  /** Address that was asked. */
  readonly url: string;
  /** Address that answered, after redirects. */
  readonly finalUrl: string;
  /** As sent on the first hop. */
  readonly request: SentRequest;
  /** Version that was spoken, e.g. "1.1". */
  readonly httpVersion: string;
  readonly status: number;
  /** Reason phrase, often "". */
  readonly statusText: string;
  /** Names in lower case, repeats joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** As received: order, case and repeats kept; one character a byte. Holds cookies: never logged. */
  readonly rawHeaders: readonly (readonly [string, string])[];
  /** Bytes as received, content-encoding still on: what the archive keeps. */
  readonly rawBody: Buffer;
  /** Content-Encoding of `rawBody`, null when it is plain. */
  readonly contentEncoding: string | null;
  /** Bytes with the content-encoding undone: what parsers read. Empty when there is a `bodyFault`. */
  readonly body: Buffer;
  /** Why the content-encoding could not be undone, null when it could. Such a page is kept, unread. */
  readonly bodyFault: BodyFault | null;
  readonly redirects: readonly Redirect[];
  /** Address connected to (a proxy's, where one was used), null when nothing was connected. */
  readonly remoteAddress: string | null;
  readonly durationMs: number;
  readonly fetchedAt: Date;
}

/** What an answer says of itself, null where it says nothing: sent back when the page is asked for again, so that an unchanged one costs no body. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** One look at a listing, from its first page to its last: what a cursor is moved by. */
export interface ListingWindow {
  readonly cursor: string;
  /** What the cursor reaches when the last page of the look has landed: the moment at which the look began, ISO 8601. */
  readonly until: string;
}

/** A request taken from the frontier; `token` fences it: an old holder's result is refused. */
export interface LeasedRequest extends PageRequest, Validators {
  readonly id: number;
  readonly token: number;
  readonly depth: number;
  readonly attempts: number;
  /** The listing window that this page is part of; null for every other page. */
  readonly window: ListingWindow | null;
}
