/** ETag and Last-Modified, and the 304 that a caller gets who has the page already. */
import { createHash } from 'node:crypto';
import type { SiteRequest, SiteResponse } from './sites/site.ts';

/** The answer with its ETag, or a 304 when the caller's copy is this one. Only pages that were found have one. */
export function revalidated(answer: SiteResponse, { method, headers }: SiteRequest): SiteResponse {
  if (answer.status !== 200 || (method !== 'GET' && method !== 'HEAD')) return answer;
  const etag = `"${createHash('sha256').update(answer.body).digest('base64url').slice(0, 22)}"`;
  const tagged = { ...answer, headers: { ...answer.headers, etag } };
  return isCurrent(tagged, headers) ? { ...tagged, status: 304, body: '' } : tagged;
}

/** By RFC 9110: If-None-Match alone decides where it is given. */
function isCurrent({ headers: { etag = '', ...own } }: SiteResponse, asked: SiteRequest['headers']): boolean {
  const tags = asked['if-none-match'];
  if (tags !== undefined)
    return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
  const [since, modified] = [Date.parse(asked['if-modified-since'] ?? ''), Date.parse(own['last-modified'] ?? '')];
  return modified <= since;
}
