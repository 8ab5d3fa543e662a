/** Every queue has exactly one handler: start-up fails, naming the line to add or remove, when that does not hold. */
import { ConfigError } from '../src/core/errors.ts';
import { crawlJob } from './crawl.ts';
import { indexJob } from './index-entities.ts';
import type { JobDefinition } from './job.ts';
import { loadJob } from './load.ts';
import { maintenanceJob } from './maintenance.ts';
import { orchestrateJob } from './orchestrate.ts';
import { QUEUE_NAMES, type QueueName } from './queues.ts';
import { transformJob } from './transform.ts';

const DEFINITIONS: readonly JobDefinition[] = [
  crawlJob,
  transformJob,
  loadJob,
  indexJob,
  orchestrateJob,
  maintenanceJob,
];

/** @throws ConfigError when a queue has no handler or two. */
export function createRegistry(
  definitions: readonly JobDefinition[] = DEFINITIONS,
  queues: readonly QueueName[] = QUEUE_NAMES,
): ReadonlyMap<QueueName, JobDefinition> {
  const registry = new Map<QueueName, JobDefinition>();
  for (const definition of definitions) {
    for (const queue of definition.queues) {
      if (registry.has(queue))
        throw new ConfigError(`queue "${queue}" has two handlers`, {
          hint: 'Remove one of the definitions from jobs/registry.ts.',
        });
      registry.set(queue, definition);
    }
  }
  const missing = queues.filter((queue) => !registry.has(queue));
  if (missing.length > 0)
    throw new ConfigError(`no handler for queue ${missing.map((queue) => `"${queue}"`).join(', ')}`, {
      hint: 'Add its definition to jobs/registry.ts.',
    });
  return registry;
}
