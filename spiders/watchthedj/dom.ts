/** A page as a tree that can be asked with selectors; bounded in depth and size, so that no page however strange costs unbounded time or stack. */
import { selectAll } from 'css-select';
import { DomHandler, Element, isText, type ParentNode } from 'domhandler';
import { Parser } from 'htmlparser2';
import { fold } from '../../src/core/text.ts';

export type { Element, ParentNode } from 'domhandler';

/** Selectors are asked within elements that stand in each other, so both limits bound the time too. */
const MAX_ELEMENTS = 50_000;
const MAX_DEPTH = 200;

const MAX_LINE_NODES = 100;
const MAX_LINE_LENGTH = 300;

/** Elements whose text nobody sees. */
const UNSEEN = /^(?:script|style|noscript|template)$/;

class PageTooLarge extends Error {}

/** The page's tree; null when it has more elements, or deeper ones, than a page for people has. */
export function parseDom(html: string): ParentNode | null {
  const handler = new BoundedHandler();
  try {
    new Parser(handler).end(html);
    return handler.root;
  } catch (error) {
    if (error instanceof PageTooLarge) return null;
    throw error;
  }
}

/** Elements that a selector finds, in document order. */
export function select(root: ParentNode, selector: string): Element[] {
  return selectAll<ParentNode['children'][number] | ParentNode, Element>(selector, root);
}

/** First value that one of the selectors finds: the attribute, or the text where no attribute is named. */
export function firstValue(
  root: ParentNode,
  lookups: readonly (readonly [selector: string, attribute: string | null])[],
): string | null {
  for (const [selector, attribute] of lookups) {
    for (const element of select(root, selector)) {
      const value = attribute === null ? textOf(element) : fold(element.attribs[attribute]);
      if (value !== null) return value;
    }
  }
  return null;
}

/** All text below, with a space between elements; null when there is none. Scripts and styles say nothing to people. */
export function textOf(element: ParentNode): string | null {
  return fold(rawText(element, ' '));
}

/** The text of what may be one line of a list; null when there is none, or too much around it for a line. */
export function lineText(element: ParentNode): string | null {
  let nodes = 0;
  const waiting: ParentNode[] = [element];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    nodes += next.children.length;
    if (nodes > MAX_LINE_NODES) return null;
    waiting.push(...elementsIn(next));
  }
  const text = textOf(element);
  return text === null || text.length > MAX_LINE_LENGTH ? null : text;
}

/** All text below as the source has it, line breaks included; also of scripts. */
export function rawText(element: ParentNode, between = ''): string {
  const parts: string[] = [];
  const waiting = [...element.children].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isText(node)) parts.push(node.data);
    else if (node instanceof Element && (between === '' || !UNSEEN.test(node.name))) {
      if (node.name === 'br') parts.push('\n');
      // One by one: a call takes fewer arguments than an element may have children.
      for (const child of [...node.children].reverse()) waiting.push(child);
    }
  }
  return parts.join(between);
}

const BLOCK =
  /^(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|td|th|tr|ul)$/;

/** All text below as people see it: each block, and what stands behind a line break, on a line of its own. */
export function linesOfText(element: ParentNode): string {
  const parts: string[] = [];
  const waiting: (ParentNode['children'][number] | string)[] = [...element.children].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node === 'string') parts.push(node);
    else if (isText(node)) parts.push(node.data.replace(/\s+/g, ' '));
    else if (node instanceof Element && !UNSEEN.test(node.name)) {
      const isCell = node.name === 'td' || node.name === 'th';
      if (BLOCK.test(node.name)) waiting.push(isCell ? ' ' : '\n');
      for (const child of [...node.children].reverse()) waiting.push(child);
      if (BLOCK.test(node.name)) parts.push(isCell ? ' ' : '\n');
    }
  }
  return parts.join('');
}

/** Children that are elements. */
export function elementsIn(element: ParentNode): Element[] {
  return element.children.filter((child) => child instanceof Element);
}

class BoundedHandler extends DomHandler {
  #elements = 0;

  override onopentag(name: string, attributes: Record<string, string>): void {
    this.#elements++;
    if (this.#elements > MAX_ELEMENTS || this.tagStack.length > MAX_DEPTH) throw new PageTooLarge();
    super.onopentag(name, attributes);
  }
}
