/** What a set page says of the set itself: ids, title, date, people, festivals and shows, counts. */
import type { DatePrecision, SetlistItem } from '../../src/core/items.ts';
import { absolute, dateInAddress, tracklistId } from './addresses.ts';
import { attribute, type Element, findAll, findFirst, hasClass, textOf, walk } from './dom.ts';

export interface SetHead {
  readonly url: string | null;
  readonly title: string | null;
  readonly artists: string[];
  readonly genres: string[];
  readonly date: string | null;
  readonly datePrecision: DatePrecision | null;
  readonly event: string | null;
  /** Id of the address the page gives itself. */
  readonly canonicalId: string | null;
  /** Id of the list on the page; another one on rebroadcasts. */
  readonly dataId: string | null;
  readonly lastUpdated: string | null;
}

/**
 * Reads `<head>` and the microdata at the top of `#tlTab`; what the microdata leaves out, the page's title says: its DJs by their links, its
 * date at its end. `fallbackUrl` is where the page was asked, if known.
 */
export function readSetHead(
  parts: { head: Element; main: Element; tab: Element },
  fallbackUrl: string | null,
): SetHead {
  const page = readPageHead(parts.head);
  const said = readTabMetas(parts.tab);
  const artists = said.author.length > 0 ? said.author : linkedArtists(parts.main);
  const title = said.name[0] ?? page.title;
  const url = page.url ?? fallbackUrl;
  const date = dateOf(said.datePublished[0] ?? (url === null ? null : dateInAddress(url)) ?? dateInTitle(title));
  return {
    url,
    title,
    artists,
    genres: said.genre,
    ...date,
    event: title === null ? null : eventOf(title, artists),
    canonicalId: url === null ? null : tracklistId(url),
    dataId: attribute(parts.tab, 'data-id'),
    lastUpdated: page.modified,
  };
}

/** The page's own address and title, as any page of the site gives them. */
export function readPageHead(head: Element): {
  url: string | null;
  title: string | null;
  site: string | null;
  modified: string | null;
} {
  let canonical: string | null = null;
  let title: string | null = null;
  const metas: Record<string, string> = {};
  walk(head, (element) => {
    const { name, attributes } = element;
    if (name === 'link' && attributes.rel === 'canonical') canonical ??= attribute(element, 'href');
    else if (name === 'title') title ??= textOf(element);
    else if (name === 'meta') {
      const key = attributes.property ?? attributes.name ?? attributes.itemprop;
      const content = attribute(element, 'content');
      if (key !== undefined && content !== null) metas[key] ??= content;
    }
    // The rows' own microdata must not pass for the page's where a page is read whole.
    return attributes.id !== 'tlTab';
  });
  const address = canonical ?? metas['og:url'] ?? null;
  return {
    url: address === null ? null : absolute(address),
    title: metas['og:title'] ?? title,
    site: metas['og:site_name'] ?? null,
    modified: metas.dateModified ?? metas['dcterms.modified'] ?? null,
  };
}

/** Festivals, shows and places of the set, as its title links them; what each is, the information column says (2025 and later). */
export function readSources(main: Element, side: Element): SetlistItem['sources'] {
  const roles = readSourceBoxes(side);
  const heading = findFirst(main, ({ attributes }) => attributes.id === 'pageTitle');
  const linked = heading ? findAll(heading, isSourceLink) : [];
  const links = linked.length > 0 ? linked : [...roles.values()].map(({ link }) => link);
  return links.flatMap((link) => {
    const id = sourceId(link);
    const name = textOf(link);
    return name === null ? [] : [{ id, name, role: (id === null ? null : roles.get(id)?.role) ?? null }];
  });
}

/** "28 / 30" or "all / 30" of the information column: identified tracks, and all tracks (parts of mashups counted instead of the mashup). */
export function readIdentified(side: Element): { identified: number; total: number } | null {
  const [, count, total] = /(?:^|\s)IDed\s+(\d{1,4}|all)\s*\/\s*(\d{1,4})(?:\s|$)/i.exec(textOf(side) ?? '') ?? [];
  if (count === undefined || total === undefined) return null;
  return { identified: Number(/all/i.test(count) ? total : count), total: Number(total) };
}

function linkedArtists(main: Element): string[] {
  const heading = findFirst(main, ({ attributes }) => attributes.id === 'pageTitle');
  const links = heading ? findAll(heading, ({ name, attributes }) => name === 'a' && isArtist(attributes.href)) : [];
  return [...new Set(links.map(textOf).filter((name) => name !== null))];
}

function isArtist(href = ''): boolean {
  return /\/(?:dj|artist)\//.test(href);
}

function dateInTitle(title: string | null): string | null {
  return /\s(\d{4}-\d{2}-\d{2})$/.exec(title ?? '')?.[1] ?? null;
}

function readTabMetas(tab: Element) {
  const said: Record<'name' | 'datePublished' | 'author' | 'genre', string[]> = {
    name: [],
    datePublished: [],
    author: [],
    genre: [],
  };
  for (const child of tab.children) {
    if (typeof child === 'string' || child.name !== 'meta') continue;
    const key = child.attributes.itemprop;
    const content = attribute(child, 'content');
    if (content !== null && (key === 'name' || key === 'datePublished' || key === 'author' || key === 'genre'))
      said[key].push(content);
  }
  return said;
}

/** Boxes of the grid layout only: the older layout's name a show by its full name and its kind loosely. */
function readSourceBoxes(side: Element): Map<string, { role: string | null; link: Element }> {
  const boxes = new Map<string, { role: string | null; link: Element }>();
  const column = findFirst(side, ({ attributes }) => attributes.id === 'csLeft');
  for (const box of column ? findAll(column, (element) => hasClass(element, 'fTab'), false) : []) {
    const heading = findFirst(box, (element) => hasClass(element, 'h'));
    const link = heading && findFirst(heading, isSourceLink);
    const id = link && sourceId(link);
    if (!link || !id) continue;
    const rows = findFirst(box, (element) => hasClass(element, 'cRow'));
    boxes.set(id, { role: rows && roleOf(rows), link });
  }
  return boxes;
}

/** The first line says what the source is ("Radio Show"); lines with links say what it belongs to. */
function roleOf(rows: Element): string | null {
  const line = findFirst(rows, (element) => hasClass(element, 'mtb5'));
  return line && findFirst(line, ({ name }) => name === 'a') === null ? textOf(line) : null;
}

function isSourceLink({ name, attributes }: Element): boolean {
  return name === 'a' && (attributes.href?.includes('/source/') ?? false);
}

function sourceId(link: Element): string | null {
  return /\/source\/([a-z0-9]+)\//i.exec(link.attributes.href ?? '')?.[1] ?? null;
}

/** What stands between the DJs and the date: "Curbi @ Tape 06 2021-03-12" is at "Tape 06". */
export function eventOf(title: string, artists: readonly string[]): string | null {
  const undated = title.replace(/\s+\d{4}-\d{2}-\d{2}$/, '');
  const last = artists.at(-1);
  const after = last === undefined ? -1 : undated.indexOf(last);
  const start = after < 0 || last === undefined ? 0 : after + last.length;
  const separator = /\s(?:@|-)\s+(?=\S)/.exec(undated.slice(start));
  return separator ? undated.slice(start + separator.index + separator[0].length).trim() || null : null;
}

/** "2024-05-00" and "2024-00-00" are the site's way to say that day, or month and day, are not known. */
export function dateOf(text: string | null): { date: string | null; datePrecision: DatePrecision | null } {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})(?:T|\s|$)/.exec(text ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined || year === '0000')
    return { date: null, datePrecision: null };
  if (month === '00') return { date: year, datePrecision: 'year' };
  if (day === '00') return { date: `${year}-${month}`, datePrecision: 'month' };
  const real = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(real.getTime()) || real.getUTCDate() !== Number(day)) return { date: null, datePrecision: null };
  return { date: `${year}-${month}-${day}`, datePrecision: 'day' };
}
