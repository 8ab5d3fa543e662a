/** The sources MusicDB knows, in the order they are listed. A new source is one folder and one line here. */
import { PermanentError } from '../src/core/errors.ts';
import type { Source } from '../src/core/source.ts';
import type { SourceName } from '../src/core/source-name.ts';

/** Loaded on demand, so that a command about one source does not pay for the parsers of the others. */
const LOADERS: Readonly<Record<SourceName, () => Promise<Source>>> = {
  '1001tracklists': async () => (await import('./1001tracklists/index.ts')).source,
  mixesdb: async () => (await import('./mixesdb/index.ts')).source,
  setlistfm: async () => (await import('./setlistfm/index.ts')).source,
  reddit: async () => (await import('./reddit/index.ts')).source,
  applemusic: async () => (await import('./applemusic/index.ts')).source,
  watchthedj: async () => (await import('./watchthedj/index.ts')).source,
};

export const SOURCE_NAMES: readonly SourceName[] = Object.keys(LOADERS);

/** @throws PermanentError when there is no such source. */
export function loadSource(name: SourceName): Promise<Source> {
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  if (load === undefined)
    throw new PermanentError(`unknown source "${name}", expected one of ${SOURCE_NAMES.join(', ')}`, {
      code: 'NO_SOURCE',
    });
  return load();
}

export function loadAllSources(): Promise<Source[]> {
  return Promise.all(Object.values(LOADERS).map((load) => load()));
}
