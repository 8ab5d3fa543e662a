import { describe, expect, it } from 'vitest';
import { pageEndsAt, withoutTitleWords } from './post-duty.ts';

describe('addresses of posts', () => {
  it.each([
    ['https://www.reddit.com/r/House/comments/abc/words_of_it/', 'https://www.reddit.com/comments/abc/_/'],
    ['https://www.reddit.com/r/House/comments/abc/words_of_it/def/', 'https://www.reddit.com/comments/abc/_/def/'],
    ['https://www.reddit.com/user/somebody/comments/abc/words?x=1', 'https://www.reddit.com/comments/abc/_?x=1'],
    ['/comments/abc/_/def', '/comments/abc/_/def'],
    ['https://oauth.reddit.com/comments/abc?limit=500', 'https://oauth.reddit.com/comments/abc?limit=500'],
    ['https://example.org/', 'https://example.org/'],
    ['{"location":"/r/a/comments/b/c_d"}', '{"location":"/comments/b/_"}'],
  ])('%s is kept as %s', (given, kept) => {
    expect(withoutTitleWords(given)).toBe(kept);
    expect(withoutTitleWords(kept)).toBe(kept);
  });
});

describe('a page', () => {
  it('with posts ends after a day, others stay', () => {
    const at = new Date('2026-11-24T12:00:00Z');
    expect(pageEndsAt('reddit', at)).toEqual(new Date('2026-11-25T12:00:00Z'));
    expect(pageEndsAt('mixesdb', at)).toBeNull();
  });
});
