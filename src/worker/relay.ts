/**
 * The relay: hands outbox rows to BullMQ, moments after their transaction committed. It notices when Redis lost its memory (its
 * generation key is gone) or single jobs, and hands their rows over again; a row ends only with the transaction of its job.
 */
import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { PoolClient } from 'pg';
import type { Ctx } from '../platform/context.ts';
import type { Releasable } from '../platform/releases.ts';
import {
  findOverdue,
  markDispatched,
  OUTBOX_CHANNEL,
  type OutboxRow,
  takeBack,
  takeBackDispatched,
  takeUndispatched,
} from '../repositories/outbox.ts';

/** Rows handed over in one transaction. */
const BATCH = 500;
/** Longest sleep between two looks when nobody wakes us, milliseconds. */
const POLL_MS = 1_000;
/** A row handed over this long ago and not done is checked against its job. */
const OVERDUE_MS = 60_000;
const CHECK_OVERDUE_EVERY_MS = 30_000;

/** BullMQ's id of one dispatch of a row: derived, so that handing over twice adds once. (BullMQ refuses ":" and bare integers.) */
export function jobIdOf(outboxId: number, dispatch: number): string {
  return `o-${outboxId}-${dispatch}`;
}

export interface RelayOptions {
  readonly queueOf: (name: string) => Queue;
  /** Called when Redis turned out to have lost its memory: schedulers must be set up again. */
  readonly onRedisLost: () => Promise<void>;
}

export async function startRelay(ctx: Ctx, options: RelayOptions): Promise<Releasable> {
  const relay = new Relay(ctx, options);
  await relay.listen();
  const running = relay.run();
  return {
    release: async () => {
      relay.stop();
      await running;
    },
  };
}

class Relay {
  readonly #ctx: Ctx;
  readonly #options: RelayOptions;
  readonly #generationKey: string;
  #stopped = false;
  #wake: () => void = () => undefined;
  #woken = false;
  #nextOverdueCheck = 0;
  /** The connection that is told of commits, while there is one. */
  #listener: PoolClient | null = null;

  constructor(ctx: Ctx, options: RelayOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#generationKey = `${ctx.config.queuePrefix}:generation`;
  }

  stop(): void {
    this.#stopped = true;
    if (this.#listener !== null) this.#unlisten(this.#listener);
    this.#rouse();
  }

  /** Keeps one connection that is told of commits; without it the relay still looks once a second, and asks for a new one. */
  async listen(): Promise<void> {
    const client = await this.#ctx.db.pool.connect();
    this.#listener = client;
    client.on('notification', () => this.#rouse());
    client.on('error', () => this.#unlisten(client));
    await client.query(`listen ${OUTBOX_CHANNEL}`);
  }

  /** Closes the connection, once: the pool refuses a second release. */
  #unlisten(client: PoolClient): void {
    if (this.#listener !== client) return;
    this.#listener = null;
    client.release(true);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      const handed = await this.#step().catch((error: unknown) => {
        if (!this.#stopped) this.#ctx.log.error({ err: error }, 'relay: handing over jobs failed, trying again');
        return 0;
      });
      if (handed < BATCH && !this.#woken) await this.#sleep();
    }
  }

  #rouse(): void {
    this.#woken = true;
    this.#wake();
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#wake();
    });
  }

  async #step(): Promise<number> {
    if (this.#listener === null) await this.listen();
    await this.#checkGeneration();
    await this.#checkOverdue();
    return this.#handOver();
  }

  async #checkGeneration(): Promise<void> {
    const { redis, db, log } = this.#ctx;
    const isNew = await redis.client.set(this.#generationKey, randomUUID(), 'NX');
    if (isNew === null) return;
    const takenBack = await takeBackDispatched(db);
    if (takenBack > 0) log.warn({ jobs: takenBack }, 'Redis holds none of our jobs any more: handing them over again');
    await this.#options.onRedisLost();
  }

  async #checkOverdue(): Promise<void> {
    const now = this.#ctx.clock.now().getTime();
    if (now < this.#nextOverdueCheck) return;
    this.#nextOverdueCheck = now + CHECK_OVERDUE_EVERY_MS;
    const overdue = await findOverdue(this.#ctx.db, new Date(now - OVERDUE_MS), BATCH);
    const lost = await Promise.all(overdue.map(async (row) => ((await this.#isAlive(row)) ? [] : [row.id])));
    if (lost.flat().length > 0) await takeBack(this.#ctx.db, lost.flat());
  }

  async #isAlive(row: OutboxRow): Promise<boolean> {
    const state = await this.#options.queueOf(row.queue).getJobState(jobIdOf(row.id, row.dispatches));
    return state !== 'unknown' && state !== 'completed' && state !== 'failed';
  }

  #handOver(): Promise<number> {
    const { db, clock } = this.#ctx;
    return db.transaction(async (tx) => {
      const rows = await takeUndispatched(tx, clock.now(), BATCH);
      if (rows.length === 0) return 0;
      for (const [queue, ofQueue] of Map.groupBy(rows, (row) => row.queue))
        await this.#options.queueOf(queue).addBulk(ofQueue.map(toJob));
      await markDispatched(
        tx,
        rows.map(({ id }) => id),
        clock.now(),
      );
      return rows.length;
    });
  }
}

function toJob(row: OutboxRow) {
  return {
    name: row.name,
    data: { outboxId: row.id, ...row.payload },
    opts: { jobId: jobIdOf(row.id, row.dispatches + 1), priority: row.priority },
  };
}
