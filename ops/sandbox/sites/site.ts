/** One local site: answers requests as the real one would, from the world. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Today } from '../calendar.ts';
import type { SetAlteration } from '../places.ts';
import type { ShownRow } from '../shown-row.ts';
import type { SiteName } from '../site-names.ts';

export interface SiteRequest {
  /** Real host that is being stood in for. */
  readonly host: string;
  readonly method: string;
  /** Path as asked, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** Form or JSON body as text, "" when there is none. */
  readonly body: string;
  readonly today: Today;
}

export interface SiteResponse {
  readonly status: number;
  /** Lower-case names. `content-type` is always among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a site shows of one set or concert: the truth that its parser is measured by. */
export interface ShownSet {
  readonly source: SiteName;
  /** Id in the world: "set-3", "concert-1". */
  readonly setId: string;
  readonly externalId: string;
  /** Address of the page, on the real host. */
  readonly url: string;
  readonly title: string | null;
  readonly artists: readonly string[];
  /** Day it was played; null where the site does not say. */
  readonly date: string | null;
  readonly rows: readonly ShownRow[];
  /** Site whose list it took over, errors and all; null for one of its own. */
  readonly copiedFrom: SiteName | null;
  /** What the site gets wrong about the set as a whole; what it gets wrong about rows is with the rows. */
  readonly altered: readonly SetAlteration[];
}

/** `isrc-of-original`: a remix is sold under the code of its base. `reissue-date`: the day of the compilation instead of the recording's own. */
export type TrackAlteration = 'isrc-of-original' | 'reissue-date';

/** What a shop shows of one recording. */
export interface ShownTrack {
  readonly source: SiteName;
  /** Id in the world. */
  readonly trackId: string;
  readonly externalId: string;
  /** Address of the interface's answer, on the real host. */
  readonly url: string;
  readonly isrc: string | null;
  readonly title: string;
  readonly version: string | null;
  readonly artist: string;
  readonly featured: readonly string[];
  readonly durationMs: number;
  readonly releaseDate: string;
  /** What the shop gets wrong about the recording. */
  readonly altered: readonly TrackAlteration[];
}

export interface Site {
  readonly source: SiteName;
  /** Real hosts it stands in for. */
  readonly hosts: readonly string[];
  readonly respond: (request: SiteRequest) => SiteResponse;
  /** Every set that the site shows, in the world's order. Computed anew at each call: worlds may be large. */
  readonly shownSets: () => Generator<ShownSet>;
  /** Every recording of a shop; only shops have it. */
  readonly shownTracks?: () => Generator<ShownTrack>;
}

export function html(body: string, status = 200): SiteResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): SiteResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/**
 * A robots.txt with the lines of the real one's shape. The delay is nought: nobody is behind a local site who could be hurt, and a first
 * crawl of all six is meant to end in a minute.
 */
export function robots(disallow: readonly string[]): SiteResponse {
  const rules = ['User-agent: *', ...disallow.map((path) => `Disallow: ${path}`), 'Allow: /', 'Crawl-delay: 0'];
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${rules.join('\n')}\n` };
}

/** Text for HTML content and attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** Seconds as "3:47", "1:02:11". */
export function clock(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const tail = `${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
