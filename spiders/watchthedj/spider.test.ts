import { describe, expect, it } from 'vitest';
import { requestsForSeed } from '../../src/core/seeds.ts';
import { source } from './index.ts';
import { headers, needsBrowser, normaliseUrl, seeds } from './spider.ts';

const SET = 'https://watchthedj.com/djvideos/someone-live-at-somewhere-2024';

describe('addresses of watchthedj', () => {
  it.each([
    ['someone-live-at-somewhere-2024', { url: SET, kind: 'djvideo' }],
    [`${SET}/?utm_source=x`, { url: SET, kind: 'djvideo' }],
    [`${SET}#rendered`, { url: `${SET}#rendered`, kind: 'djvideo-rendered' }],
    [
      'http://www.watchthedj.com/channels/Some-Radio',
      { url: 'https://watchthedj.com/channels/some-radio', kind: 'channel' },
    ],
    [
      'https://watchthedj.com/channels/some-radio?page=2&sort=new',
      { url: 'https://watchthedj.com/channels/some-radio?page=2', kind: 'channel' },
    ],
    ['https://watchthedj.com/?page=1', { url: 'https://watchthedj.com/', kind: 'home' }],
    ['https://watchthedj.com', { url: 'https://watchthedj.com/', kind: 'home' }],
  ])('%s is asked for', (text, request) => {
    expect(requestsForSeed(source, text)).toEqual([request]);
  });

  it.each([
    '',
    'two words',
    'artist:Someone',
    'search:anything',
    'https://example.org/djvideos/a-live-at-b',
    'https://watchthedj.com/about',
    'ftp://watchthedj.com/',
  ])('%j is nothing to ask for', (text) => {
    expect(() => requestsForSeed(source, text)).toThrow(/is no seed for WatchTheDJ/);
  });

  it('a rendered page is the same page but another request', () => {
    expect(normaliseUrl(`http://www.watchthedj.com/djvideos/Someone-Live-At-Somewhere-2024/?a=1`)).toBe(SET);
    expect(normaliseUrl(`${SET}#rendered`)).toBe(`${SET}#rendered`);
    expect(normaliseUrl('no address')).toBe('no address');
  });

  it('only pages that gave nothing by HTTP need a browser', () => {
    expect(seeds().map(needsBrowser)).toEqual([false]);
    expect(needsBrowser({ url: `${SET}#rendered`, kind: 'djvideo-rendered' })).toBe(true);
    expect(headers({ url: SET, kind: 'djvideo' }, {}).accept).toContain('text/html');
  });

  it('is experimental, since no page of it has been seen', () => {
    expect(source.facts.experimental).toBe(true);
  });
});
