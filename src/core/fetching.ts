/** How pages reach a spider: one interface, several layers behind it (network, sandbox, archive). */
import type { PageRequest } from './source.ts';

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

/** Why the bytes of a body cannot be read: `BAD_ENCODING` or `BOMB`. */
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
  /** Why the content-encoding could not be undone, null when it could. Such a page is archived and then refused. */
  readonly bodyFault: BodyFault | null;
  readonly redirects: readonly Redirect[];
  /** Address connected to (a proxy's, where one was used), null when nothing was connected. */
  readonly remoteAddress: string | null;
  readonly durationMs: number;
  readonly fetchedAt: Date;
}

/** A request taken from the frontier; `token` fences it: an old holder's result is refused. */
export interface LeasedRequest extends PageRequest {
  readonly id: number;
  readonly token: number;
  readonly depth: number;
  readonly attempts: number;
  /** What the last good answer said of itself, null where it said nothing: sent back, so that an unchanged page costs no body. */
  readonly etag: string | null;
  readonly lastModified: string | null;
}
