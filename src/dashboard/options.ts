/** What the dashboard needs of the process that serves it. */
import type { Queue } from 'bullmq';
import type { FastifyRequest } from 'fastify';
import type { SourceFacts } from '../core/source.ts';
import type { ArchiveStore } from '../platform/archive-store.ts';
import type { Clock } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import type { Search } from '../search/search.ts';
import type { SourceAccess } from './source-page.ts';

export interface DashboardOptions {
  readonly db: Database;
  readonly search: Search;
  readonly queues: readonly Queue[];
  readonly sources: readonly SourceFacts[];
  readonly archive: Pick<ArchiveStore, 'get'>;
  /** What may run live, by source; all of one that is not named. */
  readonly access: Readonly<Record<string, SourceAccess>>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Throws a problem unless the request may read. */
  readonly requireRead: (request: FastifyRequest) => Promise<void>;
}
