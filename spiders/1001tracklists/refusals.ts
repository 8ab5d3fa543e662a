/** Pages by which the site refuses us. They carry the wanted page's title and address, so only their own signs tell them. */
import type { BlockItem } from '../../src/core/items.ts';

/**
 * Each sign is the site's own wording or form; the order matters, since the later ones also stand on pages of the earlier.
 * Gaps in the patterns are bounded: an unbounded one would make a hostile page cost the square of its length.
 */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/action="\/info\/unblock_ip\.html"|limited due to overuse|blocked for one hour due to abnormal use/i, 'ip-limited'],
  [/validate (?:that )?(?:you're|your are|you are) (?:a )?real human/i, 'captcha'],
  [/\bid=["']?turnstile-container|\bclass=["']?cf-turnstile\b/i, 'turnstile-interstitial'],
  [/please wait,\s{1,20}you will be forwar/i, 'js-forwarding-interstitial'],
  [/<title>\s{0,20}Just a moment|\bcf_chl_|\/cdn-cgi\/challenge-platform\//i, 'turnstile-interstitial'],
  [/<input[^>]{0,300}\b(?:id|name)=["']?captcha\b/i, 'captcha'],
  [/<form[^>]{0,300}\baction=["']?\/action\/login|<input[^>]{0,300}\btype=["']?password/i, 'login'],
];

const BY_STATUS: Readonly<Record<number, string>> = { 401: 'login', 403: 'forbidden', 429: 'rate-limited' };

/** Why the site refuses, null when it does not. Ask only about pages without track or listing rows: good pages may carry these signs too. */
export function refusalReason(html: string, status: number | null): string | null {
  const sign = SIGNS.find(([pattern]) => pattern.test(html));
  if (sign) return sign[1];
  return status === null ? null : (BY_STATUS[status] ?? null);
}

export function block(reason: string, url: string | null): BlockItem {
  return { kind: 'block', source: '1001tracklists', reason, url };
}
