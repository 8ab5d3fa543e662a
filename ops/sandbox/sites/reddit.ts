/** A local Reddit: the OAuth interface (listings, discussions, /api/info) and the token endpoint. */
import { REDDIT_TOKEN } from '../keys.ts';
import { copiedFrom } from '../noise.ts';
import { alterationsOf, setsOn } from '../places.ts';
import { siteRng } from '../site-rng.ts';
import type { DjSet, World } from '../world/types.ts';
import { known } from '../world.ts';
import { makePosts, type Post, postId, postsOn, rowsOf } from './reddit-posts.ts';
import { html, json, robots, type ShownSet, type Site, type SiteRequest, type SiteResponse } from './site.ts';

const SOURCE = 'reddit';
const API_HOST = 'oauth.reddit.com';
const WEB_HOST = 'www.reddit.com';
/** What an approved client may ask in a window, and how long that is. */
const WINDOW_REQUESTS = 1000;
const WINDOW_SECONDS = 600;
const MOST_LISTED = 100;

export function createSite(world: World): Site {
  const posts = makePosts(world);
  const byId = new Map(posts.map((post) => [post.id, post]));
  const window = { startedAt: 0, used: 0 };
  return {
    source: SOURCE,
    hosts: [API_HOST, WEB_HOST],
    respond: (request) =>
      request.host === WEB_HOST
        ? respondWeb(request)
        : limited(window, respondApi(world, postsOn(posts, request.today), request)),
    *shownSets() {
      for (const set of setsOn(world, SOURCE)) yield shownSet(world, set, byId);
    },
  };
}

/** Only the token can be had without one; everything else of the website turns programs away. */
function respondWeb({ method, path }: SiteRequest): SiteResponse {
  if (path === '/robots.txt') return robots(['/search', '/*.json']);
  if (path === '/api/v1/access_token' && method === 'POST') {
    return json({ access_token: REDDIT_TOKEN, token_type: 'bearer', expires_in: 86_400, scope: '*' });
  }
  return html("<!doctype html><title>Blocked</title><h1>You've been blocked by network security.</h1>", 403);
}

function respondApi(world: World, posts: readonly Post[], { path, query }: SiteRequest): SiteResponse {
  const quote = query.get('raw_json') === '1' ? (text: string) => text : escapeOnce;
  const names = /^\/r\/([\w+]+)\/(?:new|hot|top|rising)(?:\.json)?$/.exec(path)?.[1]?.toLowerCase().split('+');
  const thing = (post: Post): unknown => postThing(post, quote);
  if (path === '/robots.txt') return robots([]);
  if (names)
    return listing(
      posts.filter((post) => names.includes(post.subreddit.toLowerCase())),
      query,
      thing,
    );
  if (path === '/api/info') {
    const ids = (query.get('id') ?? '').split(',');
    const asked = posts.filter((post) => ids.includes(`t3_${post.id}`)).map(thing);
    const below = ids.some((name) => name.startsWith('t1_'))
      ? posts.flatMap((post) => flat(comments(world, post, quote)))
      : [];
    const found = [...asked, ...below.filter(({ data }) => ids.includes(data.name))];
    return json(envelope(found, null, found.length));
  }
  const id = /^(?:\/r\/\w+)?\/comments\/(\w+)/.exec(path)?.[1];
  const post = posts.find((one) => one.id === id);
  if (post === undefined) return json({ message: 'Not Found', error: 404 }, 404);
  return json([envelope([thing(post)], null, 1), envelope(comments(world, post, quote), null, null)]);
}

function listing(posts: readonly Post[], query: URLSearchParams, thing: (post: Post) => unknown): SiteResponse {
  const limit = Math.min(Number(query.get('limit') ?? 25) || 25, MOST_LISTED);
  const after = query.get('after');
  const start = after === null ? 0 : posts.findIndex((post) => `t3_${post.id}` === after) + 1;
  const listed = posts.slice(start, start + limit);
  const last = listed.at(-1);
  const hasMore = last !== undefined && start + limit < posts.length;
  return json(envelope(listed.map(thing), hasMore ? `t3_${last.id}` : null, listed.length));
}

function envelope(children: readonly unknown[], after: string | null, dist: number | null): unknown {
  return { kind: 'Listing', data: { after, dist, modhash: null, geo_filter: '', children, before: null } };
}

function postThing(post: Post, quote: (text: string) => string): unknown {
  const permalink = `/r/${post.subreddit}/comments/${post.id}/post/`;
  const isSelf = post.link === null;
  return {
    kind: 't3',
    data: {
      approved_at_utc: null,
      subreddit: post.subreddit,
      selftext: quote(post.selftext),
      author_fullname: post.author === '[deleted]' ? undefined : `t2_${post.author.replace(/\D/g, '')}`,
      saved: false,
      title: quote(post.title),
      subreddit_name_prefixed: `r/${post.subreddit}`,
      hidden: false,
      name: `t3_${post.id}`,
      upvote_ratio: 0.97,
      link_flair_text: null,
      score: 20 + (post.createdUtc % 300),
      thumbnail: isSelf ? 'self' : 'default',
      edited: false,
      is_self: isSelf,
      removed_by_category: post.removedByCategory,
      domain: isSelf ? `self.${post.subreddit}` : 'youtube.com',
      over_18: false,
      locked: false,
      id: post.id,
      author: post.author,
      num_comments: post.setId === null ? 0 : 2,
      permalink,
      url: post.link ?? `https://www.reddit.com${permalink}`,
      created_utc: post.createdUtc,
      created: post.createdUtc + 28_800,
      stickied: false,
      media: null,
      is_video: false,
    },
  };
}

/** A question and its answer below posts of sets. */
function comments(world: World, post: Post, quote: (text: string) => string): unknown[] {
  if (post.setId === null) return [];
  const rng = siteRng(world, SOURCE, `comments/${post.id}`);
  const set = world.sets.find((one) => one.id === post.setId);
  const row =
    set === undefined ? undefined : rowsOf(world, set).find((one) => one.artist !== null && one.title !== null);
  const [asked, answered] = [postId(world, `${post.id}/1`), postId(world, `${post.id}/2`)];
  const answer = commentThing(
    post,
    { id: answered, parent: `t1_${asked}`, body: `That is ${row?.artist} - ${row?.title}`, replies: '' },
    quote,
  );
  const question = `What is the track at ${rng.int(2, 50)}:${rng.int(10, 59)}?`;
  return [
    commentThing(
      post,
      { id: asked, parent: `t3_${post.id}`, body: question, replies: envelope([answer], null, null) },
      quote,
    ),
  ];
}

/** Comments with their replies, one after another, as /api/info gives them. */
function flat(things: readonly unknown[]): { data: { name: string } }[] {
  return (things as { data: { name: string; replies: '' | { data: { children: unknown[] } } } }[]).flatMap((thing) => {
    const { replies } = thing.data;
    return [{ ...thing, data: { ...thing.data, replies: '' } }, ...(replies === '' ? [] : flat(replies.data.children))];
  });
}

interface Comment {
  readonly id: string;
  readonly parent: string;
  readonly body: string;
  /** "" where there are none. */
  readonly replies: unknown;
}

function commentThing(post: Post, { id, parent, body, replies }: Comment, quote: (text: string) => string): unknown {
  return {
    kind: 't1',
    data: {
      id,
      name: `t1_${id}`,
      link_id: `t3_${post.id}`,
      parent_id: parent,
      subreddit: post.subreddit,
      author: `sandbox_user_${id.length}`,
      body: quote(body),
      replies,
      score: 3,
      depth: parent.startsWith('t3_') ? 0 : 1,
      edited: false,
      is_submitter: false,
      created_utc: post.createdUtc + 3600,
      permalink: `/r/${post.subreddit}/comments/${post.id}/post/${id}/`,
    },
  };
}

function shownSet(world: World, set: DjSet, byId: ReadonlyMap<string, Post>): ShownSet {
  const id = postId(world, set.id);
  return {
    source: SOURCE,
    setId: set.id,
    externalId: `t3_${id}`,
    url: `https://${API_HOST}/comments/${id}?limit=500&raw_json=1`,
    title: byId.get(id)?.title ?? null,
    artists: set.djIds.map((djId) => known(world.artists, djId).name),
    date: set.date,
    rows: rowsOf(world, set),
    copiedFrom: copiedFrom(world, SOURCE, set),
    altered: alterationsOf(world, set),
  };
}

/** The counters that come with every answer of the interface. */
function limited(window: { startedAt: number; used: number }, response: SiteResponse): SiteResponse {
  const now = Date.now() / 1000;
  if (now - window.startedAt >= WINDOW_SECONDS) Object.assign(window, { startedAt: now, used: 0 });
  window.used += 1;
  const headers = {
    'x-ratelimit-used': String(window.used),
    'x-ratelimit-remaining': Math.max(0, WINDOW_REQUESTS - window.used).toFixed(1),
    'x-ratelimit-reset': String(Math.ceil(window.startedAt + WINDOW_SECONDS - now)),
  };
  return { ...response, headers: { ...response.headers, ...headers } };
}

/** What Reddit does to every text unless `raw_json=1` is asked. */
function escapeOnce(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
