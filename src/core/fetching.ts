/** How pages reach a spider: one interface, several layers behind it (network, sandbox, archive). */
import type { PageRequest } from './source.ts';

/** How a page came to us. */
export type Via = 'live' | 'sandbox' | 'import' | 'replay';

/** A page as received. */
export interface FetchedPage {
  /** Address that was asked. */
  readonly url: string;
  /** Address that answered, after redirects. */
  readonly finalUrl: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes as received, content-encoding still on: what the archive keeps. */
  readonly rawBody: Buffer;
  /** Content-Encoding of `rawBody`, null when it is plain. */
  readonly contentEncoding: string | null;
  /** Bytes with the content-encoding undone: what parsers read. */
  readonly body: Buffer;
  readonly redirects: readonly { readonly url: string; readonly status: number }[];
  /** Address connected to, null when nothing was connected. */
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
}
