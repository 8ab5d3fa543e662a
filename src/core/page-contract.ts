/** What a good page of a kind holds, as data in each source's facts: a page that holds less is not read as if it were one. */
import type { Item, ItemKind } from './items.ts';
import type { Verdict } from './verdicts.ts';

export interface PageContract {
  /** Kinds of item that pages of this kind exist for. */
  readonly items: readonly ItemKind[];
  /** Fewest of those items on a whole page; 0 where a page may rightly hold none. */
  readonly atLeast: number;
  /** Most of them; null for no bound. */
  readonly atMost: number | null;
  /** Fields that at least half of the items must say: a name ("title"), or that of a field of their rows ("tracks.title"). */
  readonly required: readonly string[];
  /** Fields that single items may lack, watched over many pages: one that vanishes from all of them tells of a changed layout. */
  readonly watched: readonly string[];
  /** What an HTTP status means here, where it does not mean the usual. */
  readonly statuses?: Readonly<Record<number, Verdict>>;
  /** Codes of problems that put the whole page in doubt. */
  readonly doubts?: readonly string[];
}

export type PageContracts = Readonly<Record<string, PageContract>>;

/** Below this share of items that say a required field, the page has another layout than its parser knows. */
const ENOUGH = 0.5;

/** How a page breaks its contract, for people; null when it keeps it. A page that holds none of its items is not judged here. */
export function breachOf(items: readonly Item[], contract: PageContract): string | null {
  const wanted = itemsOf(items, contract);
  const { atLeast, atMost } = contract;
  const what = contract.items.join(' or ');
  if (wanted.length < atLeast) return `expected at least ${atLeast} ${what}, found ${wanted.length}`;
  if (atMost !== null && wanted.length > atMost) return `expected at most ${atMost} ${what}, found ${wanted.length}`;
  for (const field of contract.required) {
    const share = shareOf(wanted, field, isToldOrUnknown);
    if (share !== null && share < ENOUGH) return `only ${percent(share)} of what is listed says "${field}"`;
  }
  return null;
}

/** What is watched of a page: how many of its items there are ("items"), and the share of them that says each field. */
export function measuresOf(items: readonly Item[], contract: PageContract): Record<string, number> {
  const wanted = itemsOf(items, contract);
  const shares = [...contract.required, ...contract.watched].map((field) => [field, shareOf(wanted, field, isTold)]);
  return { items: sizeOf(wanted), ...Object.fromEntries(shares.filter(([, share]) => share !== null)) };
}

/** The required field that a page lacks as all pages of its kind lately do, for people; null when it lacks none. @param alarms least share of each. */
export function vanishedField(
  measures: Readonly<Record<string, number>>,
  { required }: PageContract,
  alarms: Readonly<Record<string, number>>,
): string | null {
  const field = required.find((name) => (measures[name] ?? 1) < (alarms[name] ?? 0));
  return field === undefined ? null : `"${field}" has vanished from the latest pages of this kind`;
}

/**
 * The contract for what was read off a page whose kind nobody knows (a saved file): the first about its items that they keep, else the first
 * about them. What it says of numbers does not bind. Null when there are no items.
 */
export function contractByItems(contracts: PageContracts, items: readonly Item[]): PageContract | null {
  const first = items.find(({ kind }) => kind !== 'error' && kind !== 'block');
  const about = Object.values(contracts)
    .filter((contract) => contract.items[0] === first?.kind)
    .map((contract) => ({ ...contract, atLeast: 0, atMost: null }));
  return about.find((contract) => breachOf(items, contract) === null) ?? about[0] ?? null;
}

function itemsOf(items: readonly Item[], contract: PageContract): Item[] {
  return items.filter(({ kind }) => contract.items.includes(kind));
}

/** Entries of listings count one by one. */
function sizeOf(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + (item.kind === 'listing' ? item.entries.length : 1), 0);
}

/** Share of items, or of all their rows, that say a field; null when there are none to say it. */
function shareOf(items: readonly Item[], field: string, says: (of: object, name: string) => boolean): number | null {
  const [head = '', name] = field.split('.');
  const holders = name === undefined ? items : items.flatMap((item) => rowsOf(item, head));
  if (holders.length === 0) return null;
  return holders.filter((holder) => says(holder, name ?? head)).length / holders.length;
}

function rowsOf(item: Item, name: string): object[] {
  const rows: unknown = (item as unknown as Record<string, unknown>)[name];
  return Array.isArray(rows) ? rows.filter((row) => typeof row === 'object' && row !== null) : [];
}

function isTold(of: object, name: string): boolean {
  const value: unknown = (of as Record<string, unknown>)[name];
  return value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** A row that says it is unknown keeps its contract, and so do the parts that a mashup names instead. */
function isToldOrUnknown(of: object, name: string): boolean {
  const { isId, parts } = of as { isId?: unknown; parts?: unknown };
  return isTold(of, name) || isId === true || (Array.isArray(parts) && parts.length > 0);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
