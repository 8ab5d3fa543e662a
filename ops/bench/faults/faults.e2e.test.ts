/**
 * A small run of `npm run bench -- faults`: every fault, real processes, a crawler killed. What it held would be free again only after minutes,
 * by design; here Redis and all leases go with it, so that it is free at once, and what the others hold may be taken from them too.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../../src/testing/cli.ts';
import { forgetEverything } from '../../../src/testing/forget-redis.ts';
import { openTestServices, type TestServices } from '../../../src/testing/services.ts';
import { readPlan } from '../../sandbox/faults/plan.ts';
import { type FaultsRun, runFaults, type SoFar } from './run.ts';

/** Without a Retry-After, a 503 has us leave its host alone for a minute. */
const FAULTS = readPlan('all').map((rule) => (rule.kind === 'robots-error' ? { ...rule, status: 500 } : rule));
/** Each crawler once, while it is at work. */
const isKillDue = ({ answers, kills }: SoFar): boolean => kills < 2 && answers > 15 * (kills + 1);

let services: TestServices;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: FaultsRun;

beforeAll(async () => {
  [services, folder] = [await openTestServices(), await temporaryFolder()];
  const onKill = async () => {
    await services.db.query(`update frontier set lease_until = now() where state = 'leased'`);
    await forgetEverything(services);
  };
  run = await runFaults(
    { ...services, folder: folder.path },
    { seed: '42', pages: 40, minutes: 5, patienceSeconds: 1, faults: FAULTS, isKillDue, onKill },
    () => undefined,
  );
}, 400_000);
afterAll(async () => {
  await folder?.release();
  await services?.release();
});

it('under every fault, with each crawler killed, no page is lost and nothing is doubled', () => {
  expect(run).toMatchObject({ finished: true, kills: 2 });
  expect(run.judgement).toMatchObject({ lost: { count: 0, examples: [] }, doubled: { count: 0, examples: [] } });
});

it('under every fault, nothing false gets into the database', () => {
  expect(run.judgement).toMatchObject({
    falseItems: { count: 0, examples: [] },
    falseRows: { count: 0, examples: [] },
  });
  expect(run.judgement.compared).toBeGreaterThan(100);
});

it('under every fault, no rule of politeness is broken', () => {
  expect(run.politeness).toMatchObject({ violations: 0, said: [] });
  expect(run.politeness.requests).toBeGreaterThan(40);
});

it('the faults were really served', () => {
  const kinds = new Set(run.served.map(({ fault }) => fault?.split(':')[0]));
  expect(kinds.size).toBeGreaterThan(8);
  expect([...kinds]).toEqual(expect.arrayContaining(['robots-error', 'robots-closed']));
});
