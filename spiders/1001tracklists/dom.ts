/**
 * A small tree of a page: elements, attributes, text. Leaner than a full DOM (no parents, no siblings, no comments), bounded in
 * depth and size, and read without recursion, so that no page however strange costs unbounded time, memory or stack.
 */
import { fold } from '../../src/core/text.ts';
import { type AttributeName, type Attributes, scan, type Tokens } from './scan.ts';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Attributes>;
  readonly children: (Element | string)[];
}

/** Real pages have about 4,000 elements, 40 deep. */
const MAX_ELEMENTS = 200_000;
const MAX_DEPTH = 1_000;

class PageTooLarge extends Error {}

/**
 * A page as a tree under one nameless root; null when it has more elements, or deeper ones, than any real page.
 * @param isUnread boxes whose insides nobody will ask for: leaving them out saves the time to read them
 */
export function parseTree(html: string, isUnread: (attributes: Attributes) => boolean = () => false): Element | null {
  const builder = new TreeBuilder(isUnread);
  try {
    scan(html, builder);
    return builder.root;
  } catch (error) {
    if (error instanceof PageTooLarge) return null;
    throw error;
  }
}

/** Visits every element under `root` in document order; a visitor that answers false is not led into that element. */
export function walk(root: Element, visit: (element: Element) => boolean): void {
  const waiting: Element[] = [];
  const addChildren = ({ children }: Element): void => {
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (typeof child === 'object') waiting.push(child);
    }
  };
  addChildren(root);
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    if (visit(element)) addChildren(element);
  }
}

/** Elements that pass, in document order; `deep: false` does not look inside those that do. */
export function findAll(root: Element, test: (element: Element) => boolean, deep = true): Element[] {
  const found: Element[] = [];
  walk(root, (element) => {
    if (!test(element)) return true;
    found.push(element);
    return deep;
  });
  return found;
}

export function findFirst(root: Element, test: (element: Element) => boolean): Element | null {
  let found: Element | null = null;
  walk(root, (element) => {
    if (found === null && test(element)) found = element;
    return found === null;
  });
  return found;
}

/** All text below, folded as people read it; null when there is none. Scripts and styles say nothing to people. */
export function textOf(element: Element | null): string | null {
  if (element === null) return null;
  const parts: string[] = [];
  const waiting: (Element | string)[] = [element];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node === 'string') parts.push(node);
    else if (node.name !== 'script' && node.name !== 'style') {
      for (let i = node.children.length - 1; i >= 0; i--) waiting.push(node.children[i] ?? '');
    }
  }
  return clean(parts.join(''));
}

/** An attribute's text, folded; null when absent or blank. */
export function attribute(element: Element | null, name: AttributeName): string | null {
  return clean(element?.attributes[name]);
}

/** Most texts are plain already: asking is ten times cheaper than folding. */
function clean(text: string | undefined): string | null {
  const plain = text !== undefined && text.length < 300 && /^[!-~]+(?: [!-~]+)*$/.test(text);
  return plain ? text : fold(text);
}

export function hasClass({ attributes }: Element, name: string): boolean {
  const classes = attributes.class;
  if (classes === undefined) return false;
  for (let at = classes.indexOf(name); at >= 0; at = classes.indexOf(name, at + 1)) {
    if (isBlank(classes, at - 1) && isBlank(classes, at + name.length)) return true;
  }
  return false;
}

/** White space, or outside the text. */
function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return Number.isNaN(code) || code === 32 || (code >= 9 && code <= 13);
}

const words = (text: string): Set<string> => new Set(text.split(' '));
const VOID = words(
  'area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr',
);
const FORM_PARTS = words('input option optgroup select button datalist textarea');
const [P, ROWS, TERMS, RUBY] = [words('p'), words('thead tbody'), words('dd dt'), words('rt rp')];
const HEADINGS = words('h1 h2 h3 h4 h5 h6 p');
/** Elements that end where one of this name begins. */
const ENDS = new Map<string, Set<string>>([
  ['tr', words('tr th td')],
  ['th', words('th')],
  ['td', words('thead th td')],
  ['body', words('head link script')],
  ['a', words('a')],
  ['li', words('li')],
  ['option', words('option')],
  ['optgroup', words('optgroup option')],
  ...[...words('h1 h2 h3 h4 h5 h6')].map((name) => [name, HEADINGS] as const),
  ...[...words('select input output button datalist textarea')].map((name) => [name, FORM_PARTS] as const),
  ...[...TERMS].map((name) => [name, TERMS] as const),
  ...[...RUBY].map((name) => [name, RUBY] as const),
  ...[...words('tbody tfoot')].map((name) => [name, ROWS] as const),
  ...[
    ...words('p address article aside blockquote details div dl fieldset figcaption figure footer form header hr main'),
    ...words('nav ol pre section table ul'),
  ].map((name) => [name, P] as const),
]);

/** Puts tags and texts into a tree, with the end tags that HTML lets authors leave out. */
class TreeBuilder implements Tokens {
  readonly root: Element = { name: '', attributes: {}, children: [] };
  readonly #open: Element[] = [this.root];
  /** Open elements by name: the end of something that was never begun must not cost a search. */
  readonly #openOf = new Map<string, number>();
  readonly #isUnread: (attributes: Attributes) => boolean;
  #elements = 0;

  constructor(isUnread: (attributes: Attributes) => boolean) {
    this.#isUnread = isUnread;
  }

  open(name: string, attributes: Attributes, selfClosing: boolean): boolean {
    if (name === 'form' && this.#isOpen('form')) return false;
    const ends = ENDS.get(name);
    if (ends) while (ends.has(this.#open.at(-1)?.name ?? '')) this.#pop();
    this.#elements++;
    if (this.#elements > MAX_ELEMENTS || this.#open.length > MAX_DEPTH) throw new PageTooLarge();
    const element: Element = { name, attributes, children: [] };
    this.#open.at(-1)?.children.push(element);
    if (VOID.has(name)) return false;
    // "/>" ends an element of a drawing or a formula; elsewhere it says nothing.
    if (selfClosing && (name === 'svg' || name === 'math' || this.#isOpen('svg') || this.#isOpen('math'))) return false;
    this.#openOf.set(name, (this.#openOf.get(name) ?? 0) + 1);
    this.#open.push(element);
    return this.#isUnread(attributes);
  }

  close(name: string): void {
    if (this.#isOpen(name)) {
      while (this.#pop() !== name);
    } else if (name === 'p' || name === 'br') {
      // The end of a paragraph or a line break that was never begun is one; of anything else it is nothing.
      this.open(name, {}, false);
      if (name === 'p') this.#pop();
    }
  }

  text(text: string): void {
    this.#open.at(-1)?.children.push(text);
  }

  #isOpen(name: string): boolean {
    return (this.#openOf.get(name) ?? 0) > 0;
  }

  #pop(): string {
    const { name } = this.#open.pop() ?? this.root;
    this.#openOf.set(name, (this.#openOf.get(name) ?? 0) - 1);
    return name;
  }
}
