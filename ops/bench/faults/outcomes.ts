/** What MusicDB says of the run itself: outcomes of fetches, what is held, what the ledger's verifier found. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Queryable } from '../../../src/platform/database.ts';
import type { Ground } from './ground.ts';

const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));

export interface Outcomes {
  readonly fetches: Readonly<Record<string, number>>;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly requests: Readonly<Record<string, number>>;
  readonly problems: Readonly<Record<string, number>>;
  readonly items: Readonly<Record<string, number>>;
  /** Breakers opened, pages refused…, by name. */
  readonly events: Readonly<Record<string, number>>;
}

export async function outcomesOf(db: Queryable): Promise<Outcomes> {
  const counted = async (select: string): Promise<Record<string, number>> => {
    const { rows } = await db.query<{ name: string; count: number }>(
      `select name, count(*)::int as count from (${select}) as counted (name) group by name order by count desc, name`,
    );
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  };
  return {
    fetches: await counted('select outcome from fetches'),
    quarantined: await counted('select reason from quarantine'),
    requests: await counted('select state from frontier'),
    // Addresses and figures out of the words: what remains is the kind of problem.
    problems: await counted(
      `select left(regexp_replace(regexp_replace(problem, 'https?://\\S+', '<url>', 'g'), '\\d+', 'n', 'g'), 90) from fetches where status is null and problem is not null`,
    ),
    items: await counted(`select kind || ' ' || state from raw_items`),
    events: await counted('select name from workflow_events'),
  };
}

export interface Politeness {
  /** Requests in the ledger. */
  readonly requests: number;
  readonly violations: number;
  /** The first violations in words; what went wrong with the verifier itself when it gave no verdict. */
  readonly said: readonly string[];
}

interface Verification {
  readonly requests: number;
  readonly sources: readonly { readonly violations: number }[];
  readonly violations: readonly { readonly rule: string; readonly source: string; readonly message: string }[];
  readonly error?: { readonly message: string };
}

/** Runs the independent verifier over the run's ledger. */
export async function verifyPoliteness(ground: Ground): Promise<Politeness> {
  const env = {
    ...process.env,
    DATABASE_URL: ground.databaseUrl,
    REDIS_URL: ground.redisUrl,
    MUSICDB_DATA: ground.folder,
  };
  const verify = promisify(execFile)(process.execPath, [BIN, 'politeness', 'verify', '--json'], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  // Exit 1 is a verdict too.
  const { stdout } = await verify.catch((failed: { stdout?: string }) => ({ stdout: failed.stdout ?? '' }));
  const verdict = JSON.parse(stdout) as Verification;
  if (verdict.error !== undefined) return { requests: 0, violations: 1, said: [verdict.error.message] };
  const violations = verdict.sources.reduce((sum, one) => sum + one.violations, 0);
  const said = verdict.violations.slice(0, 5).map(({ rule, source, message }) => `${source} ${rule}: ${message}`);
  return { requests: verdict.requests, violations, said };
}
