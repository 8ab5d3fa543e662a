/** One post (t3) or comment (t1) of an answer, as an item. */
import { readTracklist } from '../../src/core/free-text.ts';
import type { PostItem, PostRow } from '../../src/core/items.ts';
import { asBoolean, asNumber, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import { fold } from '../../src/core/text.ts';
import { mustPurge, statusOf } from './deletion.ts';
import { isFullname } from './spider.ts';
import { isMusicSubreddit, rowFromTitle } from './title.ts';
import { trackRequest } from './track-request.ts';

const SITE = 'https://www.reddit.com';
/** Programs that answer under posts; they quote titles of others and must never be read as somebody's tracklist. */
const BOT = /^AutoModerator$|(?:^|[-_a-z])bot\d*$/i;

/** Undoes the one escaping that Reddit applies to every text of an answer unless `raw_json=1` was asked. */
export type Unescape = (text: string) => string;

/** The item of a thing's `data`; null when it has no name, or that of another kind. */
export function postItem(kind: 't1' | 't3', data: JsonRecord, unescapeText: Unescape): PostItem | null {
  const id = asText(data.name) ?? (asText(data.id) === null ? null : `${kind}_${asText(data.id)}`);
  if (id === null || !isFullname(id) || !id.startsWith(kind)) return null;
  const said = (field: string): string | null => {
    const text = asText(data[field]);
    return text === null ? null : unescapeText(text);
  };
  const status = statusOf(data);
  const item: PostItem = {
    ...emptyPost(id, kind),
    subreddit: said('subreddit'),
    author: said('author'),
    createdAt: isoTime(data.created_utc),
    title: fold(said('title')),
    body: said(kind === 't1' ? 'body' : 'selftext'),
    score: asNumber(data.score),
    url: kind === 't3' ? absolute(said('url')) : null,
    permalink: permalinkOf(kind, data),
    parentId: kind === 't1' ? asText(data.parent_id) : null,
    status,
    purge: mustPurge(status),
  };
  item.extra = kind === 't1' ? commentExtra(item, data) : linkExtra(item, data, said);
  item.tracks = tracksOf(item);
  return item;
}

/** A thing that was asked for by name and is not there any more. */
export function absentPost(id: string): PostItem {
  return { ...emptyPost(id, id.startsWith('t1_') ? 't1' : 't3'), status: 'absent', purge: true };
}

function emptyPost(id: string, thing: 't1' | 't3'): PostItem {
  return {
    kind: 'post',
    source: 'reddit',
    id,
    thing,
    subreddit: null,
    author: null,
    createdAt: null,
    title: null,
    body: null,
    score: null,
    url: null,
    permalink: null,
    parentId: null,
    status: 'live',
    purge: false,
    tracks: [],
    extra: {},
  };
}

/** Nothing is read out of what must be erased, nor out of what a program wrote or somebody paid for. A list in the text outranks the title, which then names the set. */
function tracksOf(item: PostItem): PostRow[] {
  if (item.purge || item.extra.isBot === true || item.extra.isPromoted === true) return [];
  const context = { isMusic: isMusicSubreddit(item.subreddit), heading: item.title };
  const listed = readTracklist(item.body ?? '', context).map((row) => ({
    ...row,
    genreTags: null,
    year: null,
    trailing: null,
  }));
  if (listed.length > 0 || item.title === null) return listed;
  const named = rowFromTitle(item.title, item);
  return named ? [named] : [];
}

function commentExtra(item: PostItem, data: JsonRecord): Record<string, unknown> {
  return {
    linkId: asText(data.link_id),
    depth: asNumber(data.depth),
    isSubmitter: asBoolean(data.is_submitter),
    isBot: item.author !== null && BOT.test(item.author),
    editedAt: isoTime(data.edited),
  };
}

function linkExtra(item: PostItem, data: JsonRecord, said: (field: string) => string | null): Record<string, unknown> {
  const facts = {
    domain: asText(data.domain),
    isSelf: asBoolean(data.is_self),
    numComments: asNumber(data.num_comments),
    isBot: item.author !== null && BOT.test(item.author),
    editedAt: isoTime(data.edited),
  };
  if (item.purge) return facts;
  return {
    ...facts,
    flair: said('link_flair_text'),
    ...kindOfPost(data),
    oembedTitle: oembedTitle(data),
    ...trackRequest(item.title, item.url),
  };
}

/** What a post is beside a text or a link; only what it is. Polls and galleries carry their words in places of their own, which name no tracks. */
function kindOfPost(data: JsonRecord): Record<string, unknown> {
  const of = asText(data.crosspost_parent);
  return {
    ...(of === null ? {} : { crosspostOf: of }),
    ...(data.is_gallery === true ? { isGallery: true } : {}),
    ...(isRecord(data.poll_data) ? { isPoll: true } : {}),
    ...(data.promoted === true || data.is_created_from_ads_ui === true ? { isPromoted: true } : {}),
  };
}

/** As the embed's provider wrote it: the one text of an answer that is somebody else's and stays as it came. */
function oembedTitle(data: JsonRecord): string | null {
  const media = [data.media, data.secure_media].map((entry) => asText(asRecord(asRecord(entry).oembed).title));
  return media[0] ?? media[1] ?? null;
}

/** Paths of the site as addresses: crossposts link to what they repeat by its path. */
function absolute(address: string | null): string | null {
  return address?.startsWith('/') ? `${SITE}${address}` : address;
}

function permalinkOf(kind: 't1' | 't3', data: JsonRecord): string | null {
  const path = asText(data.permalink);
  if (path !== null) return absolute(path);
  const [id, link] = [asText(data.id), asText(data.link_id)?.replace(/^t3_/, '')];
  // Older answers give comments no address of their own.
  return kind === 't1' && id && link ? `${SITE}/comments/${link}/_/${id}` : null;
}

/** Seconds since 1970, whole or not, as ISO 8601 UTC; null for `false` and for what is no time. */
function isoTime(seconds: unknown): string | null {
  const time = asNumber(seconds);
  const date = new Date((time ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
