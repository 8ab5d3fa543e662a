/**
 * Runs the services in the foreground, for people who work on MusicDB: `node ops/dev-services/main.ts [--data DIR] [--with elasticsearch]`.
 * Prints the URLs as shell lines on stdout, everything else on stderr; Ctrl-C stops all.
 */
import { parseArgs } from 'node:util';
import { defaultDataDir } from '../../src/config/config.ts';
import { asError, ConfigError, MusicDbError, UsageError } from '../../src/core/errors.ts';
import { startServices } from './start-services.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

try {
  await main();
} catch (thrown) {
  const hint = thrown instanceof MusicDbError && thrown.hint !== null ? ` ${thrown.hint}` : '';
  say(`${asError(thrown).message}${hint}`);
  process.exitCode = thrown instanceof UsageError || thrown instanceof ConfigError ? 2 : 1;
}

async function main(): Promise<void> {
  const { dataDir, elasticsearch } = readArguments();
  // Listening before the first server starts: a signal in between must stop what is there by then.
  const signalled = firstSignal();
  const services = await startServices({
    dataDir,
    want: { postgres: true, redis: true, elasticsearch },
    log: say,
    onProgress: ({ service, state, detail }) => say(`${service}: ${state} ${detail}`.trimEnd()),
  });
  console.log(`export DATABASE_URL='${services.databaseUrl}'`);
  console.log(`export REDIS_URL='${services.redisUrl}'`);
  if (services.elasticsearchUrl !== null) console.log(`export ELASTICSEARCH_URL='${services.elasticsearchUrl}'`);
  say('Ctrl-C stops them.');
  await signalled;
  await services.stop();
}

function readArguments(): { dataDir: string; elasticsearch: boolean } {
  const { values } = parseArgs({ options: { data: { type: 'string' }, with: { type: 'string', multiple: true } } });
  const unknown = values.with?.find((name) => name !== 'elasticsearch');
  if (unknown !== undefined) throw new UsageError(`--with ${unknown}: expected elasticsearch.`);
  return { dataDir: values.data ?? defaultDataDir(), elasticsearch: values.with !== undefined };
}

/** Keeps the process alive until it is asked to end. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
}
