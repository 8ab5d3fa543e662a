/** Refusals and error answers. Status and code of Apple's own errors are texts; a refused token answers in plain text or with nothing. */
import type { ErrorItem } from '../../src/core/items.ts';
import { asRecord, asText, type JsonRecord } from '../../src/core/json-page.ts';
import { fold } from '../../src/core/text.ts';

const LONGEST_MESSAGE = 200;

export function catalogueError(entry: unknown): ErrorItem {
  const error = asRecord(entry);
  const status = Number(asText(error.status) ?? Number.NaN);
  const [title, detail] = [asText(error.title), asText(error.detail)];
  return errorItem(Number.isInteger(status) ? status : null, asText(error.code), detail ?? title, {
    id: asText(error.id),
    title,
    parameter: asText(asRecord(error.source).parameter),
  });
}

export function itunesError(answer: JsonRecord, status: number | null): ErrorItem {
  return errorItem(status, null, asText(answer.errorMessage), {});
}

/** The error a body without JSON stands for; null when nothing says that it is one. */
export function plainError(text: string, status: number | null): ErrorItem | null {
  const message = fold(text.slice(0, LONGEST_MESSAGE * 4))?.slice(0, LONGEST_MESSAGE) ?? null;
  const unauthorized = message !== null && /^unauthorized\.?$/i.test(message);
  const refused = status ?? (unauthorized ? 401 : null);
  return refused !== null && refused >= 400 ? errorItem(refused, null, message, {}) : null;
}

function errorItem(
  status: number | null,
  code: string | null,
  message: string | null,
  said: Record<string, unknown>,
): ErrorItem {
  // 403 is not among them: the token has run out or was revoked, and only a new one helps.
  const retryable = status !== null && (status === 429 || status >= 500);
  return { kind: 'error', source: 'applemusic', status, code, message, extra: { ...said, retryable } };
}
