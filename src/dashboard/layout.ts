/** The frame around every page: head, search box, navigation. */
import { type Html, html } from './html.ts';

export interface PageParts {
  readonly title: string;
  readonly body: Html;
  /** What stands in the search box. */
  readonly search?: { readonly text: string; readonly index: string };
  /** True where the numbers refresh themselves. */
  readonly live?: boolean;
  /** False on pages for those who are not logged in yet. */
  readonly navigation?: boolean;
  /** True where what is shown is (also) the sandbox's: made up, nobody played it. */
  readonly invented?: boolean;
}

/** A whole document. */
export function layout({
  title,
  body,
  search = { text: '', index: 'tracks' },
  live = false,
  navigation = true,
  invented = false,
}: PageParts): string {
  return `<!doctype html>${html`
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · MusicDB</title>
<link rel="icon" type="image/svg+xml" href="/static/favicon.svg">
${SHEETS.map((name) => html`<link rel="stylesheet" href="/static/${name}.css">`)}
<script src="/static/dashboard.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <div class="top-inner">
    <a class="brand" href="/">${MARK}<span>MusicDB</span></a>
    ${navigation && searchBox(search)}
    ${navigation && NAVIGATION}
    ${live && html`<span class="live" id="live" role="status"><i></i><span>live</span></span>`}
  </div>
</header>
${invented && INVENTED}
<main id="main">${body}</main>
</body>
</html>`}`;
}

const SHEETS = ['base', 'pieces', 'overview', 'entries', 'sources', 'narrow'];

const MARK = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><rect x="2" y="9" width="3" height="6" rx="1.5"/><rect x="7.7" y="4" width="3" height="16" rx="1.5"/><rect x="13.4" y="7" width="3" height="10" rx="1.5"/><rect x="19" y="10.5" width="3" height="3" rx="1.5"/></svg>`;

const INVENTED = html`<p class="invented" role="note"><b>Invented data.</b> Pages of the local sandbox are among what is shown: made-up artists and sets, no real pages.</p>`;

const NAVIGATION = html`<nav aria-label="Pages"><a href="/">Dashboard</a><a href="/admin/queues">Queues</a><a href="/openapi.json">API</a></nav>`;

const INDICES = ['tracks', 'artists', 'setlists', 'mentions'];

function searchBox({ text, index }: { text: string; index: string }): Html {
  return html`<form class="search" action="/search" role="search">
    <select name="index" aria-label="What to look for">${INDICES.map(
      (name) =>
        html`<option value="${name}"${name === index && html` selected`}>${name === 'setlists' ? 'sets' : name}</option>`,
    )}</select>
    <input type="search" name="q" value="${text}" placeholder="Title, artist, venue…" aria-label="Search" maxlength="300" required>
    <button>Search</button>
  </form>`;
}
