import { expect, it } from 'vitest';
import { html, webAddress } from './html.ts';

it('what is put in is escaped, in text and in attributes', () => {
  const evil = `<script>alert("1" & '2')</script>`;
  expect(html`<a title="${evil}">${evil}</a>`.markup).not.toMatch(/<script|title="[^"]*"1/);
});

it('markup goes in as it is, lists too; null and false are nothing; 0 is 0', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
  expect(html`<ul class="x${false && ' y'}">${items}${null}${0}</ul>`.markup).toBe(
    '<ul class="x"><li>a</li><li>&lt;b&gt;</li>0</ul>',
  );
});

it.each([
  ['https://example.org/a?b=1', 'https://example.org/a?b=1'],
  ['HTTP://example.org', 'HTTP://example.org'],
  ['javascript:alert(1)', null],
  ['//example.org', null],
  ['https://', null],
  [null, null],
])('only web addresses are linked to: %s', (url, expected) => {
  expect(webAddress(url)).toBe(expected);
});
