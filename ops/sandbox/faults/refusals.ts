/** Pages by which sites turn programs away. Our own words around the forms that the real ones carry. */
import { escapeHtml, html, type SiteRequest, type SiteResponse } from '../sites/site.ts';

export type Refusal = 'captcha' | 'turnstile' | 'login' | 'ip-limited';

/** 1001tracklists refuses under status 200 and keeps the title and address of the wanted page; the others as a content delivery network does. */
export function refusal(kind: Refusal, request: SiteRequest): SiteResponse {
  if (request.host === 'www.1001tracklists.com') return html(tracklistsPage(FORMS[kind], request));
  const { status, body } = NETWORK[kind];
  return html(
    `<!doctype html><html lang="en"><head><title>${escapeHtml(request.host)}</title></head><body>${body}</body></html>\n`,
    status,
  );
}

const FORMS: Readonly<Record<Refusal, string>> = {
  captcha:
    '<h1>Before you go on we need to validate your are real human!</h1><form method="post"><img src="/captcha.png" alt=""><input type="text" id="captcha" name="captcha"><button>Send</button></form>',
  turnstile:
    '<form method="POST" id="fwd"><h1> Please wait, you will be forwarded to the requested page </h1><input type="hidden" name="captcha" value="1"><div id="turnstile-container"></div></form>',
  login:
    '<h1>Sign in</h1><form method="post" action="/action/login.html"><input type="text" name="user"><input type="password" name="pass"></form>',
  'ip-limited':
    '<h1>Your IP or guest/user account has been limited due to overuse.</h1><form method="post" action="/info/unblock_ip.html"><input id="captcha" name="captcha"></form>',
};

const NETWORK: Readonly<Record<Refusal, { status: number; body: string }>> = {
  captcha: {
    status: 403,
    body: '<h1>One more step</h1><p>Please complete the security check.</p><form method="post"><div class="g-recaptcha" data-sitekey="sandbox"></div></form>',
  },
  turnstile: {
    status: 403,
    body: '<h1>Just a moment...</h1><p>Verifying you are human.</p><div id="turnstile-container" class="cf-turnstile" data-sitekey="sandbox"></div>',
  },
  login: {
    status: 401,
    body: '<h1>Log in to continue</h1><form method="post" action="/login"><input name="user"><input type="password" name="password"></form>',
  },
  'ip-limited': {
    status: 403,
    body: '<h1>Access denied</h1><p>Your IP address has been temporarily limited because of too many requests.</p>',
  },
};

function tracklistsPage(form: string, { host, path }: SiteRequest): string {
  const title = escapeHtml(
    decodeURIComponent(path.split('/').at(-1) ?? '')
      .replace(/\.html$/, '')
      .replace(/-/g, ' '),
  );
  return `<!DOCTYPE html> <html><head><title>${title}</title><meta property="og:site_name" content="1001Tracklists"><link rel="canonical" href="https://${host}${escapeHtml(path)}"></head><body>${form}</body></html>`;
}
