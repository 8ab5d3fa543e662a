import { expect, it } from 'vitest';
import { html, webAddress } from './html.ts';

it('what is put in is escaped, markup and lists of markup are not', () => {
  const inner = html`<b>${'<i>"x" & \'y\''}</b>`;
  expect(`${html`<p title="${'"'}">${inner}${[inner, 1, null, false]}</p>`}`).toBe(
    '<p title="&quot;"><b>&lt;i&gt;&quot;x&quot; &amp; &#39;y&#39;</b><b>&lt;i&gt;&quot;x&quot; &amp; &#39;y&#39;</b>1</p>',
  );
});

it('what only looks like our markup is text', () => {
  expect(`${html`${{ markup: '<script>' } as never}`}`).not.toContain('<script>');
});

it.each(['javascript:alert(1)', 'data:text/html,x', '//host/x', '/x', 'https://', '', ' https://x'])(
  'no link leads to %s',
  (url) => expect(webAddress(url)).toBeNull(),
);

it('web addresses are linked to', () => {
  expect(webAddress('https://example.org/a?b=c')).toBe('https://example.org/a?b=c');
  expect(webAddress(null)).toBeNull();
});
