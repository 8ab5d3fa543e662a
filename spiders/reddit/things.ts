/** Walks the things of an answer: posts and comments become items, stubs for what was left out become requests. */
import type { Item } from '../../src/core/items.ts';
import {
  asList,
  asRecord,
  asText,
  type FieldType,
  isRecord,
  type JsonRecord,
  wrongTypes,
} from '../../src/core/json-page.ts';
import type { PageRequest, Problem } from '../../src/core/parse-result.ts';
import { postItem, type Unescape } from './post.ts';
import { comments, IDS_PER_CALL, isFullname, isId, moreChildren } from './spider.ts';

/** What has been read so far; the walkers add to it. */
export interface Reading {
  readonly items: Item[];
  readonly requests: PageRequest[];
  readonly problems: Problem[];
}

export interface WalkOptions {
  unescapeText: Unescape;
  /** Fullname of the post whose discussion this is, where it is known beforehand. */
  linkId: string | null;
}

/** Fields that are read of posts and comments alike; one of another type is dropped and counted. */
const TYPES: Readonly<Record<string, FieldType>> = {
  name: 'text',
  id: 'text',
  subreddit: 'text',
  author: 'text',
  title: 'text',
  selftext: 'text',
  body: 'text',
  url: 'text',
  permalink: 'text',
  parent_id: 'text',
  link_id: 'text',
  created_utc: 'number',
  score: 'number',
};

interface Visit {
  thing: unknown;
  where: string;
}

/** Reads things and everything nested in their replies, in the order of the page. Nesting costs memory, never the call stack. */
export function walkThings(things: readonly unknown[], where: string, options: WalkOptions, reading: Reading): void {
  const stubs: JsonRecord[] = [];
  let linkId = options.linkId;
  const visits: Visit[] = visitsOf(things, where);
  for (let visit = visits.pop(); visit; visit = visits.pop()) {
    const { kind, data } = asRecord(visit.thing);
    const fields = asRecord(data);
    if (kind === 'more') stubs.push(fields);
    else if ((kind === 't1' || kind === 't3') && isRecord(data)) {
      const item = postItem(kind, fields, options.unescapeText);
      reading.problems.push(...wrongTypes(fields, TYPES, visit.where));
      if (item) reading.items.push(item);
      else
        reading.problems.push({
          code: 'bad-value',
          message: `a ${kind} without a name of its kind`,
          where: visit.where,
        });
      linkId ??= kind === 't3' ? (item?.id ?? null) : asText(fields.link_id);
      for (const reply of visitsOf(repliesOf(fields), `replies of ${item?.id ?? 'unknown'}`)) visits.push(reply);
    } else reading.problems.push(unreadThing(kind, visit.where));
  }
  for (const stub of stubs) followStub(stub, linkId, reading);
}

/** Children of a Listing; `replies` is "" where there are none. */
export function childrenOf(listing: unknown): unknown[] {
  return asList(asRecord(asRecord(listing).data).children);
}

function repliesOf(data: JsonRecord): unknown[] {
  return childrenOf(data.replies);
}

/** Last first, because they are taken from the end. */
function visitsOf(things: readonly unknown[], where: string): Visit[] {
  return things.map((thing, index) => ({ thing, where: `${where}[${index}]` })).reverse();
}

function unreadThing(kind: unknown, where: string): Problem {
  if (typeof kind === 'string' && /^t\d$/.test(kind))
    return { code: 'not-read-yet', message: `not read yet: ${kind}`, where };
  return { code: 'unknown-shape', message: 'expected a thing with kind t1, t3 or more', where };
}

/**
 * `children` names what can be asked for in one go (`count` counts their answers too); an empty one means "continue this thread" on a page of
 * its own. Ids become part of an address: what cannot be one is counted and left out.
 */
function followStub(stub: JsonRecord, linkId: string | null, { requests, problems }: Reading): void {
  const parent = fullnameOf(stub.parent_id);
  const link = parent?.startsWith('t3_') ? parent : linkId;
  if (link === null || !isFullname(link) || parent === null) {
    const stubName = asText(stub.name)?.slice(0, 40) ?? 'without name';
    const what = parent === null ? 'what it hangs on' : 'the post it belongs to';
    problems.push({ code: 'bad-value', message: `more stub ${stubName}: ${what} is unknown`, where: null });
    return;
  }
  const children = asList(stub.children);
  const ids = [...new Set(children.flatMap((id) => (typeof id === 'string' && isId(id) ? id : [])))];
  if (children.some((id) => typeof id !== 'string' || !isId(id)))
    problems.push({ code: 'bad-value', message: 'more stub: children that are no ids', where: `more of ${parent}` });
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    requests.push(moreChildren(link, ids.slice(start, start + IDS_PER_CALL)));
  }
  if (children.length === 0 && parent.startsWith('t1_')) requests.push(comments(link.slice(3), parent.slice(3)));
}

function fullnameOf(value: unknown): string | null {
  const text = asText(value);
  return text !== null && isFullname(text) ? text : null;
}
