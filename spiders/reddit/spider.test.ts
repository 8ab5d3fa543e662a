import { describe, expect, it } from 'vitest';
import { requestsForSeed } from '../../src/core/seeds.ts';
import { source } from './index.ts';

describe('a seed', () => {
  it.each([
    ['t3_3ybh3d', 'https://oauth.reddit.com/comments/3ybh3d?limit=500&raw_json=1', 'comments'],
    ['t1_abc12', 'https://oauth.reddit.com/api/info?id=t1_abc12&raw_json=1', 'info'],
    ['r/House', 'https://oauth.reddit.com/r/house/new?limit=100&raw_json=1', 'listing'],
    [
      'https://www.reddit.com/r/House/comments/AbC1/some_slug/?utm_source=share',
      'https://oauth.reddit.com/comments/abc1?raw_json=1',
      'comments',
    ],
    [
      'https://old.reddit.com/r/House/comments/abc1/some_slug/def2/?context=3',
      'https://oauth.reddit.com/comments/abc1/_/def2?raw_json=1',
      'comments',
    ],
    [
      'search:Mara Quill & co',
      'https://oauth.reddit.com/r/listentothis+house+techno+trance+dnb+electronicmusic+tracklists+djs+beatmatch/search?limit=100&q=Mara+Quill+%26+co&raw_json=1&restrict_sr=1&sort=new',
      'listing',
    ],
    ['https://www.reddit.com/search/?q=ada', 'https://oauth.reddit.com/search?q=ada&raw_json=1', 'listing'],
    ['https://www.reddit.com/r/House/comments/', 'https://oauth.reddit.com/r/house/comments?raw_json=1', 'listing'],
    ['https://redd.it/abc1', 'https://oauth.reddit.com/comments/abc1?limit=500&raw_json=1', 'comments'],
    [
      'https://www.reddit.com/r/House/new.json?limit=25',
      'https://oauth.reddit.com/r/house/new?limit=25&raw_json=1',
      'listing',
    ],
  ])('%s', (text, url, kind) => {
    expect(requestsForSeed(source, text)).toEqual([{ url, kind }]);
  });

  it.each([
    '',
    'house',
    'search:',
    't3_../x',
    't2_abc',
    'https://example.org/r/House',
    'https://www.reddit.com/settings',
  ])('%j is nothing of Reddit', (text) => {
    expect(() => requestsForSeed(source, text)).toThrow(/is no seed for Reddit/);
  });
});

describe('normaliseUrl', () => {
  it('a normalised address stays as it is, and so do seeds', () => {
    for (const { url } of source.seeds()) expect(source.normaliseUrl(url)).toBe(url);
  });

  it('an address of another site is left alone', () => {
    expect(source.normaliseUrl('https://example.org/?b=1&a=2')).toBe('https://example.org/?b=1&a=2');
    expect(source.normaliseUrl('no address')).toBe('no address');
  });
});

describe('checks of what still exists', () => {
  it('ask about a hundred at a time, and about names only', () => {
    const ids = Array.from({ length: 150 }, (_, index) => `t1_c${index}`);
    const requests = source.existenceChecks?.requests([...ids, 't5_sub', 'x&y']) ?? [];
    expect(requests.map(({ url }) => (new URL(url).searchParams.get('id') ?? '').split(',').length)).toEqual([100, 50]);
    expect(new Set(requests.map(({ kind }) => kind))).toEqual(new Set([source.existenceChecks?.kind]));
  });
});

describe('headers', () => {
  const request = { url: 'https://oauth.reddit.com/r/house/new', kind: 'listing' };

  it('carry the token and the agent that were given', () => {
    expect(source.headers(request, { REDDIT_ACCESS_TOKEN: 'abc', REDDIT_USER_AGENT: 'x:y:1 (by /u/z)' })).toEqual({
      Accept: 'application/json',
      Authorization: 'bearer abc',
      'User-Agent': 'x:y:1 (by /u/z)',
    });
  });

  it('never carry the secret', () => {
    expect(JSON.stringify(source.headers(request, { REDDIT_CLIENT_SECRET: 'geheim' }))).not.toContain('geheim');
    expect(source.needsBrowser(request)).toBe(false);
  });
});
