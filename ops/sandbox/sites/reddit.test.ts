import { expect, it } from 'vitest';
import { buildWorld } from '../world.ts';
import { createSite } from './reddit.ts';

it('/api/info answers for posts and comments that are there, and leaves out the others', () => {
  const site = createSite(buildWorld('7', 60));
  const ask = (path: string, query: Record<string, string>) => {
    const request = { host: 'oauth.reddit.com', method: 'GET', path, query: new URLSearchParams(query) };
    return JSON.parse(site.respond({ ...request, headers: {}, body: '', today: null }).body);
  };
  const [set] = site.shownSets();
  const post = set?.externalId ?? '';
  const [, below] = ask(`/comments/${post.slice(3)}`, {});
  const [question] = below.data.children;
  const comments = [question, question.data.replies.data.children[0]].map(({ data }) => data.name);
  const { data } = ask('/api/info', { id: [post, ...comments, 't1_nobody'].join(',') });
  expect(data.children.map((child: { data: { name: string } }) => child.data.name)).toEqual([post, ...comments]);
});
