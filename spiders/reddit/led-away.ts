/** Where Reddit leads those who ask for what is not there, or not for them: the page behind the redirect is no answer to what was asked. */
import type { BlockItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';

const WAYS: readonly (readonly [RegExp, string])[] = [
  [/^\/subreddits\/search\b/, 'there is no such subreddit: Reddit leads to a search for its name'],
  [/^\/quarantine\b/, 'the subreddit is in quarantine: Reddit wants a person to agree first'],
  [/^\/over18\b/, 'the subreddit is for adults: Reddit wants a person to agree first'],
];

/** What the address that answered says of it; null when it is that of an ordinary page. */
export function ledAway(url: string | null): Problem | BlockItem | null {
  const path = url !== null && URL.canParse(url) ? new URL(url).pathname : '';
  if (/^\/login\b/.test(path)) return { kind: 'block', source: 'reddit', reason: 'login', url };
  const message = WAYS.find(([way]) => way.test(path))?.[1];
  return message === undefined ? null : { code: 'not-found', message, where: null };
}
