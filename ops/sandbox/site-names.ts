/** The sites that the sandbox stands in for. A source that is added later has none here, and is tried on its saved pages. */
export const SITE_NAMES = ['1001tracklists', 'mixesdb', 'setlistfm', 'reddit', 'applemusic', 'watchthedj'] as const;
export type SiteName = (typeof SITE_NAMES)[number];
