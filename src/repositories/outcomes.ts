/** What outcomes of fetches have in common, as conditions in SQL. The same words as in the partial indexes: others would not use them. */
import { NO_PAGE } from '../core/verdict.ts';
import type { Verdict } from '../core/verdicts.ts';

const WITHOUT_TROUBLE: readonly Verdict[] = ['ok', 'empty', 'unchanged', 'moved', 'not-found', 'gone'];

/** Something went wrong (`fetches_trouble_idx`). */
export const IS_TROUBLE = `outcome not in (${listed(WITHOUT_TROUBLE)})`;
/** A page came, good or doubtful (`fetches_page_url_idx`). */
export const IS_PAGE = `outcome not in (${listed(NO_PAGE)})`;

function listed(verdicts: readonly Verdict[]): string {
  return verdicts.map((verdict) => `'${verdict}'`).join(', ');
}
