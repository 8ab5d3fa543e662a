/** Recorded sessions ("cassettes") that tools for tests keep: requests with the answers they got. */
import { asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';

/** One recorded request: with the body of its answer, or with the words for what is not read of it. */
export interface Recorded {
  readonly where: string;
  readonly url: string | null;
  readonly body: string | null;
  readonly what: string;
}

export function recordedAnswers(interactions: readonly unknown[]): Recorded[] {
  return interactions.map((interaction, index) => {
    const { request, response } = asRecord(interaction);
    const asked = asRecord(request);
    const url = addressAsked(asked);
    const body = url === null ? null : asText(asRecord(asRecord(response).body).string);
    const what = `${asText(asked.method) ?? 'unknown'} ${asText(asked.uri) ?? 'request'}`;
    return { where: `$.interactions[${index}]`, url, body, what };
  });
}

/** Address of a request that asks for things; `morechildren` is asked by POST too, and then names the post in the body that was sent. */
function addressAsked({ method, uri, body }: JsonRecord): string | null {
  const url = asText(uri);
  if (method === 'GET' || url === null) return url;
  const sent = asText(isRecord(body) ? body.string : body) ?? '';
  const asksForMore = method === 'POST' && /\/api\/morechildren\b/.test(url);
  return asksForMore ? `${url}${url.includes('?') ? '&' : '?'}${sent}` : null;
}
