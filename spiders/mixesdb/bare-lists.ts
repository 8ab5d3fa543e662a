/**
 * Tracklists in wikitext without their page: one body, or several under "== Heading ==" and "Label:" lines. A line in the form of a page title
 * before a body is its title.
 */
import type { SetlistItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/source.ts';
import { dumpedMix } from './dumped-mix.ts';
import { readTracklist, type Tracklist } from './tracklist.ts';
import { display } from './wikitext.ts';

interface Body {
  heading: string | null;
  label: string | null;
  title: string | null;
  lines: string[];
}

const LINE_OF_LIST = /^\s*(?:#\s*\S|\[[\d?]{1,3}(?::[\d?]{2}){0,2}\]|<list>)/m;
const LABEL = /^[A-Z][A-Za-z ]{1,40}:$/;
const TITLE = /^(?:\d{4}(?:-\d{2}){0,2}|\d{3}X) - \S.* (?:@|-) \S/;

/** Whether some line begins as lines of the wiki's lists do. */
export function isBareList(text: string): boolean {
  return LINE_OF_LIST.test(text);
}

/** Reads every body that holds a track, in order. */
export function readBareLists(text: string, fetchedAt: string | null): { items: SetlistItem[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const items = bodiesOf(text).flatMap((body, index) => {
    const tracklist = readTracklist(body.lines.join('\n'));
    problems.push(...tracklist.problems);
    return tracklist.rows.length === 0 ? [] : [item(body, index, tracklist, text, fetchedAt)];
  });
  return { items, problems };
}

function item(body: Body, index: number, tracklist: Tracklist, text: string, fetchedAt: string | null): SetlistItem {
  return dumpedMix({
    ...tracklist,
    title: body.title,
    url: null,
    places: new Set(),
    fetchedAt,
    // Two equal bodies of one text stay two sets.
    text: `${index}\n${text}`,
    extraFacts: { heading: body.heading, label: body.label },
  });
}

function bodiesOf(text: string): Body[] {
  const bodies: Body[] = [];
  let body: Body = { heading: null, label: null, title: null, lines: [] };
  const next = (fields: Partial<Body>) => {
    bodies.push(body);
    body = { heading: body.heading, label: null, title: null, lines: [], ...fields };
  };
  for (const line of text.split(/\r\n?|\n/)) {
    const trimmed = line.trim();
    const heading = /^==\s*([^=].*?)\s*==$/.exec(trimmed)?.[1];
    if (heading !== undefined) next({ heading: display(heading) });
    else if (LABEL.test(trimmed)) next({ label: trimmed.slice(0, -1) });
    else if (TITLE.test(trimmed)) next({ title: display(trimmed) });
    else body.lines.push(line);
  }
  bodies.push(body);
  return bodies;
}
