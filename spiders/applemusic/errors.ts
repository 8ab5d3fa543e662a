/** Refusals and error answers. Status and code of Apple's own errors are texts; a refused token answers in plain text or with nothing. */
import type { ErrorItem } from '../../src/core/items.ts';
import { asRecord, asText, type JsonRecord } from '../../src/core/json-page.ts';
import type { Page } from '../../src/core/source.ts';
import { fold } from '../../src/core/text.ts';
import { isItunes } from './spider.ts';

const LONGEST_MESSAGE = 200;

/** One error of the catalogue's list; `answered` is the answer's own status, for errors that name none. */
export function catalogueError(entry: unknown, answered: number | null): ErrorItem {
  const error = asRecord(entry);
  const status = /^\d{3}$/.exec(asText(error.status) ?? '')?.[0];
  const [title, detail] = [asText(error.title), asText(error.detail)];
  return errorItem(status === undefined ? answered : Number(status), asText(error.code), detail ?? title, {
    id: asText(error.id),
    title,
    parameter: asText(asRecord(error.source).parameter),
  });
}

export function itunesError(answer: JsonRecord, status: number | null): ErrorItem {
  return errorItem(status, null, asText(answer.errorMessage), {});
}

/** The error that a body without anything readable stands for; null when nothing says that it is one. */
export function plainError(text: string, { status, url }: Pick<Page, 'status' | 'url'>): ErrorItem | null {
  const message = fold(text.slice(0, LONGEST_MESSAGE * 4).replace(/<[^>]*>/g, ' '));
  const unauthorized = message !== null && /^unauthorized\.?$/i.test(message);
  const refused = status ?? (unauthorized ? 401 : null);
  if (refused === null || refused < 400) return null;
  const error = errorItem(refused, null, message, {});
  // The look-up knows no keys: by 403 it refuses whoever asks too often, and answers again later.
  if (refused === 403 && url !== null && isItunes(url)) error.extra.retryable = true;
  return error;
}

function errorItem(
  status: number | null,
  code: string | null,
  message: string | null,
  said: Record<string, unknown>,
): ErrorItem {
  // 403 is not among them: the token has run out or was revoked, and only a new one helps.
  const retryable = status !== null && (status === 429 || status >= 500);
  return {
    kind: 'error',
    source: 'applemusic',
    status,
    code,
    message: message?.slice(0, LONGEST_MESSAGE) ?? null,
    extra: { ...said, retryable },
  };
}
