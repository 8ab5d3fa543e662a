/** A fault plan: what goes wrong with which requests, how often and how. Data, so that a report can set what was served beside what came of it. */

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UsageError } from '../../../src/core/errors.ts';
import { SITE_NAMES } from '../site-names.ts';
import { DRIFT_KINDS } from './drift.ts';
import { PRESETS } from './presets.ts';

export const FAULT_KINDS = [
  // The server asks for patience, or cannot.
  'retry-after-seconds',
  'retry-after-date',
  'unavailable',
  'server-error',
  // The wire.
  'slow-first-byte',
  'drip',
  'truncated',
  'reset',
  'wrong-charset',
  'wrong-length',
  'wrong-encoding',
  'bomb',
  // Refusals.
  'captcha',
  'turnstile',
  'login',
  'ip-limited',
  // Pages that are not what they seem.
  'decoy',
  'drift',
  'empty',
  'html-for-json',
  // Redirects.
  'redirect-loop',
  'redirect-private',
  'redirect-host',
  // robots.txt.
  'robots-error',
  'robots-closed',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const rule = z
  .strictObject({
    kind: z.enum(FAULT_KINDS),
    /** Of one source only. */
    source: z.enum(SITE_NAMES).optional(),
    /** Of one real host only, e.g. "www.mixesdb.com". */
    host: z.string().optional(),
    /** Regular expression over path and query. Without it, robots.txt is left to the two robots kinds. */
    path: z.string().refine(isPattern, 'expected a regular expression').optional(),
    /** Share of the addresses that the fault befalls (0 to 1), drawn once for each address. Default 1. */
    probability: z.number().min(0).max(1).optional(),
    /** Instead: each n-th request that the rule fits. */
    every: z.int().min(1).optional(),
    /** How often one address is hit before it is answered as ever; null for always. Default 1. */
    times: z.int().min(1).nullable().default(1),
    /** Retry-After of the 429s and of "unavailable"; time lost by the slow kinds. Seconds. */
    seconds: z.number().min(0).max(86_400).optional(),
    /** Of "server-error" and "robots-error"; without it 500, 502 and 504 take turns. */
    status: z.int().min(500).max(599).optional(),
    /** Unpacked size of the bomb. */
    megabytes: z.int().min(1).max(100_000).optional(),
    /** Which of the drifts; without it, one that can be done to the page. */
    drift: z.enum(DRIFT_KINDS).optional(),
  })
  .refine((one) => one.probability === undefined || one.every === undefined, 'keep one of probability and every');

const plan = z.array(rule);

export type FaultRule = z.infer<typeof rule>;
export type FaultPlan = readonly FaultRule[];

/** @param given name of a preset, or file with a plan as JSON. @throws UsageError naming every rule that is wrong. */
export function readPlan(given: string): FaultPlan {
  const preset = Object.hasOwn(PRESETS, given) ? PRESETS[given] : undefined;
  return parsePlan(preset ?? readJson(given), given);
}

/** @param name what the plan is called in the error. @throws UsageError naming every rule that is wrong. */
export function parsePlan(value: unknown, name = 'the plan'): FaultPlan {
  const parsed = plan.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `rule ${path.map(String).join('.')}: ${message}`);
  throw new UsageError(`${name} is no fault plan: ${faults.join('; ')}`, {
    hint: `A plan is a list of {"kind", "source"?, "host"?, "path"?, "probability"?, "every"?, "times"?, …}. Kinds: ${FAULT_KINDS.join(', ')}.`,
  });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UsageError(`the fault plan ${file} cannot be read (${(cause as Error).message})`, {
      hint: `Name a file with a list of rules, or a preset: ${Object.keys(PRESETS).join(', ')}.`,
      cause,
    });
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
