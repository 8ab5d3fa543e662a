/** A crawl of each fault ends in its verdict, on real servers, through the politeness gate; and nothing that no page truly shows is kept of it. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { crawlJob } from '../../../jobs/crawl.ts';
import { loadSource } from '../../../spiders/registry.ts';
import type { SourceName } from '../../../src/core/source-name.ts';
import { systemClock } from '../../../src/platform/context.ts';
import { addRequests } from '../../../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../../../src/testing/job-context.ts';
import { runJob } from '../../../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../../../src/testing/services.ts';
import { itemKey } from '../../bench/faults/expected.ts';
import { judge } from '../../bench/faults/judge.ts';
import { type Sandbox, startSandbox } from '../server.ts';
import type { DriftKind } from './drift.ts';
import { type FaultKind, parsePlan } from './plan.ts';

/** Outcome of the fetch (null: the page was not asked for), state of its request, breaker of its source. */
interface Verdict {
  readonly outcome: string | null;
  readonly request: string;
  readonly breaker: string | null;
  /** Default 1001tracklists. */
  readonly source?: SourceName;
}

const FINE = { outcome: 'ok', request: 'done', breaker: null };
const THROTTLED = { outcome: 'throttled', request: 'due', breaker: 'open' };
const OUTAGE = { outcome: 'source-outage', request: 'due', breaker: 'closed' };
const CUT_OFF = { outcome: 'truncated', request: 'due', breaker: null };
const UNREADABLE = { outcome: 'unreadable', request: 'failed', breaker: null };
const REFUSED = { outcome: 'block', request: 'due', breaker: 'open' };
const NEVER = { outcome: 'unfetchable', request: 'failed', breaker: null };
const DRIFTED = { outcome: 'layout-drift', request: 'due', breaker: 'closed' };

const VERDICTS: Readonly<Record<Exclude<FaultKind, 'drift'>, Verdict>> = {
  'retry-after-seconds': THROTTLED,
  'retry-after-date': THROTTLED,
  unavailable: THROTTLED,
  'server-error': OUTAGE,
  'slow-first-byte': FINE,
  drip: FINE,
  truncated: CUT_OFF,
  reset: OUTAGE,
  'wrong-charset': FINE,
  'wrong-length': CUT_OFF,
  'wrong-encoding': UNREADABLE,
  bomb: UNREADABLE,
  captcha: REFUSED,
  turnstile: REFUSED,
  login: REFUSED,
  'ip-limited': REFUSED,
  decoy: { outcome: 'decoy', request: 'due', breaker: 'open' },
  empty: CUT_OFF,
  'html-for-json': { ...DRIFTED, source: 'setlistfm' },
  'redirect-loop': NEVER,
  'redirect-private': NEVER,
  'redirect-host': NEVER,
  'robots-error': { outcome: null, request: 'due', breaker: null },
  'robots-closed': NEVER,
};

/** A page that says the same in another form as well is read from that. */
const DRIFTS: Readonly<Record<DriftKind, Verdict>> = {
  'class-renamed': DRIFTED,
  'container-missing': DRIFTED,
  'nesting-changed': FINE,
  'microdata-removed': DRIFTED,
  'structured-data-removed': { ...FINE, source: 'watchthedj' },
  'heading-renamed': { ...FINE, source: 'mixesdb' },
  'date-format': DRIFTED,
  'field-renamed': { ...DRIFTED, source: 'mixesdb' },
  'array-to-object': { ...DRIFTED, source: 'setlistfm' },
  'object-to-text': { ...DRIFTED, source: 'applemusic' },
  'field-missing': { ...DRIFTED, source: 'reddit' },
  'envelope-changed': { ...DRIFTED, source: 'reddit' },
};

let services: TestServices;
let sandbox: Sandbox;
let test: TestContext;
/** Faults that were served. */
let served: (string | null)[];

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, request_ledger, request_gates, robots_files, page_verdicts, page_yields, workflow_events cascade',
  );
  await test.release();
  await sandbox.close();
});

it.each(Object.entries(VERDICTS))('%s', async (kind, { source = '1001tracklists', ...verdict }) => {
  await crawlUnder(source, { kind, times: null, seconds: 0.3 });
  expect(served).toContain(kind);
  expect(await whatCame()).toEqual({ ...verdict, falseItems: [] });
});

it.each(Object.entries(DRIFTS))('drift: %s', async (drift, { source = '1001tracklists', ...verdict }) => {
  await crawlUnder(source, { kind: 'drift', drift, times: null });
  expect(served).toContain(`drift:${drift}`);
  expect(await whatCame()).toEqual({ ...verdict, falseItems: [] });
});

/** One page of a set, of a sandbox in which the rule always strikes. */
async function crawlUnder(source: SourceName, rule: object): Promise<void> {
  served = [];
  const faults = parsePlan([rule]);
  sandbox = await startSandbox({ seed: 7, sets: 12, faults, log: ({ fault }) => served.push(fault) });
  test = await openTestContext(services, { sandboxHosts: sandbox.hosts, sandboxPoliteness: 'on' });
  Object.assign(test.ctx, { clock: systemClock });
  const { requestFor, normaliseUrl } = await loadSource(source);
  const sets = sandbox.truth().shownSets.filter((one) => one.source === source && one.rows.length > 5);
  // Of plain letters a wrong charset would show nothing.
  const set = sets.find(({ rows }) => rows.some(({ artist }) => /[\x80-\xff]/.test(artist ?? ''))) ?? sets[0];
  const request = requestFor(set?.url ?? '');
  if (!request) throw new RangeError(`the sandbox shows no set of ${source}`);
  const { url, kind } = request;
  const due = { source, url, urlKey: normaliseUrl(url), kind, priority: 5, depth: 0, runId: null };
  await addRequests(services.db, [due], systemClock.now());
  await runJob(test.ctx, crawlJob, `crawl-${source}`, { source, via: 'sandbox', runId: null, limit: 1 });
}

async function whatCame() {
  const { rows } = await services.db.query(
    `select (select outcome from fetches order by id limit 1) as outcome, (select state from frontier order by id limit 1) as request,
            (select breaker from source_states) as breaker`,
  );
  const { shownSets, shownTracks } = sandbox.truth();
  const { falseItems } = await judge(services.db, {
    requests: [],
    wanted: new Set(),
    sets: new Map(shownSets.map((set) => [itemKey(set.source, set.externalId), set])),
    tracks: new Map(shownTracks.map((track) => [itemKey(track.source, track.externalId), track])),
  });
  return { ...rows[0], falseItems: falseItems.examples };
}
