import { expect, it } from 'vitest';
import { parseTree } from './dom.ts';
import { readRowMarkup } from './row-markup.ts';

it('a row keeps every note that stands beside its name', () => {
  const notes = ['Acappella', 'Live Edit'].map((note) => `<span class="trackEditData">(${note})</span>`);
  const tree = parseTree(`<div class="tlpItem"><div id="tlp0_content">${notes.join(' ')}</div></div>`);
  expect(tree && readRowMarkup(tree).edit).toBe('Acappella / Live Edit');
});
