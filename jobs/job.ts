/** What a job is to this code base: one definition a queue, a payload of references, an effect that ends with its outbox row. */

import type { SessionPool } from '../src/fetching/sessions.ts';
import type { Ctx } from '../src/platform/context.ts';
import type { Queryable } from '../src/platform/database.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { Search } from '../src/search/search.ts';
import type { QueueName } from './queues.ts';

/** What job handlers may use. */
export interface JobCtx extends Ctx {
  readonly search: Search;
  /** Ways out to the sources, and what each was given on them. */
  readonly sessions: SessionPool;
}

/** One attempt at a job. */
export interface Attempt<Payload> {
  /** Row of the outbox that asked for it; null for ticks of a Job Scheduler, which carry no state. */
  readonly outboxId: number | null;
  readonly payload: Payload;
  readonly log: Logger;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
}

/** What an attempt did, for the log and the board; plain JSON. */
export type Outcome = Readonly<Record<string, unknown>>;

export interface JobDefinition<Payload = unknown> {
  readonly queues: readonly QueueName[];
  /** Checks what came out of Redis. @throws PermanentError when it is not this job's payload. */
  readonly parsePayload: (data: unknown) => Payload;
  /** Jobs of one queue that one process runs at a time. */
  readonly concurrency: number;
  /** Jobs of one queue that all processes together run at a time; null for no bound. */
  readonly globalConcurrency: number | null;
  readonly run: (ctx: JobCtx, attempt: Attempt<Payload>) => Promise<Outcome>;
  /** Rows to mark when the job is given up for good; in the transaction that writes its dead letter. */
  readonly onDead?: (tx: Queryable, payload: Payload) => Promise<void>;
}

/** Keeps the payload's type within a definition while registries hold definitions of any payload. */
export function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition {
  return definition as JobDefinition;
}
