/** The record of an exchange: what was asked and how it was answered, beside the body, so that both messages can be written again. */
import type { BodyFault, FetchedPage, Redirect, SentRequest } from './fetching.ts';

/** Kept with a fetch as one JSON text. Holds no credentials and no values of cookies. */
export interface Exchange {
  /** Null when it is not known (a WARC without request records). */
  readonly request: SentRequest | null;
  /** Version that was spoken, e.g. "1.1". */
  readonly httpVersion: string;
  /** Reason phrase, often "". */
  readonly statusText: string;
  /** As received: order, case and repeats kept; one character a byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly redirects: readonly Redirect[];
  /** Why the body cannot be read, null when it can. */
  readonly bodyFault: BodyFault | null;
}

export function exchangeOf(page: FetchedPage): Exchange {
  const { request, httpVersion, statusText, rawHeaders, redirects, bodyFault } = page;
  return { request, httpVersion, statusText, headers: withoutSecrets(rawHeaders), redirects, bodyFault };
}

/** Headers without the values of cookies: who has one may act in its session. */
export function withoutSecrets(headers: Exchange['headers']): Exchange['headers'] {
  return headers.map(([name, value]) =>
    /^set-cookie2?$/i.test(name) ? [name, value.replace(/=[^;]*/, '=[redacted]')] : [name, value],
  );
}
