/** The form that takes a token. */
import { html } from './html.ts';
import { layout } from './layout.ts';

/** @param shown.fault why the last try was refused, null on the first. */
export function loginPage({ next, fault }: { next: string; fault: string | null }): string {
  const body = html`<form class="card narrow" method="post" action="/admin/login">
    <h1>Log in</h1>
    <p class="quiet">With the token of this server (MUSICDB_API_TOKEN, else the one that <code>musicdb status --json</code> prints), or one that was given to you.</p>
    ${fault !== null && html`<p class="fault" role="alert">${fault}</p>`}
    <label for="token">Token</label>
    <input id="token" name="token" type="password" autocomplete="current-password" maxlength="500" required autofocus>
    <input type="hidden" name="next" value="${next}">
    <button class="primary">Log in</button>
  </form>`;
  return layout({ title: 'Log in', body, navigation: false });
}
