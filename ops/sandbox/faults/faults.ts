/** Decides which requests go wrong. The same seed and plan give the same faults for an address, in whatever order addresses are asked. */

import { createRng } from '../rng.ts';
import type { SiteName } from '../site-names.ts';
import type { SiteRequest, SiteResponse } from '../sites/site.ts';
import { type Faulty, faultyAnswer } from './faulty-answer.ts';
import type { FaultPlan, FaultRule } from './plan.ts';

export interface Faults {
  /** The faulty answer in place of `good`; null when this request goes well. Only good answers go wrong: a 404 stays one. */
  readonly befall: (source: SiteName, request: SiteRequest, good: SiteResponse) => Faulty | null;
}

/** A plan's rule with what it has done so far. */
interface ActiveRule {
  readonly rule: FaultRule;
  readonly path: RegExp | null;
  /** Requests that fitted it: what "every" counts. */
  fitted: number;
  /** Hits by address; only of addresses that were hit. */
  readonly hits: Map<string, number>;
}

export function createFaults(plan: FaultPlan, seed: string): Faults {
  const active = plan.map((rule) => ({
    rule,
    path: rule.path === undefined ? null : new RegExp(rule.path),
    fitted: 0,
    hits: new Map<string, number>(),
  }));
  return {
    befall: (source, request, good) => {
      if (good.status !== 200) return null;
      for (const [index, one] of active.entries()) {
        const faulty = fits(one, source, request) ? strike(one, `${seed}/${index}`, request, good) : null;
        if (faulty !== null) return faulty;
      }
      return null;
    },
  };
}

function fits({ rule, path }: ActiveRule, source: SiteName, request: SiteRequest): boolean {
  if (rule.source !== undefined && rule.source !== source) return false;
  if (rule.host !== undefined && rule.host !== request.host) return false;
  const isRobots = request.path === '/robots.txt';
  if (rule.kind === 'robots-error' || rule.kind === 'robots-closed') return isRobots;
  return path === null ? !isRobots : path.test(target(request));
}

function strike(one: ActiveRule, seed: string, request: SiteRequest, good: SiteResponse): Faulty | null {
  const { rule, hits } = one;
  const address = `${request.method} https://${request.host}${target(request)}`;
  const own = createRng(`${seed}/${address}`);
  one.fitted += 1;
  const chosen = rule.every === undefined ? own.chance(rule.probability ?? 1) : one.fitted % rule.every === 0;
  const before = hits.get(address) ?? 0;
  if (!chosen || (rule.times !== null && before >= rule.times)) return null;
  const faulty = faultyAnswer({ rule, request, good, seed: `${seed}/${address}/how`, now: new Date() });
  if (faulty !== null) hits.set(address, before + 1);
  return faulty;
}

function target({ path, query }: SiteRequest): string {
  return query.size === 0 ? path : `${path}?${query}`;
}
