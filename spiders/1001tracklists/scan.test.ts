import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { inBoundedTime } from '../../src/testing/bounded-time.ts';
import { type Element, parseTree } from './dom.ts';

/** Attributes of the snippets below; the scanner keeps no others. */
const KEPT = new Set(['class', 'content', 'href', 'id', 'itemprop', 'name', 'property', 'rel', 'title', 'value']);
const isKept = (name: string): boolean => KEPT.has(name) || name.startsWith('data-');
const unread = /^data-(?!count$|deleted$|id$|idmedia$|idsource$|isided$|islive$|mashpos$|pos$|tlp$|trackid$|type$)/;

/** The tree that htmlparser2 makes of a page. */
function reference(html: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      const kept = Object.entries(attributes).filter(([key]) => isKept(key) && !unread.test(key));
      const element: Element = { name, attributes: Object.fromEntries(kept), children: [] };
      open.at(-1)?.children.push(element);
      open.push(element);
    },
    onclosetag: () => {
      open.pop();
    },
    ontext: (text) => {
      open.at(-1)?.children.push(text);
    },
  });
  parser.end(html);
  return root;
}

/** Neighbouring texts joined: where one text is cut into several says nothing. */
function joined({ name, attributes, children }: Element): unknown {
  const parts: unknown[] = [];
  for (const child of children) {
    const before = parts.at(-1);
    if (typeof child === 'object') parts.push(joined(child));
    else if (typeof before === 'string') parts[parts.length - 1] = before + child;
    else parts.push(child);
  }
  return [name.toLowerCase(), Object.entries(attributes).sort(), parts];
}

function tree(html: string): unknown {
  const root = parseTree(html);
  return root && joined(root);
}

const SNIPPETS = [
  ...[
    '<div>',
    '</div>',
    '<p>',
    '</p>',
    '<br>',
    '</br>',
    '<li>',
    '<ul>',
    '</ul>',
    '<td>',
    '<tr>',
    '<table>',
    '</table>',
  ],
  ...['<a href="x&amp;y">', '</a>', "<span class='a \"b'>", '</span>', '<div id=abc class=x/>', '<DIV ID="Up" ID=two>'],
  ...[
    '<b =c id="q">',
    '<i id = "sp" title=\'t\' >',
    '<u id=>',
    '<div\nclass\n=\n"m n">',
    '<a title="x>y" onclick="f(\'>\')">',
  ],
  ...[
    'text',
    '&amp;',
    '&copy',
    '&lt;b',
    '&#x41;',
    '&#0;',
    '&nbsp;',
    '&nosuch;',
    '\n',
    '"',
    '>',
    '=',
    '<',
    '< a',
    '</ x>',
    '</>',
  ],
  ...[
    '<img src=x>',
    '<img/>',
    '<input value=1>',
    '<input value="&quot;&eacute;&notit;&copy=1">',
    '<meta content="a&#39;b">',
  ],
  ...['<svg><path d="1"/></svg>', '</math>', '<!-- c -->', '<!-->', '<!-- > -- -->', '<!doctype html>', '<?x?>'],
  ...['<title>a<b>&amp;</title>', '<script>if(a<b)"</div>"</script>', '<STYLE>x</style >', '<iframe><p></iframe>'],
  ...[
    '<option>',
    '<select>',
    '</select>',
    '<form>',
    '</form>',
    '<h1>',
    '</h1>',
    '<h2>',
    '<dd>',
    '<dt>',
    '<body>',
    '<button>',
  ],
];

describe('the scanner of HTML', () => {
  const folder = new URL('./fixtures/', import.meta.url);
  const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
  const shared = new URL('../../../shared/fixtures/1001tracklists/', import.meta.url);

  it.each(pages)('makes the tree that htmlparser2 makes of %s', (name) => {
    const html = readFileSync(new URL(name, folder), 'utf8');
    expect(tree(html)).toEqual(joined(reference(html)));
  });

  it('makes the same trees of real pages, where they are at hand', ({ skip }) => {
    const names = namesIn(shared);
    if (names.length === 0) skip('no real pages beside the repository');
    for (const name of names) {
      const html = readFileSync(new URL(name, shared), 'utf8');
      expect(tree(html), name).toEqual(joined(reference(html)));
    }
  });

  it('makes the same trees of broken pages', () => {
    const page = fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 14 }).map((parts) => `${parts.join('')}<br>`);
    fc.assert(
      fc.property(page, (html) => {
        expect(tree(html)).toEqual(joined(reference(html)));
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('leaves out a tag that the end of the page cuts off, and a comment without an end', () => {
    expect(tree('a<div class="b')).toEqual(['', [], ['a']]);
    expect(tree('a<!-- b')).toEqual(['', [], ['a']]);
    expect(tree('a<script>b')).toEqual(['', [], ['a', ['script', [], ['b']]]]);
  });

  it('leaves out what is inside a box that nobody reads, unless it holds boxes of its own', () => {
    const unread = (html: string) => {
      const root = parseTree(html, (attributes) => attributes.class === 'icons');
      return root && joined(root);
    };
    const box = (...inside: unknown[]) => ['', [], [['div', [['class', 'icons']], inside], 'b']];
    expect(unread('<div class="icons"><i></i>a</div>b')).toEqual(box());
    expect(unread('<div class="icons"><div>a</div></div>b')).toEqual(box(['div', [], ['a']]));
  });

  it.each([
    ['unclosed tags', '<div '.repeat(100_000)],
    ['unclosed quotes', '<a href="'.repeat(100_000)],
    ['unclosed comments', '<!--'.repeat(100_000)],
    ['ends of nothing', '<div>'.repeat(900) + '</b>'.repeat(100_000)],
    ['references', '&'.repeat(300_000)],
    ['scripts without an end', '<script>'.repeat(100_000)],
  ])('%s cost time in proportion to their length', (_what, html) => {
    expect(() => inBoundedTime(() => tree(html))).not.toThrow();
  });
});

function namesIn(folder: URL): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.html'));
  } catch {
    // Not every checkout has them beside it.
    return [];
  }
}
