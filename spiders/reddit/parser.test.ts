import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item, PostItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { parse } from './parser.ts';

const OWN = new URL('./fixtures/', import.meta.url);
const REAL = new URL('../../../shared/fixtures/reddit/', import.meta.url);

type Fields = Record<string, unknown>;

function read(body: string | Uint8Array, url: string | null = null): ParseResult {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return parse({ body: bytes, url, status: null, contentType: null, fetchedAt: null });
}

function own(name: string, url: string | null = null): ParseResult {
  return read(readFileSync(new URL(name, OWN)), url);
}

function posts(result: ParseResult): PostItem[] {
  return result.items.filter((item): item is PostItem => item.kind === 'post');
}

const codes = (result: ParseResult): string[] => result.problems.map((problem) => problem.code);

describe('a listing', () => {
  const listing = own('listing-escaped.json', 'https://www.reddit.com/r/listentothis/new.json?limit=100');

  it('titles name tracks only where the post is about music', () => {
    const named = posts(listing).map(({ id, tracks }) => [
      id,
      ...tracks.flatMap((row) => [row.artist, row.title, row.version, row.genreTags, row.year, row.trailing]),
    ]);
    expect(named).toEqual([
      ['t3_aaa1', 'Mara Quill', 'Low Tide', null, 'R&B / soul', 2024, 'from the new record'],
      ['t3_aaa2', 'Odd Lanterns', 'Glass Hour', 'Halden Remix', 'house', 2023, null],
      ['t3_aaa3', 'Halden', 'Ferry', null, 'synth pop', null, null],
      ['t3_aaa4'],
      ['t3_aaa5'],
      ['t3_aaa6'],
    ]);
  });

  it('text is unescaped once, unless raw_json=1 was asked', () => {
    expect(posts(listing)[0]?.title).toBe('Mara Quill - Low Tide [R&B / soul] (2024) from the new record');
    expect(posts(own('listing-escaped.json', 'https://oauth.reddit.com/r/x/new?raw_json=1'))[0]?.title).toContain(
      'R&amp;B',
    );
  });

  it('bare characters show that an answer of unknown address is not escaped', () => {
    const thing = (title: string): string => JSON.stringify([{ kind: 't3', data: { name: 't3_a', title } }]);
    expect(posts(read(thing('R&amp;B &amp;amp; soul')))[0]?.title).toBe('R&B &amp; soul');
    expect(posts(read(thing('a > b, &amp; is an entity')))[0]?.title).toBe('a > b, &amp; is an entity');
  });

  it('its next page is a request; without the address it is a problem', () => {
    expect(listing.requests).toEqual([
      { url: 'https://oauth.reddit.com/r/listentothis/new?after=t3_aaa6&limit=100&raw_json=1', kind: 'listing' },
    ]);
    expect(codes(own('listing-escaped.json'))).toContain('no-url');
  });

  it('things it cannot use are reported where they stand', () => {
    expect(listing.problems).toEqual([
      { code: 'not-read-yet', message: 'not read yet: t5', where: '$.data.children[6]' },
      { code: 'bad-value', message: 'a t3 without a name of its kind', where: '$.data.children[7]' },
    ]);
  });
});

describe('a discussion', () => {
  const discussion = own('discussion.json');

  it('gives the post and its comments in the order of the page', () => {
    expect(posts(discussion).map(({ id, parentId, extra }) => [id, parentId, extra.depth ?? null])).toEqual([
      ['t3_set1', null, null],
      ['t1_c1', 't3_set1', 0],
      ['t1_c2', 't1_c1', 1],
      ['t1_c3', 't3_set1', 0],
    ]);
  });

  it('a tracklist in the text becomes rows; an answer or a bot is none', () => {
    const [post, ...rest] = posts(discussion);
    expect(
      post?.tracks.map(({ number, cueSeconds, artist, title, version, recordLabel }) => [
        number,
        cueSeconds,
        artist,
        title,
        version,
        recordLabel,
      ]),
    ).toEqual([
      ['1', 0, 'Mara Quill', 'Low Tide', null, null],
      ['2', 330, 'Odd Lanterns', 'Glass Hour', 'Halden Remix', 'Pier Records'],
      ['3', 662, null, null, null, null],
      ['4', 1000, 'Halden', 'Ferry', null, null],
    ]);
    expect(rest.flatMap(({ tracks }) => tracks)).toEqual([]);
  });

  it('comments that were left out and threads that go on elsewhere are requests', () => {
    expect(discussion.requests).toEqual([
      { url: 'https://oauth.reddit.com/comments/set1/_/c2?limit=500&raw_json=1', kind: 'comments' },
      {
        url: 'https://oauth.reddit.com/api/morechildren?api_type=json&children=d1%2Cd2&link_id=t3_set1&raw_json=1',
        kind: 'morechildren',
      },
    ]);
  });
});

describe('kinds of posts', () => {
  const only = (data: Fields): PostItem | undefined => {
    const post = { name: 't3_a', title: 'Ada - Moment [house] (2024)', subreddit: 'House', ...data };
    return posts(read(JSON.stringify([{ kind: 't3', data: post }])))[0];
  };

  it.each([
    [{ crosspost_parent: 't3_b' }, { crosspostOf: 't3_b' }],
    [{ is_gallery: true }, { isGallery: true }],
    [{ poll_data: { options: [] } }, { isPoll: true }],
    [{ link_flair_text: 'R&amp;B' }, { flair: 'R&B' }],
    [{ edited: 1_700_000_000.5 }, { editedAt: '2023-11-14T22:13:20.500Z' }],
    [{ edited: false }, { editedAt: null }],
  ])('%j is %j', (data, extra) => {
    expect(only(data)).toMatchObject({ extra, tracks: [{ artist: 'Ada', title: 'Moment' }] });
  });

  it('what somebody paid for names no track', () => {
    expect(only({ promoted: true })).toMatchObject({ extra: { isPromoted: true }, tracks: [] });
  });
});

describe('names that would become part of an address', () => {
  const stub = (data: Fields): ParseResult =>
    read(
      JSON.stringify([
        { kind: 't3', data: { name: 't3_a' } },
        { kind: 'more', data },
      ]),
      'https://oauth.reddit.com/comments/a',
    );

  it.each([
    [{ parent_id: 't3_a', children: ['x/../../y', 7, null, 'a&b'] }],
    [{ parent_id: 't1_../..', children: [] }],
    [{ parent_id: null, children: ['b'] }],
  ])('%j are counted, never asked for', (data) => {
    const { requests, problems } = stub(data);
    expect(requests).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['bad-value']);
  });

  it('more than a hundred are asked for in portions, each once', () => {
    const children = Array.from({ length: 250 }, (_, index) => `c${index}`);
    const { requests } = stub({ parent_id: 't3_a', children: [...children, 'c0'] });
    expect(requests.map(({ url }) => (new URL(url).searchParams.get('children') ?? '').split(',').length)).toEqual([
      100, 100, 50,
    ]);
  });

  it('a next page that is none of Reddit is a problem', () => {
    const listing = (after: string, url: string) =>
      codes(read(JSON.stringify({ kind: 'Listing', data: { after, children: [] } }), url));
    expect(listing('t3_a', 'https://example.org/r/House/new')).toEqual(['no-url']);
    expect(listing('../x', 'https://oauth.reddit.com/r/house/new')).toEqual(['no-url']);
    expect(listing('t3_a', 'https://oauth.reddit.com/r/house/comments')).toEqual([]);
  });
});

describe('deletions', () => {
  const info = own(
    'info-deletions.json',
    'https://oauth.reddit.com/api/info?id=t1_g1,t1_g2,t3_gone,t2_user&raw_json=1',
  );

  it('every shape has its status, and all but a gone account must be erased', () => {
    expect(posts(info).map(({ id, status, purge }) => [id, status, purge])).toEqual([
      ['t1_g1', 'deleted-by-author', true],
      ['t1_g2', 'removed-by-moderator', true],
      ['t1_g3', 'account-gone', false],
      ['t3_g4', 'removed-by-moderator', true],
      ['t3_g5', 'deleted-by-author', true],
      ['t3_g6', 'deleted-by-author', true],
      ['t3_g7', 'account-gone', false],
      ['t3_g8', 'removed-by-moderator', true],
      ['t3_gone', 'absent', true],
    ]);
  });

  it('nothing is read out of what must be erased', () => {
    expect(
      posts(info)
        .filter(({ tracks }) => tracks.length > 0)
        .map(({ id }) => id),
    ).toEqual(['t3_g7']);
  });
});

describe('other answers', () => {
  it('an error answer is an item', () => {
    expect(read('{"message": "Forbidden", "error": 403, "reason": "private"}').items).toMatchObject([
      { kind: 'error', status: 403, code: 'private', message: 'Forbidden' },
    ]);
    expect(read('{"json":{"errors":[["RATELIMIT","try later",null]]}}').items).toMatchObject([
      { kind: 'error', code: 'RATELIMIT', message: 'try later' },
    ]);
  });

  it('an error without a number is one by its words; a private subreddit says why', () => {
    expect(read('{"explanation":"x","message":"Bad Request","reason":"INVALID_ID"}').items).toMatchObject([
      { kind: 'error', status: null, code: 'INVALID_ID', message: 'Bad Request' },
    ]);
    expect(read('{"reason":"quarantined","message":"Forbidden","error":403}').items).toMatchObject([
      { kind: 'error', status: 403, code: 'quarantined' },
    ]);
  });

  it.each([
    ['https://oauth.reddit.com/subreddits/search?q=nosuch', /no such subreddit/],
    ['https://www.reddit.com/quarantine?dest=x', /quarantine/],
    ['https://www.reddit.com/over18?dest=x', /adults/],
  ])('where Reddit leads to %s, nothing is read: it is no answer to what was asked', (url, message) => {
    const result = own('listing-escaped.json', url);
    expect(result).toMatchObject({ items: [], requests: [] });
    expect(result.problems).toMatchObject([{ code: 'not-found', message: expect.stringMatching(message) }]);
  });

  it('a way to the login is a block', () => {
    expect(read('<html>', 'https://www.reddit.com/login/?dest=x').items).toMatchObject([
      { kind: 'block', reason: 'login' },
    ]);
  });

  it('a refusal page is a block', () => {
    expect(read("<html><body>You've been blocked by network security.</body></html>").items).toMatchObject([
      { kind: 'block', reason: 'ip-limited' },
    ]);
  });

  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    [new Uint8Array([0, 1, 2, 255, 254]), 'not-text'],
    ['{"kind": "Listing", "data": {"children": [{"ki', 'truncated'],
    ['{"kind": }', 'unknown-shape'],
    ['[]', 'unknown-shape'],
    ['42', 'unknown-shape'],
    ['<html><body>a page</body></html>', 'unknown-shape'],
    ['{"type":"setlists","setlist":[]}', 'unknown-shape'],
    ['{"data":[{"id":"1","type":"songs"}]}', 'unknown-shape'],
    ['{"access_token":"x","token_type":"bearer"}', 'not-read-yet'],
  ])('%j gives no item but the problem %s', (body, code) => {
    expect(read(body)).toMatchObject({ items: [], requests: [], problems: [{ code }] });
  });

  it('a fault quotes nothing of the page: its words outlive it', () => {
    for (const broken of ['{"body": unquoted secret}', '{"body": "secret" and secret}', '[{"a": "secret]'])
      expect(JSON.stringify(read(broken).problems)).not.toContain('secret');
  });

  it('nesting of a hundred thousand replies costs no call stack', () => {
    const depth = 100_000;
    const open = '{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"name":"t1_a","replies":';
    const result = read(`${open.repeat(depth)}""${'}}]}}'.repeat(depth)}`);
    expect(result.items.length === depth || result.problems.length > 0).toBe(true);
  });

  it('mutated answers never throw and always read the same', () => {
    const pages = ['listing-escaped.json', 'discussion.json', 'info-deletions.json'].map((name) =>
      readFileSync(new URL(name, OWN)),
    );
    const mutated = fc.tuple(
      fc.constantFrom(...pages),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(mutated, ([page, changes, cut]) => {
        const body = Uint8Array.from(page);
        for (const [place, byte] of changes) body[place % body.length] = byte;
        const kept = cut % 3 === 0 ? body.subarray(0, cut % body.length) : body;
        expect(read(kept)).toEqual(read(kept));
      }),
      { numRuns: 200 },
    );
  });
});

function real(name: string): ParseResult {
  return read(readFileSync(new URL(name, REAL)));
}

function expected(name: string): Fields {
  return JSON.parse(
    readFileSync(new URL(name.replace(/(\.trimmed)?\.json$/, '.expected.json'), REAL), 'utf8'),
  ) as Fields;
}

/** The expected file's words for a post, said in ours. */
function inOurWords(said: Fields): Fields {
  const fields: Fields = { id: said.name ?? `t3_${said.id}` };
  for (const name of ['subreddit', 'author', 'score', 'title', 'url', 'status', 'purge', 'body']) {
    if (name in said) fields[name] = said[name];
  }
  if ('created_utc' in said) fields.createdAt = new Date(Number(said.created_utc) * 1000).toISOString();
  if ('parent_id' in said) fields.parentId = said.parent_id;
  if ('selftext' in said) fields.body = said.selftext;
  if (said.purge !== true && 'tracks' in said) fields.tracks = (said.tracks as Fields[]).map(trackInOurWords);
  const extra: Fields = {};
  for (const [theirs, ours] of [
    ['domain', 'domain'],
    ['is_self', 'isSelf'],
    ['num_comments', 'numComments'],
    ['oembedTitle', 'oembedTitle'],
    ['isTrackIdRequest', 'isTrackIdRequest'],
    ['requestCueSeconds', 'requestCueSeconds'],
    ['isBot', 'isBot'],
  ] as const) {
    if (theirs in said) extra[ours] = said[theirs];
  }
  return { ...fields, extra };
}

function trackInOurWords({ note: _note, kind: _kind, context, featuring, ...row }: Fields): Fields {
  return {
    ...row,
    ...(featuring === undefined ? {} : { with: { name: featuring, mbid: null } }),
    ...(context === undefined ? {} : { trailing: String(context).split(' = ')[0] }),
  };
}

describe.skipIf(!existsSync(REAL))('real samples (../shared/fixtures/reddit)', () => {
  it.each([
    ['listentothis-hot.json', 'posts'],
    ['praw-api-info-deletions.trimmed.json', 'items'],
    ['praw-cassette-refresh-deleted-comment.json', 'items'],
  ])('%s reads field by field as expected', (name, list) => {
    const items = posts(real(name));
    const said = (expected(name)[list] as Fields[]).map(inOurWords);
    expect(items.filter(({ status }) => status !== 'absent')).toHaveLength(said.length);
    for (const [index, fields] of said.entries()) expect(items[index]).toMatchObject(fields);
  });

  it('praw-domain-youtube-new: the performer on the right without spaces around the dash is left unread, as allowed', () => {
    const items = posts(real('praw-domain-youtube-new.trimmed.json'));
    const said = (expected('praw-domain-youtube-new.json').posts as Fields[]).map(inOurWords);
    for (const [index, fields] of said.entries()) {
      if (fields.id === 't3_5d7pu1') expect(items[index]?.tracks).toEqual([]);
      else expect(items[index]).toMatchObject(fields);
    }
    expect(items).toHaveLength(said.length);
  });

  it.each(['go-reddit-post-post.json', 'go-reddit-post-more.json'])('%s: things and stubs as expected', (name) => {
    const result = real(name);
    const things = expected(name).things as Fields[];
    const said = things.filter(({ kind }) => kind !== 'more').map(inOurWords);
    expect(posts(result)).toHaveLength(said.length);
    for (const [index, fields] of said.entries()) expect(posts(result)[index]).toMatchObject(fields);
    expect(result.requests).toHaveLength(things.length - said.length);
  });

  it('praw-comments-negatives: no comment yields a track', () => {
    const items = posts(real('praw-comments-negatives.trimmed.json'));
    for (const fields of (expected('praw-comments-negatives.json').comments as Fields[]).map((said) =>
      inOurWords({ ...said, name: `t1_${said.id}` }),
    )) {
      expect(items.find(({ id }) => id === fields.id)).toMatchObject(fields);
    }
  });

  it('praw-api-info-deletions: what was asked for and is absent', () => {
    const absent = posts(real('praw-api-info-deletions.trimmed.json')).filter(({ status }) => status === 'absent');
    expect(absent.map(({ id }) => id)).toEqual(expected('praw-api-info-deletions.json').absent);
  });

  it('the page after a listing is asked for by the name in `after`', () => {
    const { requestUri, after } = expected('praw-domain-youtube-new.json');
    const result = read(readFileSync(new URL('praw-domain-youtube-new.trimmed.json', REAL)), String(requestUri));
    expect(new URL(result.requests[0]?.url ?? '').searchParams.get('after')).toBe(after);
  });

  it('what is no answer of Reddit is said to be unread', () => {
    expect(real('playlistbot-askreddit-comments.json')).toMatchObject({
      items: [] as Item[],
      problems: [{ code: 'not-read-yet' }],
    });
    expect(codes(real('praw-cassette-ratelimit-headers.json'))).toEqual(['not-read-yet', 'not-read-yet']);
  });
});
