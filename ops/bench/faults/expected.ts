/** What the crawl is asked to bring, and what each item of it must say: taken from the sandbox's truth. */
import { loadAllSources } from '../../../spiders/registry.ts';
import { MusicDbError } from '../../../src/core/errors.ts';
import type { Source } from '../../../src/core/source.ts';
import type { SourceName } from '../../../src/core/source-name.ts';
import type { FrontierRequest } from '../../../src/repositories/frontier.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import type { ShownSet, ShownTrack } from '../../sandbox/sites/site.ts';

/** A world of this share of the pages has enough sets; recordings of the shop fill up the rest. */
export const SETS_PER_PAGE = 0.25;

export interface Expected {
  readonly requests: readonly FrontierRequest[];
  /** The items that the requests must bring, by `itemKey`. */
  readonly wanted: ReadonlySet<string>;
  /** All that is true of the world, by `itemKey`: links lead to more than was asked for. */
  readonly sets: ReadonlyMap<string, ShownSet>;
  readonly tracks: ReadonlyMap<string, ShownTrack>;
}

export function itemKey(source: string, externalId: string): string {
  return `${source}\t${externalId}`;
}

/** The first `pages` pages that show a set, and then recordings. */
export async function expectedOf(sandbox: Sandbox, pages: number): Promise<Expected> {
  const sources = new Map((await loadAllSources()).map((source) => [source.facts.name, source]));
  const { shownSets, shownTracks } = sandbox.truth();
  const chosen = [...spread(shownSets), ...shownTracks].slice(0, pages);
  return {
    requests: chosen.map(({ source, url }) => requestOf(sources, source, url)),
    wanted: new Set(chosen.map(({ source, externalId }) => itemKey(source, externalId))),
    sets: new Map(shownSets.map((set) => [itemKey(set.source, set.externalId), set])),
    tracks: new Map(shownTracks.map((track) => [itemKey(track.source, track.externalId), track])),
  };
}

/** The sources in turn, so that a small run asks all of them. */
function spread(sets: readonly ShownSet[]): ShownSet[] {
  const bySource = [...Map.groupBy(sets, ({ source }) => source).values()];
  const longest = Math.max(...bySource.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => bySource.flatMap((list) => list.slice(index, index + 1))).flat();
}

function requestOf(sources: ReadonlyMap<SourceName, Source>, name: SourceName, address: string): FrontierRequest {
  const source = sources.get(name);
  const request = source?.requestFor(address);
  if (source === undefined || !request) throw new MusicDbError(`${name} does not know its own address ${address}`);
  const { url, kind } = request;
  return { source: name, urlKey: source.normaliseUrl(url), url, kind, priority: 5, depth: 0, runId: null };
}
