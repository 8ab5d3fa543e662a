/** The sources MusicDB knows, in the order they are listed. A new source is one folder and one line here. */
import type { Source, SourceName } from '../src/core/source.ts';

/** Loaded on demand, so that a command about one source does not pay for the parsers of the others. */
const LOADERS: Record<SourceName, () => Promise<Source>> = {
  '1001tracklists': async () => (await import('./1001tracklists/index.ts')).source,
  mixesdb: async () => (await import('./mixesdb/index.ts')).source,
  setlistfm: async () => (await import('./setlistfm/index.ts')).source,
  reddit: async () => (await import('./reddit/index.ts')).source,
  applemusic: async () => (await import('./applemusic/index.ts')).source,
  watchthedj: async () => (await import('./watchthedj/index.ts')).source,
};

export function loadSource(name: SourceName): Promise<Source> {
  return LOADERS[name]();
}

export function loadAllSources(): Promise<Source[]> {
  return Promise.all(Object.values(LOADERS).map((load) => load()));
}
