/** Charts and searches of the catalogue (`results`). */
import type { ChartItem } from '../../src/core/items.ts';
import { asList, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import { follow, type Reading } from './reading.ts';
import { readResources } from './resources.ts';
import { API } from './spider.ts';

/** Words that somebody may search for: they name nothing. */
const HINTS = new Set(['terms', 'suggestions']);

/** A chart is a list of lists by type; a search gives each type one list. */
export function readResults(results: JsonRecord, reading: Reading): void {
  for (const [type, found] of Object.entries(results)) {
    const where = `$.results.${type}`;
    if (HINTS.has(type))
      reading.problems.push({ code: 'not-read-yet', message: `not read yet: search ${type}`, where });
    else if (Array.isArray(found)) {
      for (const [index, chart] of found.entries()) readChart(type, asRecord(chart), `${where}[${index}]`, reading);
    } else if (isRecord(found) && Array.isArray(found.data)) {
      readResources(found.data, `${where}.data`, reading);
      follow(found.next, `${where}.next`, reading);
    } else reading.problems.push({ code: 'unknown-shape', message: 'expected a chart or a list of results', where });
  }
}

function readChart(type: string, chart: JsonRecord, where: string, reading: Reading): void {
  const href = asText(chart.href);
  const firstRank = offsetOf(reading.url, href) + 1;
  const item: ChartItem = {
    kind: 'chart',
    source: 'applemusic',
    id: chartId(type, asText(chart.chart), href ?? reading.url),
    name: asText(chart.name),
    type,
    entries: [],
  };
  reading.items.push(item);
  const ids = readResources(asList(chart.data), `${where}.data`, reading, firstRank);
  item.entries = ids.flatMap((id, index) => (id === null ? [] : [{ rank: firstRank + index, id }]));
  follow(chart.next, `${where}.next`, reading);
}

/** The pages of a chart are one chart: storefront, genre, type and name, not the offset. */
function chartId(type: string, chart: string | null, address: string | null): string {
  const url = address !== null && URL.canParse(address, API) ? new URL(address, API) : null;
  const storefront = /\/catalog\/([a-z]{2})\//i.exec(url?.pathname ?? '')?.[1];
  return [storefront, url?.searchParams.get('genre'), type, chart ?? 'chart'].filter(Boolean).join('/');
}

function offsetOf(...addresses: (string | null)[]): number {
  for (const address of addresses) {
    const offset =
      address !== null && URL.canParse(address, API) ? new URL(address, API).searchParams.get('offset') : null;
    if (offset !== null && /^\d{1,6}$/.test(offset)) return Number(offset);
  }
  return 0;
}
