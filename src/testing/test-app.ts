/** The whole HTTP server on a test file's own services, not listening: requests are injected. And a small catalogue to ask it for. */
import type { FastifyInstance } from 'fastify';
import { indexJob } from '../../jobs/index-entities.ts';
import { loadJob } from '../../jobs/load.ts';
import { transformJob } from '../../jobs/transform.ts';
import { loadAllSources } from '../../spiders/registry.ts';
import { type AppOptions, makeApp } from '../api/app.ts';
import type { Item } from '../core/items.ts';
import { openQueue } from '../platform/queues.ts';
import { type Releasable, Releases } from '../platform/releases.ts';
import { openTestContext, type TestContext } from './job-context.ts';
import { landItems } from './land-items.ts';
import { runJob } from './run-job.ts';
import type { TestServices } from './services.ts';

/** Token with all rights of every test app. */
export const TOKEN = 'a-token-with-all-rights';

export interface TestApp extends Releasable {
  readonly app: FastifyInstance;
  readonly test: TestContext;
  readonly options: AppOptions;
  /** Another server on the same services, other in `changes`; it is closed with this one. */
  another(changes: Partial<AppOptions>): Promise<FastifyInstance>;
}

/** Listens on loopback, open for reading, unless `changes` say otherwise. */
export async function openTestApp(services: TestServices, changes: Partial<AppOptions> = {}): Promise<TestApp> {
  const releases = new Releases();
  const test = releases.add('context', await openTestContext(services));
  const { db, redis, search, archive, log, clock } = test.ctx;
  const queues = ['load', 'transform'].map((name) => openQueue(name, redis.client, services.queuePrefix));
  for (const queue of queues) releases.defer(queue.name, () => queue.close());
  const sources = (await loadAllSources()).map(({ facts }) => facts);
  const options: AppOptions = {
    ...{ db, redis, search, archive, log, clock, queues, sources, access: {} },
    ...{ host: '127.0.0.1', token: TOKEN, openReading: true, version: '1.2.3', ...changes },
  };
  const another = async (others: Partial<AppOptions>): Promise<FastifyInstance> => {
    const app = await makeApp({ ...options, ...others });
    releases.defer('app', () => app.close());
    return app;
  };
  return { app: await another({}), test, options, another, release: () => releases.releaseAll() };
}

/** Takes items the whole way: landed, transformed, loaded, indexed. */
export async function putIntoCatalogue({ ctx }: TestContext, items: readonly Item[]): Promise<void> {
  for (const [source, ofSource] of Map.groupBy(items, (item) => item.source)) {
    const rawItemIds = await landItems(ctx.db, ofSource, ctx.clock.now(), source);
    await runJob(ctx, transformJob, 'transform', { rawItemIds });
    await runJob(ctx, loadJob, 'load', { rawItemIds });
  }
  await runJob(ctx, indexJob, 'index', {});
  await ctx.db.query('delete from outbox');
  await ctx.db.query('refresh materialized view popular_tracks');
}
