/** The interface's two shapes of error answers, and the gateway's in front of it. */
import type { ErrorItem } from '../../src/core/items.ts';
import { asNumber, type JsonRecord } from '../../src/core/json-page.ts';
import type { Page } from '../../src/core/source.ts';
import { text } from './setlist.ts';
import { kindOf } from './spider.ts';
import { isoTime } from './time.ts';

/** Pages whose 404 means "no rows". */
const LISTS = ['setlists', 'artists', 'venues', 'cities', 'countries'];

/**
 * The error that `answer` is, or null. `status` is a number in one shape and a text in the other, where the number is in `code`; the gateway
 * sends nothing but a message.
 */
export function readError(answer: JsonRecord, page: Page): ErrorItem | null {
  const status = asNumber(answer.status) ?? asNumber(answer.code);
  const isGateway = Object.keys(answer).length === 1 && typeof answer.message === 'string';
  if (!isGateway && (status === null || !('message' in answer || 'error' in answer))) return null;
  const path = text(answer.path) ?? pathOf(page.url);
  const code = text(answer.error) ?? (typeof answer.status === 'string' ? text(answer.status) : null);
  const found = status ?? page.status;
  return {
    kind: 'error',
    source: 'setlistfm',
    status: found,
    code,
    message: text(answer.message),
    extra: { timestamp: isoTime(answer.timestamp), path, meaning: meaningOf(found, path) },
  };
}

/** What the crawler should make of it. */
function meaningOf(status: number | null, path: string | null): string {
  if (status === 404) return meaningOf404(path);
  if (status === 401 || status === 403) return 'the key is missing or refused: check SETLISTFM_API_KEY';
  if (status === 429) return 'the quota of the key is used up: ask no more today';
  if (status !== null && status >= 500) return 'a fault of the interface: try again later';
  return 'a refused request';
}

function meaningOf404(path: string | null): string {
  const kind = path === null ? null : kindOf(path.replace(/^.*?\/1\.0\//, ''));
  if (kind !== null && LISTS.includes(kind)) return 'empty search result, not a fault: treat as zero rows';
  return kind === 'setlist' || kind === 'setlist-version' ? 'gone: there is no such setlist any more' : 'not found';
}

function pathOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).pathname : null;
}
