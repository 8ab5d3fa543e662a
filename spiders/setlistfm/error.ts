/** The interface's two shapes of error answers, the gateway's in front of it, and refusals without any JSON. */
import type { ErrorItem } from '../../src/core/items.ts';
import { asNumber, type JsonRecord } from '../../src/core/json-page.ts';
import type { Page } from '../../src/core/source.ts';
import { fold } from '../../src/core/text.ts';
import { kindOf } from './spider.ts';
import { isoTime, text } from './values.ts';

/** Pages whose 404 means "no rows". */
const LISTS = ['setlists', 'artists', 'venues', 'cities', 'countries'];
const LONGEST_MESSAGE = 200;

/** The gateway's own words for its statuses, which stand in no body. */
const GATEWAY: readonly (readonly [RegExp, number])[] = [
  [/^(?:forbidden|missing authentication token)$/i, 403],
  [/^(?:limit exceeded|too many requests)$/i, 429],
  [/^(?:internal server error)$/i, 500],
  [/^(?:endpoint request timed out)$/i, 504],
];

/**
 * The error that `answer` is, or null. `status` is a number in one shape and a text in the other, where the number is in `code`; the gateway
 * sends nothing but a message.
 */
export function readError(answer: JsonRecord, page: Page): ErrorItem | null {
  const status = asNumber(answer.status) ?? asNumber(answer.code);
  const isGateway = Object.keys(answer).length === 1 && 'message' in answer;
  if (!isGateway && (status === null || !('message' in answer || 'error' in answer))) return null;
  const message = text(answer.message);
  const code = text(answer.error) ?? (typeof answer.status === 'string' ? text(answer.status) : null);
  const found = status ?? page.status ?? statusOf(message);
  return errorItem(
    { status: found, code, message, timestamp: isoTime(answer.timestamp), path: text(answer.path) },
    page,
  );
}

/** The refusal that a body without JSON stands for; null when its status tells of none. */
export function readPlainError(body: string, page: Page): ErrorItem | null {
  if (page.status === null || page.status < 400) return null;
  const message = fold(body.slice(0, LONGEST_MESSAGE * 4))?.slice(0, LONGEST_MESSAGE) ?? null;
  return errorItem({ status: page.status, code: null, message, timestamp: null, path: null }, page);
}

interface Said {
  readonly status: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly timestamp: string | null;
  readonly path: string | null;
}

function errorItem({ status, code, message, timestamp, path: said }: Said, page: Page): ErrorItem {
  const path = said ?? pathOf(page.url);
  return {
    kind: 'error',
    source: 'setlistfm',
    status,
    code,
    message: message?.slice(0, LONGEST_MESSAGE) ?? null,
    extra: { timestamp, path, meaning: meaningOf(status, path) },
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

function statusOf(message: string | null): number | null {
  return GATEWAY.find(([pattern]) => message !== null && pattern.test(message))?.[1] ?? null;
}

function pathOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).pathname : null;
}
