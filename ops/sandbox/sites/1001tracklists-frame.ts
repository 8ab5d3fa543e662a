/** What every page of 1001tracklists carries around its content: a heavy head, navigation, scripts. It weighs what the real one weighs. */
import { escapeHtml } from './site.ts';

const CDN = 'https://cdn.1001tracklists.com';

interface Frame {
  readonly title: string;
  readonly description: string;
  readonly path: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** Content of `#csTop`. */
  readonly top: string;
  /** Content of `#csMiddle`. */
  readonly middle: string;
  /** Content of `#csLeft`. */
  readonly left: string;
}

/** The whole page. */
export function page(frame: Frame): string {
  return `<!DOCTYPE html> <html prefix="og: http://ogp.me/ns#" itemscope itemtype="http://schema.org/Article" lang="en-US">
<head> ${meta(frame)} ${PRECONNECTS} <style> ${STYLE} </style> <script> ${HEAD_SCRIPT} </script> </head>
<body id="body"> <form accept-charset="utf-8" action="/search/result.php" method="post" id="searchForm" name="searchForm" autocomplete="off" ></form> <form method="post" action="/edit/tracklist.php" name="frmEditTracklist" id="frmEditTracklist"></form> <meta itemprop="name" content="${escapeHtml(frame.title)}"> <meta itemprop="author" content="sandboxuser"> <meta itemprop="datePublished" content="${frame.createdAt}"> <meta itemprop="genre" content="tracklist"> <meta itemprop="description" content="${escapeHtml(frame.description)}"> ${NAVIGATION} <div id="csRoot"> <div id="csTop"> ${frame.top} </div> <div id="csMiddle"> ${frame.middle} </div> <div id="csLeft"> ${frame.left} </div> </div> <script> ${FOOT_SCRIPT} </script> </body> </html>`;
}

function meta({ title, description, path, createdAt }: Frame): string {
  const url = `https://www.1001tracklists.com${path}`;
  const [name, text] = [escapeHtml(title), escapeHtml(description)];
  return `<meta http-equiv="Content-Type" content="text/html; charset=utf-8"> <title>${name}</title> <meta name="author" content="1001Tracklists"> <meta name="description" content="${text}"> <meta name="dcterms.created" content="${createdAt}"> <meta property="og:site_name" content="1001Tracklists"> <meta property="og:url" content="${url}"> <link rel="canonical" href="${url}"> <meta property="og:type" content="article"> <meta property="og:title" content="${name}"> <meta property="og:description" content="${text}"> <meta name="robots" content="index, follow"> <meta name="viewport" content="width=device-width,initial-scale=1">`;
}

const PRECONNECTS = [CDN, 'https://i1.sndcdn.com', 'https://w.soundcloud.com', 'https://open.spotify.com']
  .map((origin) => `<link rel="preconnect" href="${origin}" crossorigin>`)
  .join(' ');

/** Rules that style nothing: parsers and decoders must get through the same bulk as on the real site. */
const STYLE = `:root { --max-width: 1440px; --link-color: #1090DB; } ${Array.from(
  { length: 420 },
  (_, index) =>
    `.bItm .c${index}, .mediaRow > .c${index}:hover { margin: ${index % 12}px ${index % 7}px; color: var(--font-color); border-bottom: 1px solid var(--border-color); }`,
).join(' ')}`;

const HEAD_SCRIPT = functions('head', 40);
const FOOT_SCRIPT = functions('foot', 110);

const NAVIGATION = `<div id="head" class="head"> <nav id="navBar"> <a href="/" title="home" id="naviLogo"><img src="${CDN}/images/static/1001icon_s.png" width="40" height="36" alt="home icon"></a> <a class="navBtn" href="/dashboard/index.html" title="user dashboard for guest"><i class="fa fa-user fa-24"></i></a> <a class="navBtn" href="/action/login.html" title="sign in"><i class="fa fa-sign-in fa-24"></i></a> <div id="sBox"> <input id="sBoxInput" type="text" name="main_search" value="" title="Search" form="searchForm"> </div> </nav> <nav id="navBar2"> <ul> <li class="navBtn"><a href="/"><i class="fa fa-home fa-24 mA"></i></a></li> <li class="navBtn"><a href="/stories/index">Stories</a></li> <li class="navBtn" onclick="new NaviMenu(this);" id="navCharts"><span>Charts</span></li> <li class="navBtn" onclick="new NaviMenu(this);" id="navGenres"><span>Genres</span></li> </ul> </nav> </div>`;

function functions(name: string, count: number): string {
  const made = Array.from(
    { length: count },
    (_, index) =>
      `function ${name}${index}(element, parameters) { if (element && parameters && parameters.idObject == ${index}) { $(element).toggleClass('hidden c${index}'); loop${index} = parameters.idItem; } return false; }`,
  );
  return `jsbuffer = []; iFrameBuffer = []; ${made.join(' ')}`;
}
