/**
 * Proves from the ledger and the archived robots.txt files alone that no rule, delay, quota or request to wait was broken. Shares nothing with
 * the gate that is to be judged: it reads what was written, the facts of the sources, and counts anew.
 */
import { judgeRobots, parseRobots, type Robots } from '../core/robots.ts';
import type { SourceFacts } from '../core/source.ts';
import type { ArchiveStore } from '../platform/archive-store.ts';
import type { Queryable } from '../platform/database.ts';
import { PRODUCT } from '../platform/user-agent.ts';
import {
  type LedgerEntry,
  ledgerEntries,
  type RobotsLook,
  robotsLooks,
  waitsAskedBefore,
} from '../repositories/politeness-evidence.ts';
import { type BrokenRule, createCounters } from './count-requests.ts';

const DAY_MS = 86_400_000;
/** A longer wait than this that a server asks for is a mistake of its clock. */
const LONGEST_PAUSE_MS = 30 * DAY_MS;
/** A permission is asked for before the wait for the turn; what the two clock readings may lie apart beside that wait, milliseconds. */
const SLACK_MS = 1_000;

export interface Violation {
  readonly rule: BrokenRule | 'robots';
  readonly source: string;
  readonly via: string;
  /** Entries of the ledger: the one that should not have been sent last. */
  readonly ids: readonly number[];
  readonly at: string;
  readonly message: string;
}

export interface SourceCount {
  readonly source: string;
  readonly via: string;
  requests: number;
  robots: number;
  redirects: number;
  resources: number;
  /** Entries whose end is not known: sent by a process that was killed, or under way. */
  unsettled: number;
  violations: number;
}

export interface Verification {
  readonly since: string | null;
  readonly requests: number;
  readonly sources: SourceCount[];
  readonly violations: Violation[];
}

export interface VerifyOptions {
  readonly db: Queryable;
  readonly archive: Pick<ArchiveStore, 'get'>;
  readonly facts: readonly SourceFacts[];
  /** Entries from then on are judged; null for all of them. */
  readonly since: Date | null;
  readonly source: string | null;
}

/** Violations that are told one by one; more are only counted. */
const MOST_TOLD = 1_000;

export async function verifyPoliteness(options: VerifyOptions): Promise<Verification> {
  const { db, since, source } = options;
  const start = since?.getTime() ?? 0;
  const factsOf = new Map<string, SourceFacts>(options.facts.map((facts) => [facts.name, facts]));
  const counters = createCounters();
  // What was before counts for the first ones: a delay, a quota of a day, a long wait that was asked for.
  const from = new Date(Math.max(0, start - DAY_MS));
  for (const entry of await waitsAskedBefore(db, new Date(Math.max(0, start - LONGEST_PAUSE_MS)), from))
    counters.take(entry, undefined, 0);
  const robots = createRobotsJudge(options, await robotsLooks(db));
  const found = new Findings();
  for await (const entry of ledgerEntries(db, { from, source })) {
    const facts = factsOf.get(entry.source);
    const verdict = facts?.robots.policy === 'obey' && !isAgreed(entry, facts) ? await robots.judge(entry) : PASSED;
    const broken = counters.take(entry, facts, verdict.crawlDelaySeconds);
    if (entry.startedAt.getTime() < start) continue;
    found.count(entry);
    for (const { rule, before, message } of broken) found.add(entry, { rule, ids: [before, entry.id], message });
    if (verdict.problem !== null) found.add(entry, { rule: 'robots', ids: [entry.id], message: verdict.problem });
  }
  return { since: since?.toISOString() ?? null, ...found.result() };
}

/** More than `violations` tells one by one. */
export function countViolations({ sources }: Pick<Verification, 'sources'>): number {
  return sources.reduce((sum, one) => sum + one.violations, 0);
}

/** What the site's operator agreed to is named in the entry, and is that path only. */
function isAgreed({ robots, robotsRule, url }: LedgerEntry, { robots: { agreement } }: SourceFacts): boolean {
  if (agreement === undefined || robots !== 'exempt' || robotsRule !== agreement.variable) return false;
  return new URL(url).pathname === agreement.path;
}

class Findings {
  readonly #sources = new Map<string, SourceCount>();
  readonly #violations: Violation[] = [];
  #requests = 0;

  count({ source, via, kind, settledAt }: LedgerEntry): void {
    const counted = this.#of(source, via);
    this.#requests += 1;
    counted.requests += 1;
    if (kind === 'robots') counted.robots += 1;
    if (kind === 'redirect') counted.redirects += 1;
    if (kind === 'resource') counted.resources += 1;
    if (settledAt === null) counted.unsettled += 1;
  }

  add({ source, via, startedAt }: LedgerEntry, about: Pick<Violation, 'rule' | 'ids' | 'message'>): void {
    this.#of(source, via).violations += 1;
    if (this.#violations.length < MOST_TOLD)
      this.#violations.push({ source, via, at: startedAt.toISOString(), ...about });
  }

  result(): Pick<Verification, 'requests' | 'sources' | 'violations'> {
    return { requests: this.#requests, sources: [...this.#sources.values()], violations: this.#violations };
  }

  #of(source: string, via: string): SourceCount {
    const key = `${via} ${source}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const none = { source, via, requests: 0, robots: 0, redirects: 0, resources: 0, unsettled: 0, violations: 0 };
    this.#sources.set(key, none);
    return none;
  }
}

interface RobotsFinding {
  /** What robots.txt has against the request; null when nothing. */
  readonly problem: string | null;
  readonly crawlDelaySeconds: number;
}

const PASSED: RobotsFinding = { problem: null, crawlDelaySeconds: 0 };

function createRobotsJudge(
  { archive }: Pick<VerifyOptions, 'archive'>,
  looks: readonly RobotsLook[],
): { judge(entry: LedgerEntry): Promise<RobotsFinding> } {
  const byOrigin = Map.groupBy(looks, ({ via, origin }) => `${via} ${origin}`);
  const files = new Map<string, Promise<Robots | null>>();
  const fileOf = (digest: Buffer) => {
    const hex = digest.toString('hex');
    const file = files.get(hex) ?? archive.get(digest).then(parseRobots, () => null);
    files.set(hex, file);
    return file;
  };
  return {
    judge: async (entry) => {
      if (entry.kind === 'robots') return PASSED;
      const url = new URL(entry.url);
      const problem = unfounded(entry, byOrigin.get(`${entry.via} ${url.origin}`) ?? []);
      if (problem !== null || entry.robotsDigest === null) return { problem, crawlDelaySeconds: 0 };
      const file = await fileOf(entry.robotsDigest);
      if (file === null)
        return {
          problem: `its robots.txt ${entry.robotsDigest.toString('hex')} is not in the archive`,
          crawlDelaySeconds: 0,
        };
      const { allowed, rule, crawlDelaySeconds } = judgeRobots(file, PRODUCT, url);
      return {
        problem: allowed ? null : `robots.txt does not allow ${entry.url} ("${rule}")`,
        crawlDelaySeconds: crawlDelaySeconds ?? 0,
      };
    },
  };
}

/** Whether the permission that an entry names was one: a look at the site's robots.txt that held when it was asked for. */
function unfounded(entry: LedgerEntry, looks: readonly RobotsLook[]): string | null {
  if (entry.robots === 'exempt') return `${entry.url} was asked for as if there were no robots.txt to obey`;
  const latest = entry.startedAt.getTime();
  const earliest = latest - entry.waitedMs - SLACK_MS;
  const held = looks.filter(
    ({ checkedAt, expiresAt }, at) =>
      checkedAt.getTime() <= latest &&
      expiresAt.getTime() > earliest &&
      (looks[at + 1]?.checkedAt.getTime() ?? Number.POSITIVE_INFINITY) > earliest,
  );
  if (held.length === 0) return `no robots.txt of ${new URL(entry.url).origin} was in force`;
  if (held.some((look) => founds(look, entry, earliest))) return null;
  return `the robots.txt in force was ${held.map(({ state, status }) => `${state} (HTTP ${status})`).join(', ')}, the request names ${entry.robots}`;
}

function founds({ state, status, digest, usableUntil }: RobotsLook, entry: LedgerEntry, earliest: number): boolean {
  if (state !== entry.robots) return false;
  if (state === 'open') return status !== null && status >= 400 && status < 500 && status !== 429;
  const isLast = status !== null && status >= 200 && status < 300;
  const standsIn = usableUntil !== null && usableUntil.getTime() > earliest;
  return (isLast || standsIn) && digest !== null && entry.robotsDigest !== null && digest.equals(entry.robotsDigest);
}
