/** What good answers of Reddit hold. A forbidden subreddit is a private one: it is left alone, the others are not. */
import type { PageContract, PageContracts } from '../../src/core/page-contract.ts';

const posts: PageContract = {
  items: ['post'],
  atLeast: 0,
  atMost: null,
  required: ['id'],
  watched: ['subreddit', 'createdAt', 'author', 'body', 'permalink'],
  statuses: { 403: 'gone' },
};

export const contracts: PageContracts = {
  listing: { ...posts, required: ['id', 'subreddit', 'createdAt'], watched: ['title', 'permalink', 'author'] },
  comments: { ...posts, atLeast: 1, statuses: { 403: 'gone', 404: 'gone' } },
  morechildren: posts,
  info: posts,
};
