/** The command line: one table of commands; each loads its code only when it is called, so that small commands start fast. */
import { Command, CommanderError, Option } from 'commander';
import { UsageError } from '../core/errors.ts';
import { VERSION } from '../platform/user-agent.ts';
import { reportFailure } from './output.ts';

/** What a command's module exports. The return value is the exit status; undefined means 0. */
type Run = (
  args: string[],
  options: Record<string, string | boolean | string[] | undefined>,
) => Promise<number | undefined>;

interface CommandLine {
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** What --help says after the options. */
  readonly helpText?: () => Promise<string>;
  readonly load: () => Promise<{ run: Run }>;
}

const SEE_COMMANDS = 'Run `musicdb --help` for the list of commands.';
const DATA = ['--data <dir>', 'data folder (default: $MUSICDB_DATA, else the user’s data directory)'] as const;
const LIMIT = ['--limit <n>', 'rows at most (default 20)'] as const;

const COMMANDS: readonly CommandLine[] = [
  {
    usage: 'up',
    summary: 'start everything on this machine, crawl, serve API and dashboard until stopped',
    options: [
      ['--once', 'do the whole job once, print the summary, stop everything that was started'],
      DATA,
      ['--no-sandbox', 'do not serve the local stand-in sites'],
      ['--port <n>', 'port of API and dashboard (default 8082, moves aside when taken)'],
    ],
    load: () => import('./commands/up.ts'),
  },
  {
    usage: 'crawl <source>',
    summary: 'crawl one source now, and load what it gives',
    options: [
      [
        '--seed <seed...>',
        'start here instead of at the source’s own seeds: an address, artist:<name>, search:<text>, …',
      ],
      ['--limit <n>', 'pages at most'],
      ['--live', 'over the network, under the source’s conditions'],
      ['--sandbox', 'from the local stand-in sites'],
      ['--from <archive>', 'replay: from a WARC file, a data folder, or "archive" (our own); no network'],
      ['--at <time>', 'replay: pages as they were then (2026-11-24, 2026-11-24T10:00:00Z)'],
      DATA,
    ],
    helpText: seedsHelp,
    load: () => import('./commands/crawl.ts'),
  },
  {
    usage: 'rescrape <source> <seed>',
    summary: 'fetch one page again (an id, an address, or another seed of `crawl`), before everything else',
    options: [['--live', 'over the network'], ['--sandbox', 'from the local stand-in sites'], DATA],
    helpText: seedsHelp,
    load: () => import('./commands/rescrape.ts'),
  },
  {
    usage: 'import <source> <files...>',
    summary:
      'take saved pages, API answers, pasted text or WARC files ("-" is standard input) through the whole pipeline',
    options: [['--url <url>', 'address the page was saved from (one file only)'], DATA],
    load: () => import('./commands/import.ts'),
  },
  {
    usage: 'parse <source> <file>',
    summary: 'read one page and print what is in it; stores nothing',
    options: [
      ['--url <url>', 'address of the page'],
      ['--status <n>', 'HTTP status it came with'],
      ['--content-type <type>', 'Content-Type it came with'],
    ],
    load: () => import('./commands/parse.ts'),
  },
  {
    usage: 'robots <file>',
    summary: 'what a robots.txt ("-" is standard input) says to an agent of an address',
    options: [
      ['--agent <token>', 'product token of the agent, e.g. MusicDB'],
      ['--url <url>', 'address, or its path alone'],
    ],
    load: () => import('./commands/robots.ts'),
  },
  {
    usage: 'fetch <url>',
    summary: 'ask one address once, under the guard of every crawl, and tell what came; stores nothing',
    options: [['--output <file>', 'write the body to a file ("-" is standard output)']],
    load: () => import('./commands/fetch.ts'),
  },
  {
    usage: 'list',
    summary: 'the sources: terms, limits, and what is missing before one may run live',
    load: () => import('./commands/list.ts'),
  },
  {
    usage: 'source <action> [name]',
    summary:
      'one source: show its facts, state and latest answers; enable (closes its breaker) or disable it; new: begin a further one',
    options: [
      DATA,
      ['--title <text>', 'new: its name as people write it'],
      ['--host <name>', 'new: where its pages are'],
    ],
    load: () => import('./commands/source.ts'),
  },
  {
    usage: 'status',
    summary: 'what runs, what is stored, what waits',
    options: [DATA],
    load: () => import('./commands/status.ts'),
  },
  {
    usage: 'search <index> <text...>',
    summary: 'search tracks, artists, setlists or mentions',
    options: [LIMIT, ['--offset <n>', 'hits to skip'], DATA],
    load: () => import('./commands/search.ts'),
  },
  { usage: 'jobs', summary: 'jobs by queue and state', options: [DATA], load: () => import('./commands/jobs.ts') },
  {
    usage: 'dlq <action> [id]',
    summary: 'dead letters: list, show <id>, replay <id>',
    options: [LIMIT, ['--all', 'replayed ones too'], DATA],
    load: () => import('./commands/dlq.ts'),
  },
  {
    usage: 'quarantine',
    summary: 'what is held, and why',
    options: [['--source <name>', 'of one source'], ['--reason <code>', 'of one reason'], LIMIT, DATA],
    load: () => import('./commands/quarantine.ts'),
  },
  {
    usage: 'archive <action>',
    summary: 'what was received: export --warc FILE (WARC 1.1), verify, gc',
    options: [
      ['--warc <file>', 'export: file to write (one gzip member a record)'],
      ['--source <name>', 'export: of one source'],
      ['--since <time>', 'export: fetched since then (2026-11-24, 2026-11-24T10:00:00Z)'],
      ['--dry-run', 'gc: say what would be deleted, and delete nothing'],
      ['--older-than <hours>', 'gc: leave alone what was stored since then (default 24, at least 2)'],
      DATA,
    ],
    load: () => import('./commands/archive.ts'),
  },
  {
    usage: 'politeness <action>',
    summary: 'verify: prove from the request ledger that no rule was broken; show: what each site’s gate waits for',
    options: [
      ['--source <name>', 'of one source'],
      ['--since <time>', 'verify: requests since then (2026-11-24, 2026-11-24T10:00:00Z)'],
      DATA,
    ],
    load: () => import('./commands/politeness.ts'),
  },
  {
    usage: 'erase <source> <fullnames...>',
    summary: 'take posts out of everything we hold: tables, search, archive; facts stay without author and text',
    options: [['--verify', 'look through everything afterwards for what was erased (slow)'], DATA],
    load: () => import('./commands/erase.ts'),
  },
  {
    usage: 'migrate',
    summary: 'bring the database to this version',
    options: [DATA],
    load: () => import('./commands/migrate.ts'),
  },
  {
    usage: 'config',
    summary: 'the configuration in force, secrets redacted',
    helpText: async () => {
      const { configVariables } = await import('../config/config.ts');
      return `\nEnvironment variables (secrets also from <NAME>_FILE):\n${configVariables()
        .map((name) => `  ${name}`)
        .join('\n')}`;
    },
    load: () => import('./commands/config.ts'),
  },
  {
    usage: 'doctor',
    summary: 'check what this machine has and what MusicDB needs',
    options: [DATA],
    load: () => import('./commands/doctor.ts'),
  },
  {
    usage: 'sandbox <action>',
    summary: 'serve the local stand-in sites for crawls in other terminals, until stopped: sandbox serve',
    options: [
      ['--seed <text>', 'the same seed and size give the same world (default 42)'],
      ['--sets <n>', 'DJ sets and concerts in the world (default 60)'],
      ['--port <n>', 'port of the first site, the others follow (default: free ones)'],
      [
        '--faults <file-or-preset>',
        'what goes wrong: a fault plan (kinds: ops/sandbox/README.md), or "all", "server-trouble"',
      ],
      ['--keys', 'interfaces refuse requests without their key, as the real ones do'],
      ['--scripted <percent>', 'WatchTheDJ pages whose content comes by script (default 0)'],
      ['--clock <day>', 'begin on that day, e.g. 2024-06-01: later sets are not there yet (default: everything is)'],
      ['--days-per-minute <n>', 'days that pass in a minute, with --clock (default 0)'],
      ['--truth <file>', 'write what is true and what each site shows of it, as JSON Lines'],
      ['--log <file>', 'write each request and its fault, as JSON Lines'],
    ],
    load: () => import('./commands/sandbox.ts'),
  },
  {
    usage: 'worker',
    summary: 'run the worker role',
    options: [
      ['--queues <names>', 'comma-separated queues (default: all)'],
      ['--concurrency <n>', 'jobs of one queue at a time'],
      DATA,
    ],
    load: () => import('./commands/worker.ts'),
  },
  {
    usage: 'orchestrator',
    summary: 'run the orchestrator role',
    options: [DATA],
    load: () => import('./commands/orchestrator.ts'),
  },
  {
    usage: 'api',
    summary: 'run the API, dashboard and Bull Board',
    options: [['--port <n>', 'port (default $MUSICDB_API_PORT or 8082)'], DATA],
    load: () => import('./commands/api.ts'),
  },
];

/** How long a process may live on after its work, milliseconds. */
const LINGER_MS = 5_000;

/** What every source understands as a seed. */
async function seedsHelp(): Promise<string> {
  const [{ loadAllSources }, { seedLines }] = await Promise.all([
    import('../../spiders/registry.ts'),
    import('../core/seeds.ts'),
  ]);
  const sources = await loadAllSources();
  return [
    '\nSeeds:',
    ...sources.flatMap((source) => [`  ${source.facts.name}`, ...seedLines(source).map((line) => `    ${line}`)]),
  ].join('\n');
}

/** Runs one command line and sets the exit status. */
export async function main(argv: string[]): Promise<void> {
  const json = argv.includes('--json');
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  try {
    process.exitCode = await runCommandLine(argv);
  } catch (error) {
    process.exitCode = reportFailure(error, json);
  }
  // Everything was closed. Should something in a library still hold the process, it does not hold it for ever.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Who reads our output may have read enough (`| head`): the work goes on to its end, nobody is told of it. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function runCommandLine(argv: string[]): Promise<number> {
  // People also write the option that every command has before the command.
  const line = argv[0] === '--json' ? [...argv.slice(1), '--json'] : argv;
  const outcome: Outcome = { status: undefined };
  const program = await buildProgram(line.includes('--help') || line.includes('-h') ? line[0] : undefined, outcome);
  try {
    if (line.length === 0 || line[0] === '--json') throw new UsageError('no command given', { hint: SEE_COMMANDS });
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // --help has printed what was asked for; everything else is a mistake on the line.
    if (error.exitCode === 0) return 0;
    throw mistake(error, line[0] ?? '');
  }
  return outcome.status ?? 0;
}

interface Outcome {
  status: number | undefined;
}

/** @param helped the command whose --help was asked for: only then its help text is made. */
async function buildProgram(helped: string | undefined, outcome: Outcome): Promise<Command> {
  const program = new Command('musicdb')
    .description('What was played, by whom, where and when.')
    .version(VERSION, '--version', 'print the version')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('after', '\nExit status: 0 done, 1 failed, 2 wrong usage or configuration.');
  for (const { usage, summary, options, helpText, load } of COMMANDS) {
    const command = program.command(usage).description(summary).exitOverride();
    command.addOption(new Option('--json', 'one JSON value on stdout'));
    for (const [flags, description] of options ?? []) command.option(flags, description);
    if (helpText !== undefined && command.name() === helped) command.addHelpText('after', await helpText());
    command.action(async () => {
      const { run } = await load();
      outcome.status = await run(command.processedArgs.flat() as string[], command.opts());
    });
  }
  return program;
}

function mistake(error: CommanderError, command: string): UsageError {
  const isKnown = COMMANDS.some(({ usage }) => usage.split(' ')[0] === command);
  return new UsageError(error.message.replace(/^error: /, '').replace('\n', ' '), {
    hint: isKnown ? `Run \`musicdb ${command} --help\` to see what is accepted.` : SEE_COMMANDS,
  });
}
