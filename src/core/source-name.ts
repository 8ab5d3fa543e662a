/** The names of sources. */

/** A source's name: that of its folder, its queue, its rows. `spiders/registry.ts` lists those that there are. */
export type SourceName = string;
