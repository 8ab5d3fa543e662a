/** Where a crawl of Reddit may start: posts, comments, listings, and searches within the subreddits that are followed. */

import type { SeedRule } from '../../src/core/seed-rule.ts';
import { addressRule } from '../../src/core/seeds.ts';
import { comments, info, listing, requestFor, search } from './spider.ts';

const POST = /^t3_[a-z0-9]{1,13}$/i;
const COMMENT = /^t1_[a-z0-9]{1,13}$/i;
const SUBREDDITS = /^\/?r\/(?<names>\w+(?:\+\w+)*)\/?$/i;

export const seedRules: readonly SeedRule[] = [
  {
    form: 'artist:<name>',
    example: 'artist:Mara Quill',
    becomes: 'the newest posts with that name, in the subreddits that are followed',
    read: (name) => [search(`"${name.replaceAll('"', ' ').trim()}"`)],
  },
  {
    form: 'search:<text>',
    example: 'search:boiler room tracklist',
    becomes: 'the newest posts with these words, in the subreddits that are followed',
    read: (words) => [search(words)],
  },
  {
    form: 'r/<name>',
    example: 'r/House',
    becomes: 'the newest posts of a subreddit, or of several (r/House+Techno)',
    read: (text) => {
      const names = SUBREDDITS.exec(text)?.groups?.names;
      return names === undefined ? [] : [listing(names)];
    },
  },
  {
    form: 't3_<id>',
    example: 't3_3ybh3d',
    becomes: 'a post and what is said under it',
    read: (name) => (POST.test(name) ? [comments(name.toLowerCase().slice(3))] : []),
  },
  {
    form: 't1_<id>',
    example: 't1_cyi6xj2',
    becomes: 'one comment',
    read: (name) => (COMMENT.test(name) ? [info([name.toLowerCase()])] : []),
  },
  addressRule(
    'https://www.reddit.com/r/House/comments/3ybh3d/some_slug/',
    'what the interface says of that page: a post, a subreddit, a search',
    requestFor,
  ),
];
