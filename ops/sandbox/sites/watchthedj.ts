/** A local watchthedj.com. The real page is unknown: this one carries what such pages commonly do (JSON-LD, Open Graph, an ordered list). */
import { happened } from '../calendar.ts';
import { copiedFrom } from '../noise.ts';
import { alterationsOf, placeName, setsOn } from '../places.ts';
import { BASE36 } from '../rng.ts';
import { type Habits, line, shownRows } from '../shown.ts';
import type { ShownRow } from '../shown-row.ts';
import { siteRng } from '../site-rng.ts';
import { slug } from '../world/names.ts';
import type { DjSet, World } from '../world/types.ts';
import { known, namesOf } from '../world.ts';
import { clock, escapeHtml, html, robots, type ShownSet, type Site, type SiteResponse } from './site.ts';

const SOURCE = 'watchthedj';
const HOST = 'watchthedj.com';
/** Videos on the home page and on a channel's page. */
const LISTED = 500;

/** @param scripted share of the video pages whose content comes by script, 0 to 1 */
export function createSite(world: World, scripted: number): Site {
  const sets = setsOn(world, SOURCE);
  const bySlug = new Map(sets.map((set) => [slugOf(world, set), set]));
  return {
    source: SOURCE,
    hosts: [HOST],
    respond: ({ path, today }) => respond({ world, sets: happened(sets, today), bySlug, scripted }, path),
    *shownSets() {
      for (const set of sets) yield shownSet(world, set);
    },
  };
}

interface Films {
  readonly world: World;
  readonly sets: readonly DjSet[];
  readonly bySlug: ReadonlyMap<string, DjSet>;
  readonly scripted: number;
}

function respond({ world, sets, bySlug, scripted }: Films, path: string): SiteResponse {
  if (path === '/robots.txt') return robots(['/admin/']);
  if (path === '/') return html(listing(world, 'Watch The DJ', sets));
  const [, kind, name = '', ending] = /^\/(djvideos|channels|assets)\/([\w-]+)(\.js)?\/?$/.exec(path) ?? [];
  const set = kind === 'channels' ? undefined : bySlug.get(name);
  if (set !== undefined && sets.includes(set)) {
    if (kind === 'assets' && ending !== undefined) return script(videoPage(world, set));
    const isScripted = siteRng(world, SOURCE, `scripted/${set.id}`).chance(scripted);
    if (kind === 'djvideos') return html(isScripted ? shell(name) : videoPage(world, set));
  }
  const filmed = kind === 'channels' ? sets.filter((one) => channelSlug(world, one) === name) : [];
  if (filmed.length > 0) return html(listing(world, `Channel ${name}`, filmed));
  return html(document('Not found', '', '<main><h1>404</h1><p>This page does not exist.</p></main>'), 404);
}

/** A page without content: its script brings it. */
function shell(name: string): string {
  return document(
    'Watch The DJ',
    '',
    `<noscript>Please switch JavaScript on.</noscript><div id="root"></div><script type="module" src="/assets/${name}.js"></script>`,
  );
}

/** Writes into the shell what the whole page would hold. */
function script(page: string): SiteResponse {
  const [, head = ''] = /<head>(.*)<\/head>/s.exec(page) ?? [];
  const [, main = ''] = /(<main.*<\/main>)/s.exec(page) ?? [];
  const body = `document.head.insertAdjacentHTML('beforeend', ${JSON.stringify(head)});\ndocument.title = document.querySelector('meta[property="og:title"]').content;\ndocument.getElementById('root').innerHTML = ${JSON.stringify(main)};\n`;
  return { status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8' }, body };
}

function shownSet(world: World, set: DjSet): ShownSet {
  const name = slugOf(world, set);
  return {
    source: SOURCE,
    setId: set.id,
    externalId: name,
    url: `https://${HOST}/djvideos/${name}`,
    title: titleOf(world, set),
    artists: set.djIds.map((id) => known(world.artists, id).name),
    // The title names the year; not every page says the day.
    date: styleOf(world, set).saysDay ? set.date : set.date.slice(0, 4),
    rows: rowsOf(world, set),
    copiedFrom: copiedFrom(world, SOURCE, set),
    altered: alterationsOf(world, set),
  };
}

/** A quarter of the lists has no times. Films begin with a title card, so all starts come later than on other sites. */
function rowsOf(world: World, set: DjSet): ShownRow[] {
  const { hasCues, intro } = styleOf(world, set);
  const habits: Habits = {
    guestWord: 'ft.',
    recognised: 0.9,
    cue: (row, _share, rng) => (hasCues ? Math.max(0, row.cueSeconds + intro + rng.int(-3, 3)) : null),
    granularity: 'second',
    unknownVersion: 'ID Remix',
    label: () => null,
    marks: false,
  };
  return shownRows(world, SOURCE, set, habits).map((row) => ({ ...row, parts: [] }));
}

interface Style {
  readonly hasCues: boolean;
  /** Length of the title card, seconds. */
  readonly intro: number;
  readonly videoId: string;
  readonly saysDay: boolean;
}

function styleOf(world: World, set: DjSet): Style {
  const rng = siteRng(world, SOURCE, `style/${set.id}`);
  return { hasCues: rng.chance(0.75), intro: rng.int(8, 25), videoId: rng.text(BASE36, 11), saysDay: rng.chance(0.7) };
}

function videoPage(world: World, set: DjSet): string {
  const { intro, videoId, saysDay } = styleOf(world, set);
  const [title, url] = [titleOf(world, set), `https://${HOST}/djvideos/${slugOf(world, set)}`];
  const description = `Watch ${title}. ${set.genres.join(', ')}.`;
  const seconds = set.durationSeconds + intro;
  const video = {
    '@context': 'https://schema.org',
    '@type': 'VideoObject',
    name: title,
    description,
    thumbnailUrl: [`https://i.ytimg.com/vi/${videoId}/hqdefault.jpg`],
    uploadDate: `${set.date}T18:00:00+00:00`,
    duration: `PT${Math.floor(seconds / 3600)}H${Math.floor((seconds % 3600) / 60)}M${seconds % 60}S`,
    embedUrl: `https://www.youtube.com/embed/${videoId}`,
    url,
    genre: set.genres,
    actor: set.djIds.map((id) => ({ '@type': 'Person', name: known(world.artists, id).name })),
    ...(saysDay ? { dateCreated: set.date } : {}),
  };
  const meta = [
    ['og:site_name', 'Watch The DJ'],
    ['og:type', 'video.other'],
    ['og:title', title],
    ['og:description', description],
    ['og:url', url],
    ['og:image', `https://i.ytimg.com/vi/${videoId}/hqdefault.jpg`],
    ['og:video', `https://www.youtube.com/embed/${videoId}`],
  ].map(([property = '', content = '']) => `<meta property="${property}" content="${escapeHtml(content)}">`);
  const head = `${meta.join('\n')}\n<link rel="canonical" href="${url}">\n<script type="application/ld+json">${JSON.stringify(video).replace(/</g, '\\u003c')}</script>`;
  return document(`${title} | Watch The DJ`, head, videoBody(world, set));
}

function videoBody(world: World, set: DjSet): string {
  const { videoId } = styleOf(world, set);
  const items = rowsOf(world, set).map((row) => {
    const time = row.cueSeconds === null ? '' : `${clock(row.cueSeconds)} `;
    return `<li>${time}${escapeHtml(line(row, 'ID', 'ID - ID'))}</li>`;
  });
  const djs = escapeHtml(namesOf(world.artists, set.djIds));
  return `<main class="video-page">
<h1 class="video-title">${escapeHtml(titleOf(world, set))}</h1>
<div class="video-embed"><iframe src="https://www.youtube.com/embed/${videoId}" title="video" allowfullscreen></iframe></div>
<p class="video-meta"><span class="video-dj">${djs}</span> <span class="video-venue">${escapeHtml(placeName(world, set))}</span> <span class="video-date">${set.date.slice(0, 4)}</span> <a href="/channels/${channelSlug(world, set)}">${escapeHtml(placeName(world, set))}</a></p>
<section class="tracklist-section"><h2>Tracklist</h2>
<ol class="tracklist">
${items.join('\n')}
</ol></section>
</main>`;
}

function listing(world: World, title: string, sets: readonly DjSet[]): string {
  const newest = sets.toSorted((a, b) => (a.date < b.date ? 1 : -1)).slice(0, LISTED);
  const cards = newest.map(
    (set) =>
      `<article class="video-card"><a href="/djvideos/${slugOf(world, set)}"><h3>${escapeHtml(titleOf(world, set))}</h3></a> <a href="/channels/${channelSlug(world, set)}">${escapeHtml(placeName(world, set))}</a></article>`,
  );
  return document(title, '', `<main><h1>${escapeHtml(title)}</h1>\n${cards.join('\n')}\n</main>`);
}

function document(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><meta name="viewport" content="width=device-width, initial-scale=1">
${head}
</head><body><header><nav><a href="/">Watch The DJ</a></nav></header>
${body}
<footer><p>An index of filmed DJ sets.</p></footer></body></html>
`;
}

/** "Mara Vellin live at Saltwind 2024". */
function titleOf(world: World, set: DjSet): string {
  return `${namesOf(world.artists, set.djIds)} live at ${placeName(world, set)} ${set.date.slice(0, 4)}`;
}

/** The set's number keeps two visits of a DJ in one year apart. */
function slugOf(world: World, set: DjSet): string {
  return `${slug(titleOf(world, set))}-${set.index}`;
}

function channelSlug(world: World, set: DjSet): string {
  return slug(placeName(world, set));
}
