/**
 * The site that both sides crawl: static set pages in one folder, so that serving them costs next to nothing.
 * Where the folder `../shared/bench` stands beside the repository, its generator makes pages in the real site's markup; elsewhere they come
 * from the project's own sandbox, which imitates that markup.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSite } from '../../sandbox/sites/1001tracklists.ts';
import { buildWorld } from '../../sandbox/world.ts';

/** Address that the pages claim to live at. */
const ORIGIN = 'https://www.1001tracklists.com';
const SHARED = fileURLToPath(new URL('../../../../shared/bench/', import.meta.url));
const OWN = fileURLToPath(new URL('./', import.meta.url));
const SEED = 'bench';

export type SiteKind = 'shared' | 'sandbox';

/** Pages on disk, what is in them, and the Scrapy peer that was written for them. */
export interface BenchSite {
  readonly kind: SiteKind;
  readonly folder: string;
  /** Paths of the set pages, from the folder, with a leading slash. */
  readonly paths: readonly string[];
  /** Rows over all pages, parts of mashups counted too. */
  readonly rows: number;
  readonly meanBytes: number;
  /** File of the peer, and the SQL that makes its tables. */
  readonly peer: { readonly program: string; readonly schema: string };
}

/** The pages that are there: of `../shared` where it exists, else of the sandbox. */
export function defaultSiteKind(): SiteKind {
  return existsSync(join(SHARED, 'make-site.mjs')) ? 'shared' : 'sandbox';
}

/** Address at which our spider knows a page. */
export function pageUrl(path: string): string {
  return `${ORIGIN}${path}`;
}

/** Writes `pages` set pages into a new folder. */
export function makeSite(kind: SiteKind, folder: string, pages: number): BenchSite {
  mkdirSync(folder, { recursive: true });
  const { paths, rows, peer } = kind === 'shared' ? sharedSite(folder, pages) : sandboxSite(folder, pages);
  writeFileSync(join(folder, 'urls.txt'), `${paths.join('\n')}\n`);
  const bytes = paths.reduce((sum, path) => sum + readFileSync(join(folder, path)).byteLength, 0);
  return { kind, folder, paths, rows, peer, meanBytes: bytes / paths.length };
}

type Made = Pick<BenchSite, 'paths' | 'rows' | 'peer'>;

function sharedSite(folder: string, pages: number): Made {
  const generator = join(SHARED, 'make-site.mjs');
  const printed = execFileSync(process.execPath, [generator, '--out', folder, '--pages', String(pages)], {
    encoding: 'utf8',
  });
  const { rows } = JSON.parse(printed) as { rows: number };
  const paths = readFileSync(join(folder, 'urls.txt'), 'utf8').trim().split('\n');
  return { paths, rows, peer: { program: join(SHARED, 'scrapy_peer.py'), schema: join(SHARED, 'schema.sql') } };
}

/** The world grows until the site shows enough sets of it: not every set is on every site. */
function sandboxSite(folder: string, pages: number): Made {
  for (let size = pages * 2; ; size *= 2) {
    const site = createSite(buildWorld(SEED, size));
    const shown = [...site.shownSets()].slice(0, pages);
    if (shown.length < pages) continue;
    const paths = shown.map(({ url }) => new URL(url).pathname);
    for (const path of paths) {
      const { body } = site.respond({
        host: '',
        method: 'GET',
        path,
        query: new URLSearchParams(),
        headers: {},
        body: '',
        today: null,
      });
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), body);
    }
    const rows = shown.flatMap((set) => set.rows).reduce((sum, row) => sum + 1 + row.parts.length, 0);
    return { paths, rows, peer: { program: join(OWN, 'scrapy_peer.py'), schema: join(OWN, 'scrapy_peer.sql') } };
  }
}
