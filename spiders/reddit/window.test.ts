import { describe, expect, it } from 'vitest';
import { source } from './index.ts';

const NEWEST = new Date('2026-11-24T12:00:00Z');

function listing(createdAt: string[], url: string) {
  const children = createdAt.map((at, index) => ({
    kind: 't3',
    data: { name: `t3_a${index}`, title: 'x', created_utc: Date.parse(at) / 1000 },
  }));
  const body = Buffer.from(JSON.stringify({ kind: 'Listing', data: { after: 't3_a1', children } }));
  return source.parse({ body, url, status: 200, contentType: null, fetchedAt: null }).requests;
}

describe('a look at what is new', () => {
  const [first] = source.changesSince?.(NEWEST) ?? [];
  const url = first?.url ?? '';

  it('is one listing for each seed, known to go back two days behind the newest post', () => {
    expect(source.changesSince?.(NEWEST)).toHaveLength(source.seeds().length);
    expect(url).toBe('https://oauth.reddit.com/r/listentothis/new?limit=100&raw_json=1#since=2026-11-22T12:00:00.000Z');
  });

  it('is the same page as the seed, however far back it goes', () => {
    expect(source.normaliseUrl(url)).toBe(source.seeds()[0]?.url);
  });

  it('goes on with the next page, and takes its limit along', () => {
    expect(listing(['2026-11-24T12:00:00Z', '2026-11-22T12:00:00Z'], url)).toEqual([
      {
        url: 'https://oauth.reddit.com/r/listentothis/new?after=t3_a1&limit=100&raw_json=1#since=2026-11-22T12:00:00.000Z',
        kind: 'listing',
      },
    ]);
  });

  it('ends behind the limit; a pinned post on top is no end', () => {
    expect(listing(['2026-11-24T12:00:00Z', '2026-11-22T11:59:59Z'], url)).toEqual([]);
    expect(listing(['2019-01-01T00:00:00Z', '2026-11-23T00:00:00Z'], url)).toHaveLength(1);
  });

  it('without a limit, or in another order than that of time, goes as far as Reddit lists', () => {
    expect(listing(['2019-01-01T00:00:00Z'], 'https://oauth.reddit.com/r/house/new')).toHaveLength(1);
    expect(listing(['2019-01-01T00:00:00Z'], url.replace('/new', '/top'))).toHaveLength(1);
    expect(listing(['2019-01-01T00:00:00Z'], url.replace(/since=.*/, 'since=never'))).toHaveLength(1);
  });
});
