/**
 * Pages as the wiki shows them to readers, mostly saved by a person's browser: turned back into the wikitext that they were made of, so that
 * one grammar reads both. Users' comments, menus and the page's foot are left out. Read in one pass without a tree: depth costs nothing.
 */
import { Parser } from 'htmlparser2';
import { fold } from '../../src/core/text.ts';

export interface RenderedPage {
  readonly title: string | null;
  /** The page's own address; null when it gives none. */
  readonly canonical: string | null;
  readonly pageId: number | null;
  readonly revisionId: number | null;
  readonly wikitext: string;
  /** Mixes listed by a category, in order. */
  readonly mixes: { href: string; text: string }[];
  /** Where the list of a category goes on. */
  readonly next: string | null;
}

type Attributes = Readonly<Record<string, string>>;

/** Real pages have about 3,000 elements, 30 deep. */
const MOST_ELEMENTS = 300_000;
const DEEPEST = 1_000;
const BLOCKS = new Set('p div li dt dd h1 h2 h3 h4 h5 h6 table tr td th pre ul ol dl hr'.split(' '));
const UNREAD_CLASSES =
  /(?:^|\s)(?:commenttextfield|comments?|mw-editsection|toc|navbox|printfooter|catlinks|noprint)(?:\s|$)/;
const UNREAD_IDS = /^(?:toc|comments?|bodyBottom|catlinks|footer|mw-navigation)$/;
const CONTENT = /(?:^|\s)(?:mw-parser-output|mw-body-content)(?:\s|$)/;
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));

class PageTooLarge extends Error {}

/** Reads the page; null when it has more elements, or deeper ones, than any page of the wiki. */
export function readRenderedPage(html: string): RenderedPage | null {
  const reader = new PageReader();
  const parser = new Parser({
    onopentag: (name, attributes) => reader.open(name, attributes),
    onclosetag: (name) => reader.close(name),
    ontext: (text) => reader.text(text),
  });
  try {
    parser.end(html);
  } catch (error) {
    if (error instanceof PageTooLarge) return null;
    throw error;
  }
  return {
    ...reader.page(),
    pageId: scriptNumber(html, 'wgArticleId'),
    revisionId: scriptNumber(html, 'wgRevisionId'),
  };
}

/** Numbers that the wiki tells its own scripts; 0 means none. */
function scriptNumber(html: string, name: string): number | null {
  const digits = new RegExp(`"${name}":\\s?(\\d{1,12})`).exec(html)?.[1];
  return digits === undefined || digits === '0' ? null : Number(digits);
}

interface Open {
  readonly name: string;
  /** What is inside is left out. */
  readonly unread: boolean;
  readonly content: boolean;
  readonly pre: boolean;
  /** What the inside tells beside text, null for nothing. */
  readonly part: 'title' | 'categories' | 'mixes' | 'pagination' | null;
}

const ROOT: Open = { name: '', unread: false, content: false, pre: false, part: null };

class PageReader {
  readonly #open: Open[] = [ROOT];
  readonly #lines: string[] = [];
  readonly #categories: string[] = [];
  readonly #players: string[] = [];
  readonly #mixes: { href: string; text: string }[] = [];
  #line: string | null = null;
  #title = '';
  #canonical: string | null = null;
  #next: string | null = null;
  #link: { href: string; text: string } | null = null;
  #elements = 0;

  open(name: string, attributes: Attributes): void {
    this.#elements += 1;
    if (this.#elements > MOST_ELEMENTS || this.#open.length > DEEPEST) throw new PageTooLarge();
    const parent = this.#open.at(-1) ?? ROOT;
    const element = openElement(name, attributes, parent);
    this.#open.push(element);
    if (name === 'link' && attributes.rel === 'canonical') this.#canonical ??= attributes.href ?? null;
    if (attributes['data-playerurl'] !== undefined) this.#players.push(attributes['data-playerurl']);
    if (name === 'a') this.#link = { href: attributes.href ?? '', text: '' };
    if (element.content && !element.unread) this.#begin(name, attributes, parent);
  }

  close(name: string): void {
    const element = this.#open.pop() ?? ROOT;
    if (name === 'a') this.#endLink(element);
    if (!element.content || element.unread || VOID.has(name)) return;
    if (isItalic(name)) this.#line &&= `${this.#line}''`;
    else if (isBold(name)) this.#line &&= `${this.#line}'''`;
    else if (/^h[2-6]$/.test(name)) this.#flush('='.repeat(Number(name[1])));
    else if (BLOCKS.has(name)) this.#flush();
    if (name === 'table') this.#lines.push('|}');
    if (name === 'pre') this.#lines.push('</pre>');
  }

  text(text: string): void {
    const { part, unread, content, pre } = this.#open.at(-1) ?? ROOT;
    if (part === 'title') this.#title += text;
    if (this.#link) this.#link.text += text;
    if (unread || !content) return;
    const [first = '', ...others] = pre ? escaped(text).split('\n') : [escaped(text).replace(/\s+/g, ' ')];
    this.#line = (this.#line ?? '') + first;
    for (const line of others) {
      this.#flush();
      this.#line = line;
    }
  }

  page(): Omit<RenderedPage, 'pageId' | 'revisionId'> {
    this.#flush();
    const categories = [...new Set(this.#categories)].map((name) => `[[Category:${name}]]`);
    const players = this.#players.length === 0 ? [] : ['{{Player', ...this.#players.map((url) => `|${url}`), '}}'];
    return {
      title: fold(this.#title),
      canonical: this.#canonical,
      // Players first: they stand above the sections.
      wikitext: [...players, ...this.#lines, ...categories].join('\n'),
      mixes: this.#mixes,
      next: this.#next,
    };
  }

  #begin(name: string, attributes: Attributes, parent: Open): void {
    if (isItalic(name)) this.#line = `${this.#line ?? ''}''`;
    else if (isBold(name)) this.#line = `${this.#line ?? ''}'''`;
    else if (name === 'br') this.#flush();
    if (!BLOCKS.has(name)) return;
    const mark = marker(name, attributes, parent);
    // A paragraph inside a list item or a cell goes on with its line.
    if (mark === '' && (name === 'p' || name === 'div') && /^(?:[#*;:!|] ?)$/.test(this.#line ?? '')) return;
    this.#flush();
    if (name === 'table') this.#lines.push('{|');
    else if (name === 'tr') this.#lines.push('|-');
    else if (name === 'pre') this.#lines.push('<pre>');
    else this.#line = mark;
  }

  /** Ends the line; a line of nothing but its marker is none, except an empty cell. */
  #flush(tail = ''): void {
    const line = this.#line?.trim() ?? '';
    this.#line = null;
    if (/^(?:[#*;:]|=+)?$/.test(line)) return;
    this.#lines.push(line + tail);
  }

  #endLink({ part }: Open): void {
    const link = this.#link;
    this.#link = null;
    const text = fold(link?.text);
    if (link === null || text === null) return;
    if (part === 'categories' && /\/Category:/.test(link.href)) this.#categories.push(text);
    else if (part === 'mixes') this.#mixes.push({ href: link.href, text });
    else if (part === 'pagination' && /next/i.test(text)) this.#next ??= link.href;
  }
}

function openElement(name: string, { id = '', class: classes = '' }: Attributes, parent: Open): Open {
  const isScript = name === 'script' || name === 'style';
  return {
    name,
    unread: parent.unread || isScript || UNREAD_CLASSES.test(classes) || UNREAD_IDS.test(id),
    content: parent.content || id === 'mw-content-text' || CONTENT.test(classes),
    pre: parent.pre || name === 'pre',
    part: partOf(id, classes) ?? parent.part,
  };
}

function partOf(id: string, classes: string): Open['part'] {
  if (id === 'firstHeading') return 'title';
  if (id === 'mw-normal-catlinks' || id === 'mw-hidden-catlinks') return 'categories';
  if (id === 'catMixesList') return 'mixes';
  return /(?:^|\s)listPagination(?:\s|$)/.test(classes) ? 'pagination' : null;
}

/** The wikitext that such an element was made of. */
function marker(name: string, { class: classes = '' }: Attributes, parent: Open): string {
  if (name === 'li') return parent.name === 'ol' ? '# ' : '* ';
  if (name === 'dt') return ';';
  if (name === 'dd') return ':';
  if (name === 'th') return '! ';
  if (name === 'td') return '| ';
  if (/^h[2-6]$/.test(name)) return '='.repeat(Number(name[1]));
  return /(?:^|\s)list-track(?:\s|$)/.test(classes) ? '# ' : '';
}

function isItalic(name: string): boolean {
  return name === 'i' || name === 'em';
}

function isBold(name: string): boolean {
  return name === 'b' || name === 'strong';
}

/** Text of the page must not read as markup. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\{\{/g, '{ {');
}
