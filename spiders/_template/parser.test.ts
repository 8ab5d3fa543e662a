import { describe, expect, it } from 'vitest';
import { parse } from './parser.ts';
import { HOST, requestFor } from './spider.ts';

const page = (html: string, url: string) =>
  parse({ body: Buffer.from(html), url, status: 200, contentType: 'text/html', fetchedAt: null });

describe('a page of a set', () => {
  const url = `https://${HOST}/sets/one-night`;

  it('gives the set with its tracks', () => {
    const html =
      '<h1>One Night</h1><time datetime="2026-05-01"></time><ol><li>Ada - Lamp (Dub Mix)</li><li>ID - ID</li></ol>';
    const [item] = page(html, url).items;
    expect(item).toMatchObject({ kind: 'setlist', externalId: 'one-night', title: 'One Night', date: '2026-05-01' });
    expect(item?.kind === 'setlist' && item.tracks[0]).toMatchObject({
      artist: 'Ada',
      title: 'Lamp',
      version: 'Dub Mix',
    });
  });

  it('without what makes it one says what is missing', () => {
    expect(page('<h1>One Night</h1>', url).problems).toMatchObject([{ code: 'missing-tracks' }]);
    expect(page('<p>nothing</p>', url).problems).toMatchObject([{ code: 'layout-drift' }]);
  });
});

describe('a list of sets', () => {
  it('leads to each set once', () => {
    const html = '<a href="/sets/a">A</a><a href="/sets/a/#top">A</a><a href="/about">About</a>';
    expect(page(html, `https://${HOST}/`).requests).toEqual([requestFor(`https://${HOST}/sets/a`)]);
  });
});
