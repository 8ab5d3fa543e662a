/** `musicdb migrate`: brings the database to this version; the same history table as `prisma migrate deploy`. */
import { ConfigError } from '../../core/errors.ts';
import { migrate } from '../../platform/migrate.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';
import { readRuntime } from '../runtime-file.ts';
import { configFor, withRuntime } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly data?: string;
}

export async function run(_args: string[], { data, json }: Options): Promise<undefined> {
  const configured = configFor(data);
  const runtime = readRuntime(configured.dataDir);
  const { databaseUrl } = runtime === null ? configured : withRuntime(configured, runtime);
  if (databaseUrl === null)
    throw new ConfigError('DATABASE_URL not set, and no MusicDB runs on the data folder', {
      hint: 'Set it; `musicdb up` migrates its own database by itself.',
    });
  const result = await migrate(databaseUrl);
  if (json) printJson(result);
  else
    printLine(
      `${result.applied.length} applied, ${result.already.length} already there${result.applied.map((name) => `\n  ${name}`).join('')}`,
    );
}
