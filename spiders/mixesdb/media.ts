/** Recordings that a page's players point to. */
import type { SetlistItem } from '../../src/core/items.ts';

/** Service by host; what follows the host is the id unless said otherwise. */
const SERVICES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)youtu(?:be\.com|\.be)$/, 'youtube'],
  [/(?:^|\.)soundcloud\.com$/, 'soundcloud'],
  [/(?:^|\.)mixcloud\.com$/, 'mixcloud'],
  [/(?:^|\.)hearthis\.at$/, 'hearthis'],
  [/(?:^|\.)archive\.org$/, 'archive'],
  [/(?:^|\.)vimeo\.com$/, 'vimeo'],
  [/(?:^|\.)bandcamp\.com$/, 'bandcamp'],
];

/** Addresses as media; an unknown site's service is its host and the id the whole address. */
export function mediaOf(urls: readonly string[]): SetlistItem['media'] {
  return urls.flatMap((url) => {
    const parsed = URL.parse(played(url));
    if (parsed === null) return [];
    const service = SERVICES.find(([host]) => host.test(parsed.hostname))?.[1];
    const id = service === undefined ? url : service === 'youtube' ? youtubeId(parsed) : pathOf(parsed);
    return id === '' ? [] : [{ service: service ?? parsed.hostname.replace(/^www\./, ''), id, durationSeconds: null }];
  });
}

/** A player that is put into other pages names what it plays in a parameter: "w.soundcloud.com/player/?url=…", "mixcloud.com/widget/iframe/?feed=…". */
function played(address: string): string {
  const url = URL.parse(address);
  const inner = /\/(?:player|widget)\b/.test(url?.pathname ?? '')
    ? (url?.searchParams.get('url') ?? url?.searchParams.get('feed'))
    : null;
  return URL.parse(inner ?? '', address)?.href ?? address;
}

function youtubeId(url: URL): string {
  return (
    url.searchParams.get('v') ?? url.searchParams.get('list') ?? pathOf(url).replace(/^(?:embed|live|shorts|v)\//, '')
  );
}

function pathOf(url: URL): string {
  return url.pathname.replace(/^\/+|\/+$/g, '');
}
