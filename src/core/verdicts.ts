/** What an answer can be. `verdict.ts` judges which it is. */

export const VERDICTS = [
  /** A page of the source with what it exists for. */
  'ok',
  /** The source says that there is nothing: a search without hits, a set without rows yet, a kind of page that is not read. */
  'empty',
  /** 304: as it was. */
  'unchanged',
  /** It leads on to another page of the source. */
  'moved',
  /** There is no such page. */
  'not-found',
  /** There was one, and it will not come back. */
  'gone',
  /** We were asked to wait. */
  'throttled',
  /** It did not come whole. */
  'truncated',
  /** Its bytes cannot be read: another encoding, too large, broken compression. */
  'unreadable',
  /** The answer is an error, whatever its status. */
  'soft-error',
  /** The source refuses us: a challenge, a limit, a login, 401 or 403. */
  'block',
  /** False data, given to those who are taken for scrapers. */
  'decoy',
  /** Not the page that its parser knows. */
  'layout-drift',
  /** The source cannot answer: 5xx, no connection. */
  'source-outage',
  /** We may not or cannot ask: another host, a private address, no browser. */
  'unfetchable',
] as const;
export type Verdict = (typeof VERDICTS)[number];
