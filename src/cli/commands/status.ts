/** `musicdb status`: what runs on a data folder, what is stored, what waits; answers while starting too. */
import { allClosedHosts } from '../../../jobs/access.ts';
import { SOURCE_NAMES } from '../../../spiders/registry.ts';
import type { Config } from '../../config/config.ts';
import { openDatabase } from '../../platform/database.ts';
import { Releases } from '../../platform/releases.ts';
import { countDueAt } from '../../repositories/frontier.ts';
import { countUnfinished, readSummary } from '../../repositories/summary.ts';
import { type CommonOptions, printJson, printLine, table } from '../output.ts';
import { readRuntime } from '../runtime-file.ts';
import { configFor, withRuntime } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly data?: string;
}

export async function run(_args: string[], { data, json }: Options): Promise<undefined> {
  const configured = configFor(data);
  const runtime = readRuntime(configured.dataDir);
  const config = runtime === null ? configured : withRuntime(configured, runtime);
  const stored =
    config.databaseUrl !== null && (runtime === null || runtime.ready)
      ? await readStored(config, config.databaseUrl)
      : null;
  const status = {
    ready: runtime?.ready ?? false,
    phase: runtime?.phase ?? 'not running',
    pid: runtime?.process.pid ?? null,
    startedAt: runtime?.startedAt ?? null,
    api:
      runtime?.api == null
        ? null
        : { url: runtime.api.url, ...(runtime.api.token === null ? {} : { token: runtime.api.token }) },
    data: config.dataDir,
    ...stored,
  };
  if (json) printJson(status);
  else printStatus(status);
}

type Stored = Awaited<ReturnType<typeof readStored>>;

async function readStored(config: Config, databaseUrl: string) {
  const closed = await allClosedHosts({ config });
  const releases = new Releases();
  const db = releases.add('database', openDatabase(databaseUrl, { max: 1, applicationName: 'musicdb-status' }));
  try {
    return {
      ...(await readSummary(db, SOURCE_NAMES)),
      unfinished: await countUnfinished(db, { requestsOf: 'all', closed }, new Date()),
      /** Requests at hosts that may not be asked before a setting is made, as this command's own settings are. */
      waitingForSettings: await countDueAt(db, closed),
    };
  } finally {
    await releases.releaseAll();
  }
}

function printStatus({
  ready,
  phase,
  pid,
  api,
  data,
  ...stored
}: {
  ready: boolean;
  phase: string;
  pid: number | null;
  api: { url: string } | null;
  data: string;
} & Partial<Stored>): void {
  printLine(`${ready ? 'ready' : phase}${pid === null ? '' : ` (pid ${pid})`}  ${data}`);
  if (api !== null) printLine(`API and dashboard: ${api.url}`);
  if (stored.sources === undefined || stored.unfinished === undefined) return;
  printLine(
    table(
      ['source', 'documents', 'items', 'quarantined'],
      Object.entries(stored.sources).map(([name, s]) => [name, s.documents, s.items, s.quarantined]),
    ),
  );
  printLine(
    `${stored.setlists} sets, ${stored.setlistTracks} rows, ${stored.tracks} tracks, ${stored.artists} artists, ${stored.mentions} mentions`,
  );
  const { requests, jobs, items, searchChanges } = stored.unfinished;
  const forSettings = stored.waitingForSettings
    ? ` (${stored.waitingForSettings} more for settings, see \`musicdb list\`)`
    : '';
  printLine(
    `waiting: ${requests} requests${forSettings}, ${jobs} jobs, ${items} items, ${searchChanges} search changes`,
  );
}
