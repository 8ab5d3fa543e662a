/**
 * Reads pages of Template: a list of sets, or a set with a heading, a date and its tracks, "Artist - Title", one to a list item. Replace what
 * it looks for with what the pages hold. Pure: the same page always gives the same result; it never throws, whatever the bytes.
 */
import { Parser } from 'htmlparser2';
import { type ListingItem, type Row, row, setlist } from '../../src/core/items.ts';
import type { PageRequest, ParseResult, Problem } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { decodeText, fold } from '../../src/core/text.ts';
import { splitArtistTitle, splitVersion } from '../../src/core/track-name.ts';
import { requestFor, setId } from './spider.ts';

const SOURCE = 'template';
const MAX_BYTES = 10 * 1024 * 1024;
/** Longer texts are no names: splitting one must not cost time without bound. */
const LONGEST_TEXT = 500;

/** What a page says, before any of it is interpreted. */
interface Said {
  canonical: string | null;
  heading: string | null;
  date: string | null;
  lines: string[];
  links: string[];
}

export function parse(page: Page): ParseResult {
  if (page.body.byteLength > MAX_BYTES)
    return failed('too-large', `${page.body.byteLength} bytes, at most ${MAX_BYTES} are read`);
  const { text, valid } = decodeText(page.body);
  if (!valid || text.includes('\0')) return failed('not-text', 'the page is no UTF-8 text');
  if (text.trim() === '') return failed('empty', 'the page holds nothing');
  const said = readPage(text);
  const url = said.canonical ?? page.url;
  const id = setId(url);
  return id === null ? readListing(said, url) : readSet(said, url, id);
}

function readSet({ heading, date, lines }: Said, url: string | null, id: string): ParseResult {
  if (heading === null) return failed('layout-drift', 'the page of a set has no <h1>', 'h1');
  if (lines.length === 0) return failed('missing-tracks', 'the page of a set lists no tracks', 'ol > li');
  const problems: Problem[] = [];
  const tracks = lines.map((line, index) => readRow(line, index + 1, problems));
  if (date === null) problems.push(problem('missing-field', 'the page does not say the date', 'time[datetime]'));
  const item = setlist(SOURCE, id, { url, title: heading, date, datePrecision: date === null ? null : 'day', tracks });
  return { source: SOURCE, items: [item], requests: [], problems };
}

function readRow(line: string, position: number, problems: Problem[]): Row {
  const split = splitArtistTitle(line);
  if (split === null) {
    problems.push(problem('bad-value', `expected "Artist - Title", found "${line.slice(0, 100)}"`, `li ${position}`));
    return row(position, { title: line });
  }
  return row(position, { artist: split.artist, ...splitVersion(split.rest) });
}

/** A page that is no set leads to sets. */
function readListing({ links, heading }: Said, url: string | null): ParseResult {
  const found = new Map<string, PageRequest>();
  for (const link of links) {
    const request = requestFor(link);
    if (request?.kind === 'set') found.set(request.url, request);
  }
  const requests = [...found.values()];
  if (requests.length === 0) return failed('unknown-shape', 'neither a set nor a list of sets', null);
  const entries: ListingItem['entries'] = requests.map((request) => ({
    externalId: setId(request.url) ?? request.url,
    title: null,
    url: request.url,
    date: null,
    identified: null,
    total: null,
    playTimeSeconds: null,
  }));
  return {
    source: SOURCE,
    items: [{ kind: 'listing', source: SOURCE, id: url ?? heading ?? 'list', entries }],
    requests,
    problems: [],
  };
}

/** One pass without recursion: nesting, however deep, costs no stack. */
function readPage(html: string): Said {
  const said: Said = { canonical: null, heading: null, date: null, lines: [], links: [] };
  let text: string | null = null;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (name === 'h1' || name === 'li') text = '';
      if (name === 'link' && attributes.rel === 'canonical') said.canonical ??= attributes.href ?? null;
      if (name === 'time') said.date ??= /^\d{4}-\d{2}-\d{2}/.exec(attributes.datetime ?? '')?.[0] ?? null;
      if (name === 'a' && attributes.href) said.links.push(attributes.href);
    },
    ontext: (part) => {
      if (text !== null && text.length < LONGEST_TEXT) text += part.slice(0, LONGEST_TEXT);
    },
    onclosetag: (name) => {
      if (name !== 'h1' && name !== 'li') return;
      const folded = fold(text);
      text = null;
      if (folded === null) return;
      if (name === 'h1') said.heading ??= folded;
      else said.lines.push(folded);
    },
  });
  parser.end(html);
  return said;
}

function failed(code: string, message: string, where: string | null = null): ParseResult {
  return { source: SOURCE, items: [], requests: [], problems: [problem(code, message, where)] };
}

function problem(code: string, message: string, where: string | null): Problem {
  return { code, message, where };
}
