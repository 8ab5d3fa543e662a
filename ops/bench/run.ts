/** `npm run bench -- <name> [options]`: what MusicDB costs and how fast it is, measured here and now. Nothing fails for being slow. */
import { note, reportFailure } from '../../src/cli/output.ts';
import { UsageError } from '../../src/core/errors.ts';

interface Bench {
  readonly summary: string;
  readonly load: () => Promise<{ run: (argv: string[]) => Promise<void> }>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  e2e: {
    summary:
      'the whole pipeline beside a Scrapy user’s   [--pages 2000] [--rounds 3] [--only ours|peer] [--processes 1|2|3] [--site shared|sandbox]',
    load: () => import('./e2e/main.ts'),
  },
  crawl: {
    summary:
      'crawl, archive and parse alone, in one process, beside Scrapy   [--pages 5000] [--rounds 3] [--only ours|peer]',
    load: () => import('./crawl/main.ts'),
  },
  faults: {
    summary:
      'every fault at once, a crawler killed each minute: lost, doubled, false   [--pages 20000] [--minutes 120] [--kill-every 60] [--faults all] [--keep]',
    load: () => import('./faults/main.ts'),
  },
  frontier: {
    summary:
      'leases, discovered links and memory with a million known requests   [--requests 1000000] [--crawled 36000]',
    load: () => import('./frontier.ts'),
  },
  retention: {
    summary: 'the daily retention with a million fetches on record',
    load: () => import('./retention.ts'),
  },
  cli: { summary: 'start-up of the commands that need no service', load: () => import('./cli.ts') },
  idle: { summary: 'CPU and memory of `musicdb up` with nothing to do', load: () => import('./idle.ts') },
  fresh: { summary: 'clone, `npm ci`, `npm start -- --once`, each apart', load: () => import('./fresh.ts') },
};

process.exitCode = await main(process.argv.slice(2)).catch((thrown: unknown) => reportFailure(thrown, false));

async function main([name, ...argv]: string[]): Promise<number> {
  const bench = name === undefined ? undefined : BENCHES[name];
  if (bench === undefined) {
    for (const [each, { summary }] of Object.entries(BENCHES)) note(`npm run bench -- ${each.padEnd(9)} ${summary}`);
    if (name === undefined || name === '--help') return 0;
    throw new UsageError(`unknown bench "${name}"`, { hint: `Known: ${Object.keys(BENCHES).join(', ')}.` });
  }
  const { run } = await bench.load();
  await run(argv);
  return 0;
}
