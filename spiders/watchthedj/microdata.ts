/** Microdata as the same records that JSON-LD gives, so that one reader knows what they mean. */

import type { JsonRecord } from '../../src/core/json-page.ts';
import { fold } from '../../src/core/text.ts';
import { type Element, elementsIn, type ParentNode, select, textOf } from './dom.ts';

/** Where elements of a kind hold their value; all others hold it as text. */
const VALUE_IN: Readonly<Record<string, string>> = {
  a: 'href',
  area: 'href',
  link: 'href',
  audio: 'src',
  embed: 'src',
  iframe: 'src',
  img: 'src',
  source: 'src',
  track: 'src',
  video: 'src',
  object: 'data',
  data: 'value',
  meter: 'value',
  time: 'datetime',
};

/** The items of a page in document order, those inside another as its properties; and last what stands outside of all items. */
export function readMicrodata(page: ParentNode): JsonRecord[] {
  const items = select(page, '[itemscope]').filter(({ attribs }) => attribs.itemprop === undefined);
  const loose = recordOf(page, []);
  return [...items.map((item) => recordOf(item, typesOf(item))), ...(Object.keys(loose).length > 1 ? [loose] : [])];
}

function recordOf(scope: ParentNode, types: string[]): JsonRecord {
  const properties = new Map<string, unknown[]>();
  for (const element of propertiesOf(scope)) {
    const value = 'itemscope' in element.attribs ? recordOf(element, typesOf(element)) : saidBy(element);
    if (value === null) continue;
    for (const name of wordsOf(element.attribs.itemprop)) {
      const values = properties.get(name) ?? [];
      values.push(value);
      properties.set(name, values);
    }
  }
  const single = [...properties].map(([name, values]) => [name, values.length === 1 ? values[0] : values] as const);
  return { ...Object.fromEntries(single), '@type': types };
}

/** Elements with a property of this item: those inside it that are inside no other one, in document order. */
function propertiesOf(scope: ParentNode): Element[] {
  const found: Element[] = [];
  const waiting = elementsIn(scope).reverse();
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    if (element.attribs.itemprop !== undefined) found.push(element);
    if ('itemscope' in element.attribs) continue;
    for (const inner of elementsIn(element).reverse()) waiting.push(inner);
  }
  return found;
}

function saidBy(element: Element): string | null {
  const { attribs, name } = element;
  return fold(attribs.content) ?? fold(attribs[VALUE_IN[name] ?? '']) ?? textOf(element);
}

function typesOf({ attribs }: Element): string[] {
  return wordsOf(attribs.itemtype);
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
