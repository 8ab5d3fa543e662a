/**
 * robots.txt files as they hold now: asked for through the same gate as everything else, kept in Postgres and the archive, so that a restart asks
 * for none again. RFC 9309, 2.3.1 and 2.4: none there (4xx) means open; not to be had (5xx, 429, no answer) means closed, except for as long as
 * the last good one may stand in.
 */
import { asError, HeldError } from '../core/errors.ts';
import type { FetchedPage } from '../core/fetching.ts';
import { parseRobots, type Robots } from '../core/robots.ts';
import type { ArchiveStore } from '../platform/archive-store.ts';
import type { Clock } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import type { ArchivedDocument } from '../repositories/landing-page.ts';
import { type RobotsFile, type RobotsKey, readRobotsFile, writeRobotsFile } from '../repositories/robots-files.ts';

const HOUR_MS = 3_600_000;
/** A file is asked for again after this long, or after its Cache-Control max-age within these bounds. */
const LONGEST_USE_MS = 24 * HOUR_MS;
const SHORTEST_USE_MS = HOUR_MS;
/** After its expiry a good file stands in this long for one that cannot be had. */
const GRACE_MS = 24 * HOUR_MS;
/** One that cannot be had is asked for again after this long. */
const RECHECK_MS = 5 * 60_000;

/** What holds for a site now. */
export type RobotsInForce =
  | { readonly state: 'rules'; readonly robots: Robots; readonly digest: Buffer }
  | { readonly state: 'open' };

export interface RobotsCacheOptions {
  readonly db: Database;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly via: RobotsKey['via'];
  readonly source: string;
  /** One answer whatever its status, after redirects. */
  readonly fetch: (url: string) => Promise<FetchedPage>;
}

export interface RobotsCache {
  /** @throws HeldError while the file cannot be had. */
  of(origin: string): Promise<RobotsInForce>;
}

export function createRobotsCache(options: RobotsCacheOptions): RobotsCache {
  const known = new Map<string, { file: RobotsFile; inForce: RobotsInForce | null }>();
  const looking = new Map<string, Promise<void>>();
  const look = async (origin: string) => {
    const file = await currentFile(options, origin);
    const inForce = await read(options.archive, file);
    known.set(origin, { file, inForce });
  };
  return {
    of: async (origin) => {
      if (!isFresh(known.get(origin)?.file, options.clock)) {
        const looked = looking.get(origin) ?? look(origin).finally(() => looking.delete(origin));
        looking.set(origin, looked);
        await looked;
      }
      const { file, inForce } = known.get(origin) ?? { file: null, inForce: null };
      if (inForce !== null) return inForce;
      throw new HeldError(`${origin}/robots.txt cannot be had (${file?.problem}): nothing may be asked there`, {
        code: 'ROBOTS_CLOSED',
        until: file?.expiresAt ?? options.clock.now(),
        host: new URL(origin).hostname,
      });
    },
  };
}

async function currentFile(options: RobotsCacheOptions, origin: string): Promise<RobotsFile> {
  const key = { via: options.via, source: options.source, origin };
  const last = await readRobotsFile(options.db, key);
  if (last !== null && isFresh(last, options.clock)) return last;
  const { file, stored } = await askFor(options, origin, last);
  await writeRobotsFile(options.db, key, file, stored);
  return file;
}

async function read(archive: ArchiveStore, { state, documentDigest }: RobotsFile): Promise<RobotsInForce | null> {
  if (state === 'open') return { state };
  if (state === 'closed' || documentDigest === null) return null;
  return { state, robots: parseRobots(await archive.get(documentDigest)), digest: documentDigest };
}

function isFresh(file: RobotsFile | undefined, clock: Clock): boolean {
  return file !== undefined && file.expiresAt > clock.now();
}

interface Looked {
  readonly file: RobotsFile;
  readonly stored: ArchivedDocument | null;
}

async function askFor(options: RobotsCacheOptions, origin: string, last: RobotsFile | null): Promise<Looked> {
  try {
    const page = await options.fetch(`${origin}/robots.txt`);
    const { status } = page;
    if (status >= 200 && status < 300 && page.bodyFault === null) return await withRules(options, page);
    if (status >= 400 && status < 500 && status !== 429) return { file: openFile(page, options.clock), stored: null };
    const problem = page.bodyFault?.message ?? `HTTP ${status}`;
    return { file: closedFile(options.clock, last, { status, problem }), stored: null };
  } catch (thrown) {
    const error = asError(thrown);
    // A stop, or a host that may not be asked now: nothing was learnt.
    if (error.name === 'AbortError' || error instanceof HeldError) throw error;
    return { file: closedFile(options.clock, last, { status: null, problem: error.message }), stored: null };
  }
}

async function withRules({ archive, clock }: RobotsCacheOptions, page: FetchedPage): Promise<Looked> {
  const storeAgain = () => archive.put(page.body);
  const stored = { ...(await storeAgain()), storeAgain };
  const now = clock.now().getTime();
  const expiresAt = now + useMs(page);
  return {
    stored,
    file: {
      state: 'rules',
      status: page.status,
      problem: null,
      documentDigest: stored.digest,
      checkedAt: new Date(now),
      expiresAt: new Date(expiresAt),
      usableUntil: new Date(expiresAt + GRACE_MS),
    },
  };
}

function openFile(page: FetchedPage, clock: Clock): RobotsFile {
  const checkedAt = clock.now();
  const expiresAt = new Date(checkedAt.getTime() + useMs(page));
  return { ...NOTHING, state: 'open', status: page.status, checkedAt, expiresAt };
}

const NOTHING = { problem: null, documentDigest: null, usableUntil: null };

/** Closed, unless the last good file may still stand in. */
function closedFile(
  clock: Clock,
  last: RobotsFile | null,
  { status, problem }: { status: number | null; problem: string },
): RobotsFile {
  const checkedAt = clock.now();
  const about = { status, problem: problem.slice(0, 500), checkedAt };
  const expiresAt = new Date(checkedAt.getTime() + RECHECK_MS);
  const usableUntil = last?.usableUntil ?? null;
  if (last === null || usableUntil === null || usableUntil <= checkedAt)
    return { ...NOTHING, ...about, state: 'closed', expiresAt };
  const { documentDigest } = last;
  return { ...about, state: 'rules', documentDigest, usableUntil, expiresAt: earlier(expiresAt, usableUntil) };
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

/** How long a file is used, milliseconds: what it says of itself, within our bounds. */
function useMs({ headers }: FetchedPage): number {
  const given = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/i.exec(headers['cache-control'] ?? '')?.[1];
  if (given === undefined) return LONGEST_USE_MS;
  return Math.min(Math.max(Number(given) * 1_000, SHORTEST_USE_MS), LONGEST_USE_MS);
}
