/**
 * Splits HTML into tags and text, in one pass by text search: a page's tags cost a quarter of what a tokenizer costs that looks at every
 * character, and tokenizing is most of what a page costs. Only the attributes that this source reads are kept. Where HTML is broken it
 * does as htmlparser2 does (a test compares the two), formulas aside; every page takes time in proportion to its length.
 */
import { Parser } from 'htmlparser2';

/** Every attribute that is read somewhere; no other one is kept. */
const ATTRIBUTE_NAMES = [
  ...(['class', 'content', 'href', 'id', 'itemprop', 'name', 'property', 'rel', 'title', 'value'] as const),
  ...([
    'data-count',
    'data-deleted',
    'data-id',
    'data-idmedia',
    'data-idsource',
    'data-isided',
    'data-islive',
  ] as const),
  ...(['data-mashpos', 'data-pos', 'data-tlp', 'data-trackid', 'data-type'] as const),
];
export type AttributeName = (typeof ATTRIBUTE_NAMES)[number];
/** The first of equal names counts. */
export type Attributes = { [Name in AttributeName]?: string };

/** Told of each tag and text, in the order of the page; names in lower case, character references decoded. */
export interface Tokens {
  /** True when nobody will read what is inside, which is then left out (as long as it holds no `<div>` of its own). */
  open(name: string, attributes: Attributes, selfClosing: boolean): boolean;
  close(name: string): void;
  text(text: string): void;
}

const KNOWN = new Map<string, AttributeName>(ATTRIBUTE_NAMES.map((name) => [name, name]));
/** Lengths and first letters that names of attributes which are read have: most attributes are not, and need no text made of them. */
const MAY_BE_KNOWN = new Set(ATTRIBUTE_NAMES.flatMap((name) => [shape(name), shape(name.toUpperCase())]));
/** Elements that hold text only, up to their end tag; in two of them character references count. */
const TEXT_ONLY = new Map(
  ['script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes'].map((name) => [
    name,
    { end: new RegExp(`</${name}(?=[\\s/>])`, 'gi'), decodes: name === 'title' || name === 'textarea' },
  ]),
);
/** Boxes that are left out are about 3,000 characters long. */
const LONGEST_BOX = 20_000;
const COMMENT_END = /--!?>/g;
const [GREATER, SLASH, EQUALS, BANG, QUESTION, DOUBLE, SINGLE, SPACE] = [62, 47, 61, 33, 63, 34, 39, 32] as const;

/** Reads a whole page; a tag that its end cuts off is left out. */
export function scan(html: string, tokens: Tokens): void {
  new Scanner(html, tokens).run();
}

class Scanner {
  readonly #html: string;
  readonly #tokens: Tokens;
  #at = 0;
  /** Where the last slash between attributes stood: one in a value ends no element. */
  #slash = -1;
  /** The first end of a box behind the last one that was looked for. */
  #boxEnd = -1;

  constructor(html: string, tokens: Tokens) {
    this.#html = html;
    this.#tokens = tokens;
  }

  run(): void {
    const html = this.#html;
    while (this.#at < html.length) {
      const open = html.indexOf('<', this.#at);
      this.#text(open < 0 ? html.length : open);
      if (open >= 0) this.#markup(open);
    }
  }

  /** The text from here to `end`. */
  #text(end: number): void {
    if (end > this.#at) this.#tokens.text(decodeText(this.#html.slice(this.#at, end)));
    this.#at = end;
  }

  #markup(open: number): void {
    const code = this.#html.charCodeAt(open + 1);
    if (isLetter(code)) this.#openTag(open + 1);
    else if (code === SLASH) this.#closeTag(open + 2);
    else if (code === QUESTION) this.#skipPast('>', open + 1);
    else if (code === BANG) this.#declaration(open);
    else {
      this.#tokens.text('<');
      this.#at = open + 1;
    }
  }

  #closeTag(start: number): void {
    const html = this.#html;
    const end = html.indexOf('>', start);
    if (end >= 0 && isLetter(html.charCodeAt(start))) {
      this.#tokens.close(html.slice(start, Math.min(this.#nameEnd(start), end)).toLowerCase());
    }
    this.#at = end < 0 ? html.length : end + 1;
  }

  #declaration(open: number): void {
    if (!this.#html.startsWith('--', open + 2)) {
      this.#skipPast('>', open + 2);
      return;
    }
    COMMENT_END.lastIndex = open + 2;
    this.#at = COMMENT_END.test(this.#html) ? COMMENT_END.lastIndex : this.#html.length;
  }

  #skipPast(mark: string, from: number): void {
    const found = this.#html.indexOf(mark, from);
    this.#at = found < 0 ? this.#html.length : found + mark.length;
  }

  #openTag(start: number): void {
    const html = this.#html;
    const nameEnd = this.#nameEnd(start);
    const name = html.slice(start, nameEnd).toLowerCase();
    const attributes: Attributes = {};
    this.#at = nameEnd;
    while (this.#toAttribute()) this.#attribute(attributes);
    if (this.#at >= html.length) return;
    const selfClosing = this.#slash === this.#at - 1;
    this.#at += 1;
    if (this.#tokens.open(name, attributes, selfClosing)) this.#skipBox();
    if (name.length >= 3 && !selfClosing) this.#textOnly(name);
  }

  /** Goes to the next attribute's name; false at the tag's ">" or at the end of the page. */
  #toAttribute(): boolean {
    const html = this.#html;
    let code = html.charCodeAt(this.#at);
    while (isSpace(code) || code === SLASH) {
      if (code === SLASH) this.#slash = this.#at;
      code = html.charCodeAt(++this.#at);
    }
    return this.#at < html.length && code !== GREATER;
  }

  #attribute(attributes: Attributes): void {
    const html = this.#html;
    const start = this.#at;
    // The first character belongs to the name whatever it is.
    let end = start + 1;
    for (let code = html.charCodeAt(end); !(endsName(code) || code === EQUALS || Number.isNaN(code)); ) {
      code = html.charCodeAt(++end);
    }
    this.#at = end;
    let code = html.charCodeAt(end);
    while (isSpace(code)) code = html.charCodeAt(++this.#at);
    const isCandidate = MAY_BE_KNOWN.has((end - start) * 128 + html.charCodeAt(start));
    const known = isCandidate ? knownName(html.slice(start, end)) : undefined;
    const value = code === EQUALS ? this.#value() : '';
    if (known !== undefined && value !== null) attributes[known] ??= decodeAttribute(value);
  }

  /** The value behind "="; null when the page ends within it. */
  #value(): string | null {
    const html = this.#html;
    let code = html.charCodeAt(++this.#at);
    while (isSpace(code)) code = html.charCodeAt(++this.#at);
    const start = this.#at;
    if (code === DOUBLE || code === SINGLE) {
      const end = html.indexOf(code === DOUBLE ? '"' : "'", start + 1);
      this.#at = end < 0 ? html.length : end + 1;
      return end < 0 ? null : html.slice(start + 1, end);
    }
    while (!(isSpace(code) || code === GREATER || Number.isNaN(code))) code = html.charCodeAt(++this.#at);
    return html.slice(start, this.#at);
  }

  /** A box that holds further boxes is left alone: cutting it would unbalance the page. */
  #skipBox(): void {
    const html = this.#html;
    // Where many boxes have no end, it is looked for once.
    if (this.#boxEnd < this.#at) this.#boxEnd = html.indexOf('</div>', this.#at);
    if (this.#boxEnd < 0) this.#boxEnd = html.length;
    const inside = html.slice(this.#at, Math.min(this.#boxEnd, this.#at + LONGEST_BOX + 1));
    if (inside.length <= LONGEST_BOX && !inside.includes('<div')) this.#at = this.#boxEnd;
  }

  #textOnly(name: string): void {
    const rule = TEXT_ONLY.get(name);
    if (rule === undefined) return;
    rule.end.lastIndex = this.#at;
    const end = rule.end.exec(this.#html)?.index ?? this.#html.length;
    const text = this.#html.slice(this.#at, end);
    if (text !== '') this.#tokens.text(rule.decodes ? decodeText(text) : text);
    this.#at = end;
  }

  #nameEnd(start: number): number {
    let end = start;
    for (let code = this.#html.charCodeAt(end); !(endsName(code) || Number.isNaN(code)); ) {
      code = this.#html.charCodeAt(++end);
    }
    return end;
  }
}

function endsName(code: number): boolean {
  return code === GREATER || code === SLASH || isSpace(code);
}

function isSpace(code: number): boolean {
  return code === SPACE || (code >= 9 && code <= 13 && code !== 11);
}

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

function shape(name: string): number {
  return name.length * 128 + name.charCodeAt(0);
}

function knownName(name: string): AttributeName | undefined {
  return KNOWN.get(name) ?? (/[A-Z]/.test(name) ? KNOWN.get(name.toLowerCase()) : undefined);
}

const COMMON: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&#039;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00a0',
};
const COMMON_REFERENCE = /&(?:amp|quot|#0?39|lt|gt|nbsp);/g;
const OTHER_REFERENCE = /&(?!(?:amp|quot|#0?39|lt|gt|nbsp);)/;

function decodeText(text: string): string {
  return decodeCommon(text) ?? decodeByParser(text.replaceAll('<', '&lt;'));
}

/** In attributes "&copy=1" is no reference: the parser is asked within one. */
function decodeAttribute(text: string): string {
  return decodeCommon(text) ?? decodeByParser(`<a href="${text.replaceAll('"', '&quot;')}">`);
}

/** Null when there is a reference among them that is not one of the few that nearly all are. */
function decodeCommon(text: string): string | null {
  if (!text.includes('&')) return text;
  if (OTHER_REFERENCE.test(text)) return null;
  return text.replace(COMMON_REFERENCE, (reference) => COMMON[reference] ?? reference);
}

function decodeByParser(html: string): string {
  let decoded = '';
  const parser = new Parser({
    ontext: (text) => {
      decoded += text;
    },
    onattribute: (_name, value) => {
      decoded += value;
    },
  });
  parser.end(html);
  return decoded;
}
