/**
 * A small tree of a page: elements, attributes, text. Leaner than a full DOM (no parents, no siblings, no comments), bounded in
 * depth and size, and read without recursion, so that no page however strange costs unbounded time, memory or stack.
 */
import { Parser } from 'htmlparser2';
import { fold } from '../../src/core/text.ts';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Element | string)[];
}

/** Real pages have about 4,000 elements, 40 deep. */
const MAX_ELEMENTS = 200_000;
const MAX_DEPTH = 1_000;

class PageTooLarge extends Error {}

/** A page, given in pieces, as a tree under one nameless root; null when it has more elements, or deeper ones, than any real page. */
export function parseTree(pieces: readonly string[]): Element | null {
  const root: Element = { name: '', attributes: {}, children: [] };
  const parser = new Parser(new TreeBuilder(root));
  try {
    for (const piece of pieces) parser.write(piece);
    parser.end();
    return root;
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
export function attribute(element: Element | null, name: string): string | null {
  return clean(element?.attributes[name]);
}

/** Most texts are plain already: asking is ten times cheaper than folding. */
function clean(text: string | undefined): string | null {
  const plain = text !== undefined && text.length < 300 && /^[!-~]+(?: [!-~]+)*$/.test(text);
  return plain ? text : fold(text);
}

export function hasClass(element: Element, name: string): boolean {
  const classes = element.attributes.class;
  if (classes === undefined) return false;
  const at = classes.indexOf(name);
  if (at < 0) return false;
  if (classes.length === name.length) return true;
  return ` ${classes.replace(/\s/g, ' ')} `.includes(` ${name} `);
}

class TreeBuilder {
  readonly #open: Element[];
  #elements = 0;

  constructor(root: Element) {
    this.#open = [root];
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    this.#elements++;
    if (this.#elements > MAX_ELEMENTS || this.#open.length > MAX_DEPTH) throw new PageTooLarge();
    const element: Element = { name, attributes, children: [] };
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  onclosetag(): void {
    this.#open.pop();
  }

  ontext(text: string): void {
    this.#open.at(-1)?.children.push(text);
  }
}
