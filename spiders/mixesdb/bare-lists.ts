/**
 * Tracklists in wikitext without their page: one body, or several under "== Heading ==" and "Label:" lines. A line in the form of a page title
 * before a body is its title.
 */
import type { SetlistItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { dumpedMix } from './dumped-mix.ts';
import { readTracklist, type Tracklist } from './tracklist.ts';
import { display } from './wikitext.ts';

interface Body {
  heading: string | null;
  label: string | null;
  title: string | null;
  lines: string[];
}

/** "# Artist - Title", "# ?", "[07] anything", "<list>", "...". A "#" alone is not enough: it is a heading in other notations. */
const LINE_OF_LIST = /^(?:# ?(?:\S.*\s[-–]\s|\[[\d?]|\?)|\[[\d?]{1,3}(?::[\d?]{2}){0,2}\]\s*\S|<\/?list>|\.{3}$)/;
/** What a line is shows in its first characters. */
const LONGEST_START = 300;
const HEADING = /^==\s*([^=].*?)\s*==$/;
const LABEL = /^[A-Z][A-Za-z ]{1,40}:$/;
const TITLE = /^(?:\d{4}(?:-\d{2}){0,2}|\d{3}X) - \S.* (?:@|-) \S/;

/** Whether at least half of the lines that say something begin as lines of the wiki's lists do. */
export function isBareList(text: string): boolean {
  let ofList = 0;
  let others = 0;
  for (const line of text.split(/\r\n?|\n/)) {
    const start = line.slice(0, LONGEST_START).trim();
    if (LINE_OF_LIST.test(start)) ofList += 1;
    else if (start !== '' && !HEADING.test(start) && !LABEL.test(start) && !TITLE.test(start) && !start.startsWith(';'))
      others += 1;
  }
  return ofList > 0 && ofList >= others;
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
    const trimmed = line.length > LONGEST_START ? '' : line.trim();
    const heading = HEADING.exec(trimmed)?.[1];
    if (heading !== undefined) next({ heading: display(heading) });
    else if (LABEL.test(trimmed)) next({ label: trimmed.slice(0, -1) });
    else if (TITLE.test(trimmed)) next({ title: display(trimmed) });
    else body.lines.push(line);
  }
  bodies.push(body);
  return bodies;
}
