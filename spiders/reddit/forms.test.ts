/** Forms of answers and titles beside those of the fixtures: archives, recorded calls, the looser habits of people who type titles. */
import { describe, expect, it } from 'vitest';
import type { PostItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { parse } from './parser.ts';
import { rowFromTitle } from './title.ts';

function read(body: string, url: string | null = null): ParseResult {
  return parse({ body: new TextEncoder().encode(body), url, status: null, contentType: null, fetchedAt: null });
}

const posts = (result: ParseResult): PostItem[] =>
  result.items.filter((item): item is PostItem => item.kind === 'post');

describe('what archives keep', () => {
  const post = {
    id: 'a1',
    subreddit: 'House',
    author: 'ada',
    title: 'Ada - Moment [house] (2024)',
    created_utc: 1_700_000_000,
  };
  const comment = { id: 'b1', subreddit: 'House', body: 'thanks', link_id: 't3_a1', created_utc: '1700000001' };

  it.each([
    ['one record', JSON.stringify(post), ['t3_a1']],
    ['a list', JSON.stringify([post, comment]), ['t3_a1', 't1_b1']],
    ['a list in data', JSON.stringify({ data: [post, comment], metadata: {} }), ['t3_a1', 't1_b1']],
    ['one on each line', `${JSON.stringify(post)}\n${JSON.stringify(comment)}\n`, ['t3_a1', 't1_b1']],
  ])('%s is read as things', (_form, body, ids) => {
    expect(read(body)).toMatchObject({ problems: [] });
    expect(posts(read(body)).map(({ id }) => id)).toEqual(ids);
  });

  it('times as texts are times', () => {
    expect(posts(read(JSON.stringify([comment])))[0]?.createdAt).toBe('2023-11-14T22:13:21.000Z');
  });

  it('a broken line is a problem, the others are read', () => {
    const result = read(`${JSON.stringify(post)}\n{"id": "secret\n${JSON.stringify(comment)}`);
    expect(posts(result)).toHaveLength(2);
    expect(result.problems).toEqual([
      { code: 'bad-value', message: 'broken JSON: the line cannot be read', where: 'line 2' },
    ]);
  });

  it('records of other services are none', () => {
    expect(read('[{"id": "1", "title": "A - B"}]').problems).toMatchObject([{ code: 'unknown-shape' }]);
  });
});

it.each(['0:00 Ada - Moment', '[0:00] Ada - Moment', 'https://www.reddit.com/r/House'])(
  'pasted "%s" is refused with the reason',
  (text) => {
    expect(read(text)).toMatchObject({
      items: [],
      problems: [{ code: 'unknown-shape', message: expect.stringContaining('save the address with .json behind it') }],
    });
  },
);

describe('odd shapes', () => {
  const post = (data: Record<string, unknown>): PostItem | undefined =>
    posts(read(JSON.stringify([{ kind: 't3', data: { name: 't3_a', subreddit: 'House', ...data } }])))[0];

  it('a crosspost links by a path; its address is whole', () => {
    expect(post({ url: '/r/Techno/comments/b/x/' })?.url).toBe('https://www.reddit.com/r/Techno/comments/b/x/');
  });

  it('what its author deleted is told by the title, whatever stands in place of the text', () => {
    expect(post({ title: '[deleted by user]', selftext: '[removed]', author: '[deleted]' })?.status).toBe(
      'deleted-by-author',
    );
  });

  it.each(['t2', 't5'])('a %s alone is not read', (kind) => {
    expect(read(JSON.stringify({ kind, data: { name: 'x' } })).problems).toMatchObject([{ code: 'not-read-yet' }]);
  });

  it('the token call refuses by a word', () => {
    expect(read('{"error": "invalid_grant"}').items).toMatchObject([
      { kind: 'error', status: null, code: 'invalid_grant' },
    ]);
  });
});

describe('recorded calls', () => {
  const cassette = (method: string, uri: string, body: unknown): string =>
    JSON.stringify({
      interactions: [
        {
          request: { method, uri, body },
          response: {
            body: {
              string: JSON.stringify({
                json: {
                  errors: [],
                  data: {
                    things: [
                      { kind: 't1', data: { name: 't1_b', subreddit: 'House', body: 'hello', parent_id: 't3_a' } },
                      { kind: 'more', data: { name: 't1_c', parent_id: 't1_b', children: ['c'] } },
                    ],
                  },
                },
              }),
            },
          },
        },
      ],
    });

  it('morechildren asked by POST is read; the post stands in the body that was sent', () => {
    const result = read(
      cassette(
        'POST',
        'https://oauth.reddit.com/api/morechildren/?raw_json=1',
        'api_type=json&children=b&link_id=t3_a',
      ),
    );
    expect(posts(result).map(({ id }) => id)).toEqual(['t1_b']);
    expect(new URL(result.requests[0]?.url ?? '').searchParams.get('link_id')).toBe('t3_a');
  });

  it('other calls by POST are not read', () => {
    expect(read(cassette('POST', 'https://oauth.reddit.com/api/submit/', ''))).toMatchObject({
      items: [],
      problems: [{ code: 'not-read-yet' }],
    });
  });
});

describe('titles', () => {
  const told = (title: string, subreddit = 'listentothis'): unknown => {
    const track = rowFromTitle(title, { subreddit, url: null });
    return track && [track.artist, track.title, track.version, track.genreTags, track.year, track.trailing];
  };

  it.each([
    ['Ada Quill -Moment [Jazz] (1965)', ['Ada Quill', 'Moment', null, 'Jazz', 1965, null]],
    ['Ada Quill- Moment [Jazz] (1965)', ['Ada Quill', 'Moment', null, 'Jazz', 1965, null]],
    ['Ada Quill - Moment - [Pop] (2013)', ['Ada Quill', 'Moment', null, 'Pop', 2013, null]],
    ['Ada – "Moment" -- [Shoegaze/Punk] (2012)', ['Ada', 'Moment', null, 'Shoegaze/Punk', 2012, null]],
    ['Ada - Moment [rock] (c. 1972)', ['Ada', 'Moment', null, 'rock', 1972, null]],
    ['Ada - Moment [rock] (2001, reissued 2016)', ['Ada', 'Moment', null, 'rock', 2001, null]],
    ['Ada - Moment [rock] 2016', ['Ada', 'Moment', null, 'rock', 2016, null]],
    ['Ada - Moment (Official Video) [rock]', ['Ada', 'Moment', null, 'rock', null, '(Official Video)']],
    ['Ada - Moment [Official Music Video]', ['Ada', 'Moment', null, null, null, '[Official Music Video]']],
    ['Ada - Moment (Live) - Official Audio', ['Ada', 'Moment', 'Live', null, null, '- Official Audio']],
    ['Ada - What Is Moment', ['Ada', 'What Is Moment', null, null, null, null]],
  ])('%s', (title, fields) => {
    expect(told(title)).toEqual(fields);
  });

  it.each([
    'Ada Quill has died - discussion thread',
    "What's your favourite record - mine is Moment",
    '[FRESH ALBUM] Ada - Moment',
    'Slow-burning Saturday [2015]',
  ])('%s names no track', (title) => {
    expect(told(title, 'Music')).toBeNull();
  });

  it('a list that counts needs no heading in a subreddit about music, or the title is one', () => {
    const rows = (subreddit: string, title: string): number => {
      const selftext = '1. Mara Quill - Low Tide\n2. Odd Lanterns - Glass Hour\n3. Halden - Ferry';
      const data = { name: 't3_a', subreddit, title, selftext };
      return posts(read(JSON.stringify([{ kind: 't3', data }])))[0]?.tracks.length ?? 0;
    };
    expect([rows('House', 'Last night'), rows('boats', 'Last night'), rows('boats', 'Full tracklist')]).toEqual([
      3, 0, 3,
    ]);
  });
});
