/**
 * A small run of `npm run bench -- faults`: every fault, real processes. Without the kill: what a killed process held is free again only after
 * minutes, by design; the bench itself kills, and `src/cli/kill.e2e.test.ts` does.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../../src/testing/cli.ts';
import { openTestServices, type TestServices } from '../../../src/testing/services.ts';
import { readPlan } from '../../sandbox/faults/plan.ts';
import { type FaultsRun, runFaults } from './run.ts';

let services: TestServices;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: FaultsRun;

beforeAll(async () => {
  [services, folder] = [await openTestServices(), await temporaryFolder()];
  run = await runFaults(
    { ...services, folder: folder.path },
    { seed: '42', pages: 100, minutes: 5, killEverySeconds: 3_600, patienceSeconds: 2, faults: readPlan('all') },
    () => undefined,
  );
}, 400_000);
afterAll(async () => {
  await folder?.release();
  await services?.release();
});

it('under every fault, no page is lost and nothing is doubled', () => {
  expect(run.finished).toBe(true);
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
  expect(run.politeness.requests).toBeGreaterThan(100);
});

it('the faults were really served', () => {
  const kinds = new Set(run.served.map(({ fault }) => fault?.split(':')[0]));
  expect(kinds.size).toBeGreaterThan(8);
  expect(kinds).toContain('robots-error');
});
