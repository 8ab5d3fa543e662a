import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inBoundedTime } from '../testing/bounded-time.ts';
import { judgeRobots, parseRobots, ROBOTS_MAX_BYTES } from './robots.ts';

const AGENT = 'MusicDB';

/** What a file says to us of a path. */
function judge(file: string | Buffer, path: string, agent = AGENT) {
  return judgeRobots(parseRobots(Buffer.from(file)), agent, new URL(`https://host.example${path}`));
}

function allowed(file: string | Buffer, path: string, agent = AGENT): boolean {
  return judge(file, path, agent).allowed;
}

/** One group for everybody with these lines. */
const all = (...lines: string[]) => ['User-agent: *', ...lines].join('\n');

describe('groups', () => {
  it.each([
    ['named exactly', 'User-agent: MusicDB\nDisallow: /', false],
    ['named in other letters', 'USER-AGENT: musicdb\nDISALLOW: /', false],
    ['named with a version', 'User-agent: MusicDB/1.0 (+x)\nDisallow: /', false],
    ['named among others', 'User-agent: a\nUser-agent: MusicDB\nUser-agent: b\nDisallow: /', false],
    ['only a longer name', 'User-agent: MusicDBot\nDisallow: /', true],
    ['only a longer name with a hyphen', 'User-agent: MusicDB-Images\nDisallow: /', true],
    ['only a shorter name', 'User-agent: Music\nDisallow: /', true],
    ['everybody', 'User-agent: *\nDisallow: /', false],
    ['everybody, named and let in', 'User-agent: *\nDisallow: /\n\nUser-agent: MusicDB\nDisallow:', true],
    ['everybody, named without a rule', 'User-agent: *\nDisallow: /\n\nUser-agent: MusicDB\n', true],
    ['rules before any agent', 'Disallow: /\n\nUser-agent: other\nAllow: /', true],
    ['nothing at all', '', true],
  ])('%s', (_, file, expected) => {
    expect(allowed(file, '/page')).toBe(expected);
  });

  it('of one agent are merged, wherever they stand', () => {
    const file = 'User-agent: MusicDB\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: musicdb\nDisallow: /b';
    expect(['/a', '/b', '/c'].map((path) => allowed(file, path))).toEqual([false, false, true]);
  });

  it('are not ended by lines that are no rules', () => {
    const file = 'User-agent: a\nSitemap: https://host.example/s.xml\n\nNonsense\nUser-agent: MusicDB\nDisallow: /x';
    expect([allowed(file, '/x'), allowed(file, '/x', 'a')]).toEqual([false, false]);
  });

  it('speak to an agent that is given with its version', () => {
    expect(allowed('User-agent: MusicDB\nDisallow: /', '/', 'MusicDB/0.1')).toBe(false);
  });
});

describe('the rule that decides', () => {
  it.each([
    ['the longest', ['Allow: /p', 'Disallow: /'], '/page', 'Allow: /p'],
    ['the longest, wherever it stands', ['Disallow: /', 'Allow: /p'], '/page', 'Allow: /p'],
    ['of equals the one that allows', ['Disallow: /folder', 'Allow: /folder'], '/folder/page', 'Allow: /folder'],
    ['equals are those that mean the same', ['Disallow: /%7Efolder', 'Allow: /~folder'], '/~folder', 'Allow: /~folder'],
    ['counts wildcards', ['Allow: /page', 'Disallow: /*.htm'], '/page.htm', 'Disallow: /*.htm'],
    ['a tie with wildcards', ['Allow: /page', 'Disallow: /*.ph'], '/page.php5', 'Allow: /page'],
    ['the root alone', ['Allow: /$', 'Disallow: /'], '/', 'Allow: /$'],
    ['not the root alone', ['Allow: /$', 'Disallow: /'], '/page', 'Disallow: /'],
    ['none', ['Disallow: /a'], '/b', null],
    ['printed without its comment', ['Disallow: /a # secret'], '/a', 'Disallow: /a'],
    ['an empty one is none', ['Disallow:', 'Allow:'], '/a', null],
    ['none for robots.txt itself', ['Disallow: /'], '/robots.txt', null],
  ])('%s', (_, lines, path, rule) => {
    expect(judge(all(...lines), path)).toMatchObject({ rule, allowed: !rule?.startsWith('D') });
  });

  it('is told as people read it', () => {
    expect(judge(all('Disallow: /ツ'), '/ツ').rule).toBe('Disallow: /ツ');
  });
});

describe('a path matches', () => {
  it.each([
    ['/fish', '/fish.html', true],
    ['/fish', '/Fish.asp', false],
    ['/fish', '/catfish', false],
    ['/fish*', '/fishheads', true],
    ['/fish/', '/fish', false],
    ['/fish/', '/fish/?id=1', true],
    ['/*.php', '/folder/filename.php?x', true],
    ['/*.php', '/windows.PHP', false],
    ['/*.php$', '/filename.php', true],
    ['/*.php$', '/filename.php?x', false],
    ['/*.php$', '/filename.php5', false],
    ['/a*b*c', '/axxbxxc', true],
    ['/a*b*c', '/axxcxxb', false],
    ['/a*b$', '/abab', true],
    ['/ab*b$', '/ab', false],
    ['*secret', '/a/secret', true],
    ['fish', '/fish', false],
    ['/a$b', '/a$b', true],
    ['/a$b', '/a', false],
    ['/**/x', '/a/x', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(allowed(all(`Disallow: ${pattern}`), path)).toBe(!expected);
  });
});

describe('spellings of one path are compared as one', () => {
  it.each([
    ['/~joe', '/%7Ejoe', true],
    ['/%7ejoe', '/~joe', true],
    ['/a%3cd.html', '/a%3Cd.html', true],
    ['/foo/bar/ツ', '/foo/bar/%E3%83%84', true],
    ['/foo/bar/%E3%83%84', '/foo/bar/ツ', true],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz', true],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https%3A%2F%2Ffoo.bar', true],
    ['/*/secret', '/a?next=/secret', true],
    ['/a%2Fb', '/a/b', false],
    ['/a/b', '/a%2Fb', false],
    ['/file-with-a-%2A.html', '/file-with-a-*.html', true],
    ['/file-with-a-%2A.html', '/file-with-a-b.html', false],
    ['/foo-%24', '/foo-$', true],
    ['/a b', '/a%20b', true],
    ['/(a)', '/%28a%29', true],
    ['/?title=', '/?title=Main', true],
    ['/100%', '/100%25', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(allowed(all(`Disallow: ${pattern}`), path)).toBe(!expected);
  });
});

describe('the file', () => {
  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('may end its lines with %s', (_, end) => {
    const file = ['User-agent: *', 'Disallow: /a', '', 'Disallow: /b'].join(end);
    expect(['/a', '/b', '/c'].map((path) => allowed(file, path))).toEqual([false, false, true]);
  });

  it('may start with a byte order mark, and have blanks and comments anywhere', () => {
    const file = '\uFEFF \tUser-agent \t:* # all\n#Disallow: /x\n  Disallow\t:  /a  # b\nDisallow:/b#c';
    expect(['/a', '/b', '/x'].map((path) => allowed(file, path))).toEqual([false, false, true]);
  });

  it('may hold bytes that are no UTF-8: they are compared as they are', () => {
    const file = Buffer.concat([Buffer.from(all('Disallow: /caf')), Buffer.from([0xe9])]);
    expect([allowed(file, '/caf%E9'), allowed(file, '/café')]).toEqual([false, true]);
  });

  it('is read for 500 KiB; a line that the limit cuts is not used', () => {
    const file = `${all('Disallow: /a')}\nAllow: /a/b${'x'.repeat(ROBOTS_MAX_BYTES)}\nDisallow: /late`;
    expect(['/a', '/a/bxx', '/late'].map((path) => allowed(file, path))).toEqual([false, false, true]);
  });

  it('may have lines of any length', () => {
    const path = `/${'long/'.repeat(20_000)}`;
    expect([allowed(all(`Disallow: ${path}`), `${path}x`), allowed(all(`Disallow: ${path}`), '/long')]).toEqual([
      false,
      true,
    ]);
  });
});

describe('the delay', () => {
  it.each([
    ['8', 8],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['10 # slowly', 10],
    ['0', 0],
    ['-1', null],
    ['soon', null],
    ['1e3', null],
    ['', null],
  ])('"%s" is %s seconds', (text, seconds) => {
    expect(judge(all(`Crawl-delay: ${text}`), '/').crawlDelaySeconds).toBe(seconds);
  });

  it("is the own group's, not everybody's", () => {
    const file = 'User-agent: *\nCrawl-delay: 8\n\nUser-agent: MusicDB\nDisallow: /a';
    expect([judge(file, '/').crawlDelaySeconds, judge(file, '/', 'x').crawlDelaySeconds]).toEqual([null, 8]);
  });

  it('said to one agent is not said to the next, and of two the longer holds', () => {
    const file = 'User-agent: bing\nCrawl-delay: 10\n\nUser-agent: *\nCrawl-delay: 2\nDisallow: /x\nCrawl-delay: 4';
    expect([judge(file, '/').crawlDelaySeconds, judge(file, '/', 'bing').crawlDelaySeconds]).toEqual([4, 10]);
  });
});

describe('the files of our sources, as their pages describe them', () => {
  const tracklists = `User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\n${all('Allow: /', 'Crawl-delay: 8', 'Disallow: /js/', 'Disallow: /user/', 'Disallow: /action/', 'Disallow: /projects/')}`;
  const mixes = all('Crawl-delay: 4', 'Disallow: /*?action=', 'Disallow: /*?title=', 'Disallow: /tools/api/api.php');

  it('1001tracklists lets us at pages, not at people and scripts', () => {
    const paths = ['/tracklist/1abc/x.html', '/ajax/get_medialink.php', '/user/me', '/js/a.js'];
    expect(paths.map((path) => allowed(tracklists, path))).toEqual([true, true, false, false]);
    expect(judge(tracklists, '/').crawlDelaySeconds).toBe(8);
    expect(allowed(tracklists, '/', 'GPTBot')).toBe(false);
  });

  it('MixesDB lets us at the REST interface, not at the Action API', () => {
    const paths = [
      '/w/rest.php/v1/page/X',
      '/w/rest.php/v1/search/page?q=a',
      '/w/api.php?action=query',
      '/w/index.php?title=X',
    ];
    expect(paths.map((path) => allowed(mixes, path))).toEqual([true, true, false, false]);
  });
});

describe('any file', () => {
  it('of any bytes is read without a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.webUrl({ withQueryParameters: true }), (bytes, url) => {
        const verdict = judgeRobots(parseRobots(bytes), AGENT, new URL(url));
        expect(typeof verdict.allowed).toBe('boolean');
      }),
    );
  });

  it('gives the verdict of a simple matcher that tries everything', () => {
    const path = fc.string({ unit: fc.constantFrom('/', 'a', 'b'), maxLength: 8 }).map((text) => `/${text}`);
    const pattern = fc
      .string({ unit: fc.constantFrom('/', 'a', 'b', '*', '$'), maxLength: 6 })
      .map((text) => `/${text}`);
    fc.assert(
      fc.property(pattern, path, (rule, address) => {
        const expression = rule
          .replace(/\$(?!$)/g, '%24')
          .split('*')
          .join('.*');
        const expected = new RegExp(`^${expression}`).test(address);
        expect(allowed(all(`Disallow: ${rule}`), address)).toBe(!expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is made to be slow is not', () => {
    const rules = Array.from({ length: 200 }, () => `Disallow: /${'*a'.repeat(1_000)}*b`);
    const file = parseRobots(Buffer.from(all(...rules)));
    const url = new URL(`https://host.example/${'a'.repeat(8_000)}`);
    expect(inBoundedTime(() => judgeRobots(file, AGENT, url).allowed)).toBe(true);
  });
});
