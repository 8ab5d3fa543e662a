/**
 * `musicdb source show|enable|disable|new <name>`: one source as facts and at work, and its switch; `new` begins a further one. `show` starts no service: where none runs it
 * prints the facts and says that the rest is unknown.
 */
import { userInfo } from 'node:os';
import { closedHosts, crawlVia } from '../../../jobs/access.ts';
import { loadSource } from '../../../spiders/registry.ts';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import { seedForms, seedLines } from '../../core/seeds.ts';
import type { Source, SourceFacts } from '../../core/source.ts';
import type { SourceDetail } from '../../repositories/source-detail.ts';
import { sourceArgument } from '../arguments.ts';
import { note, printJson, printLine } from '../output.ts';
import { readRuntime } from '../runtime-file.ts';
import { factLines, withAccess, workLines } from '../source-lines.ts';
import { createSource, type NewSourceOptions } from './source-new.ts';

interface Options extends NewSourceOptions {
  readonly data?: string;
}

const ACTIONS = ['show', 'enable', 'disable', 'new'];
/** How long a database may take to answer `show`, milliseconds. */
const ANSWER_MS = 3_000;

export async function run([action = '', name]: string[], options: Options): Promise<undefined> {
  if (!ACTIONS.includes(action))
    throw new UsageError(`unknown action "${action}"`, { hint: `Known: ${ACTIONS.join(', ')}, each with a source.` });
  if (name === undefined)
    throw new UsageError(`source ${action} needs the name of a source`, { hint: 'See `musicdb list`.' });
  if (action === 'new') {
    createSource(name, options);
    return;
  }
  const source = await loadSource(sourceArgument(name));
  if (action === 'show') await show(source, options);
  else await turn(source.facts, action === 'enable', options);
}

async function show(source: Source, { json, data }: Options): Promise<void> {
  const { facts, unsupportedSeeds } = source;
  const config = readConfig();
  const described = withAccess(facts, config.credentials);
  const { detail, unknownBecause } = await readDetail(
    facts,
    data === undefined ? config : { ...config, dataDir: data },
  );
  if (json) {
    printJson({ ...described, seedForms: seedForms(source), unsupportedSeeds, atWork: detail, unknownBecause });
    return;
  }
  for (const line of [...factLines(described), '', 'seeds of a crawl', ...seedLines(source).map((each) => `  ${each}`)])
    printLine(line);
  printLine();
  if (detail === null) note(`its state is unknown: ${unknownBecause}`);
  else for (const line of workLines(facts, detail, new Date())) printLine(line);
}

interface Found {
  readonly detail: SourceDetail | null;
  /** Why nothing is known of the source at work; null when it is. */
  readonly unknownBecause: string | null;
}

/** Reads the database of whatever runs; a driver is loaded only when there is one. */
async function readDetail(facts: SourceFacts, config: Config): Promise<Found> {
  const runtime = readRuntime(config.dataDir);
  const url = config.databaseUrl ?? runtime?.databaseUrl ?? null;
  if (url === null)
    return { detail: null, unknownBecause: `no MusicDB runs on ${config.dataDir}, and DATABASE_URL is not set` };
  const { openDatabase } = await import('../../platform/database.ts');
  const { readSourceDetail } = await import('../../repositories/source-detail.ts');
  // One that runs on the folder may have a sandbox stand in, where nothing waits for settings.
  const reached = { config: { ...config, sandboxHosts: runtime?.sandboxHosts ?? config.sandboxHosts } };
  const of = { source: facts.name, closedHosts: closedHosts(reached, { facts }, crawlVia(reached, { facts })) };
  const db = openDatabase(url, { applicationName: 'musicdb-source', max: 1 });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  try {
    const detail = await Promise.race([readSourceDetail(db, of, new Date()), late]);
    return { detail, unknownBecause: null };
  } catch (error) {
    return { detail: null, unknownBecause: `the database did not answer (${(error as Error).message})` };
  } finally {
    clearTimeout(timer);
    // One that does not answer does not say goodbye either.
    await Promise.race([db.release(), new Promise((resolve) => setTimeout(resolve, 500).unref())]);
  }
}

async function turn(facts: SourceFacts, enabled: boolean, { json, data }: Options): Promise<void> {
  const { withServices } = await import('../with-services.ts');
  const { switchSource } = await import('../../repositories/breaker.ts');
  const { readSourceState } = await import('../../repositories/source-states.ts');
  const role = 'source';
  const { changed, state } = await withServices({ role, data, mayStart: true }, async ({ db, clock }) => ({
    changed: await db.transaction((tx) =>
      switchSource(tx, { source: facts.name, enabled, actor: userInfo().username, now: clock.now() }),
    ),
    state: await readSourceState(db, facts.name),
  }));
  if (json) printJson({ changed, ...state });
  else if (!changed)
    printLine(`${facts.title} is switched ${enabled ? 'on, and its breaker is closed,' : 'off'} already`);
  else if (enabled) printLine(`${facts.title} is switched on, and its breaker is closed`);
  else
    printLine(`${facts.title} is switched off: nothing is asked of it until \`musicdb source enable ${facts.name}\``);
}
