/** Whether a page must be asked again in a browser: decided by what plain HTTP gave. */

import type { PageRequest, Problem } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { RENDERED, siteUrl } from './addresses.ts';
import { type ParentNode, select, textOf } from './dom.ts';
import { requestForLink } from './spider.ts';

export interface Rendering {
  readonly requests: PageRequest[];
  readonly problems: Problem[];
}

export const NO_RENDERING: Rendering = { requests: [], problems: [] };

/** A page with scripts is asked once more in a browser; one that stays empty there is a changed layout. */
export function askForRendering(tree: ParentNode, page: Page, url: string | null): Rendering {
  if (select(tree, 'script:not([type*="json"])').length === 0) return NO_RENDERING;
  // Where it was asked tells, since the page itself does not know.
  const asked = page.url !== null && siteUrl(page.url) !== null ? page.url : url;
  const request = asked === null ? null : requestForLink(asked);
  if (request?.kind.endsWith('-rendered')) {
    const message = 'an empty application shell even after its scripts ran';
    return isShell(tree)
      ? { requests: [], problems: [{ code: 'layout-drift', message, where: 'body' }] }
      : NO_RENDERING;
  }
  const rendered = request === null ? null : requestForLink(`${request.url}${RENDERED}`);
  if (rendered === null) return isShell(tree) ? { requests: [], problems: [NO_ADDRESS] } : NO_RENDERING;
  const message = 'nothing of a set in it, but scripts that may write it: it is asked again in a browser';
  return { requests: [rendered], problems: [{ code: 'needs-rendering', message, where: 'body' }] };
}

const NO_ADDRESS: Problem = {
  code: 'needs-rendering',
  message: 'an empty application shell, and no address to ask again: give the page after its scripts ran',
  where: null,
};

/** Almost no words: the page is written by its scripts. */
function isShell(tree: ParentNode): boolean {
  const body = select(tree, 'body')[0] ?? tree;
  return (textOf(body) ?? '').length < 200;
}
