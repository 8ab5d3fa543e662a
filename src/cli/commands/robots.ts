/** `musicdb robots`: what a robots.txt says to one agent of one address. Needs no service; both answers are answers (exit 0). */
import { UsageError } from '../../core/errors.ts';
import { judgeRobots, parseRobots } from '../../core/robots.ts';
import { readInput } from '../input.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';

interface Options extends CommonOptions {
  readonly agent?: string;
  readonly url?: string;
}

export async function run([file = '']: string[], { agent, url, json }: Options): Promise<undefined> {
  const token = agentOption(agent);
  const address = addressOption(url);
  const verdict = judgeRobots(parseRobots(await readInput(file)), token, address);
  if (json) printJson(verdict);
  else printLine(inWords(verdict));
}

function inWords({ allowed, rule, crawlDelaySeconds }: ReturnType<typeof judgeRobots>): string {
  const why = rule === null ? 'no rule speaks of it' : rule;
  const delay = crawlDelaySeconds === null ? '' : `; one request in ${crawlDelaySeconds} s`;
  return `${allowed ? 'allowed' : 'disallowed'} (${why})${delay}`;
}

function agentOption(agent: string | undefined): string {
  if (agent !== undefined && (agent === '*' || /^[A-Za-z0-9_.-]/.test(agent))) return agent;
  throw new UsageError(agent === undefined ? '--agent is missing' : `--agent "${agent}" is no product token`, {
    hint: 'Expected the name a crawler goes by, e.g. --agent MusicDB.',
  });
}

/** A path alone will do: robots.txt speaks of paths. */
function addressOption(text: string | undefined): URL {
  const base = text?.startsWith('/') && !text.startsWith('//') ? 'https://host.invalid' : undefined;
  const url = text === undefined ? null : URL.parse(text, base);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(text === undefined ? '--url is missing' : `--url "${text.slice(0, 200)}" is no address`, {
    code: text === undefined ? 'USAGE' : 'INVALID_URL',
    hint: 'Expected http://host/path, https://host/path or /path.',
  });
}
