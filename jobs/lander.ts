/** Gathers visited pages into batches and lands each batch in one transaction, one at a time, in the order they came. */

import { isPipelined } from '../pipelines/registry.ts';
import { asError } from '../src/core/errors.ts';
import type { Ctx } from '../src/platform/context.ts';
import { type Landed, landPages } from '../src/repositories/landing.ts';
import type { LandingPage } from '../src/repositories/landing-page.ts';
import { enqueue, type OutboxJob } from '../src/repositories/outbox.ts';
import { isDataFault } from './job-errors.ts';

/** Pages in one transaction: larger ones buy nothing (PERFORMANCE: batches above 50 pages). */
const BATCH_PAGES = 50;
/** How long a page waits for company, milliseconds. */
const LINGER_MS = 25;
/** Pages that may wait; more make the crawler wait. */
const MAX_WAITING = 200;

export interface LandedTotals {
  pages: number;
  items: number;
  unchanged: number;
  newRequests: number;
  quarantined: number;
}

/**
 * @param priority of the jobs that go on with what landed.
 * @param onAlarm called when pages of a kind began to lack what they usually hold.
 */
export class Lander {
  readonly totals: LandedTotals = { pages: 0, items: 0, unchanged: 0, newRequests: 0, quarantined: 0 };
  readonly #ctx: Pick<Ctx, 'db' | 'clock'>;
  readonly #priority: number;
  readonly #onAlarm: () => void;
  #waiting: LandingPage[] = [];
  #running: Promise<void> | null = null;
  #fault: unknown;

  constructor(ctx: Pick<Ctx, 'db' | 'clock'>, priority: number, onAlarm: () => void = () => undefined) {
    this.#ctx = ctx;
    this.#priority = priority;
    this.#onAlarm = onAlarm;
  }

  /** Takes a page; resolves at once unless too many wait. @throws the fault that ended an earlier batch. */
  async add(page: LandingPage): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    this.#waiting.push(page);
    this.#running ??= this.#run();
    if (this.#waiting.length >= MAX_WAITING) await this.#running;
  }

  /** Resolves when everything taken so far is committed. @throws the fault that kept it from being. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
    if (this.#fault !== undefined) throw this.#fault;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        if (this.#waiting.length < BATCH_PAGES) await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
        await this.#landBatch(this.#waiting.splice(0, BATCH_PAGES));
      }
    } catch (error) {
      this.#fault = error;
      this.#waiting = [];
    } finally {
      this.#running = null;
    }
  }

  /** When the database refuses a batch, its pages are landed one by one, and the one that is refused alone is held alone. */
  async #landBatch(pages: LandingPage[]): Promise<void> {
    try {
      await this.#land(pages);
    } catch (error) {
      if (!isDataFault(error)) throw error;
      for (const page of pages) await this.#landAlone(page);
    }
  }

  async #landAlone(page: LandingPage): Promise<void> {
    try {
      await this.#land([page]);
    } catch (error) {
      if (!isDataFault(error)) throw error;
      await this.#land([refusedPage(page, asError(error))]);
    }
  }

  async #land(pages: LandingPage[]): Promise<void> {
    const now = this.#ctx.clock.now();
    const landed = await this.#ctx.db.transaction(async (tx) => {
      const result = await landPages(tx, pages, isPipelined, now);
      await enqueue(tx, transformJobs(result, this.#priority), now);
      return result;
    });
    for (const key of Object.keys(this.totals) as (keyof LandedTotals)[]) this.totals[key] += landed[key];
    if (landed.alarms > 0) this.#onAlarm();
  }
}

/** What is left of a page that the database does not take: its document, its address, and why. */
function refusedPage(page: LandingPage, { message }: Error): LandingPage {
  const reason = `the database refuses what was read from it: ${message}`;
  return {
    ...page,
    exchange: null,
    durationMs: null,
    items: [],
    requests: [],
    measures: null,
    judgement: { verdict: 'unreadable', reason },
    problems: [{ code: 'bad-value', message: reason, where: null }],
  };
}

function transformJobs({ toTransform }: Landed, priority: number): OutboxJob[] {
  const jobs: OutboxJob[] = [];
  for (let from = 0; from < toTransform.length; from += BATCH_PAGES) {
    jobs.push({
      queue: 'transform',
      name: 'transform',
      payload: { rawItemIds: toTransform.slice(from, from + BATCH_PAGES) },
      priority,
    });
  }
  return jobs;
}
