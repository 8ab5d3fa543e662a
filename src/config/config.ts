/** The only reader of the environment: one table of settings, checked once, every fault named in one message. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'])
  .transform((text) => text === 'true' || text === '1' || text === 'yes');
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:port/database');
const redisUrl = z.string().regex(/^rediss?:\/\//, 'expected redis://host:port');
const httpUrl = z.string().regex(/^https?:\/\//, 'expected http://host:port');
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
);
const hostPorts = list.pipe(
  z.array(z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/, 'expected host:port,host:port,…')),
);
const hostMap = list
  .pipe(z.array(z.string().regex(/^[^\s=/]+=https?:\/\/[^\s=]+$/, 'expected host=http://127.0.0.1:port,…')))
  .transform((entries) => Object.fromEntries(entries.map((entry) => entry.split('=') as [string, string])));
/** Values are never repeated in a message: they hold passwords. */
const proxyUrls = list.pipe(
  z.array(z.string().refine(isProxyUrl, 'expected http://user:password@host:port,… without a path')),
);
/** Not for less than the rules need that look back: quotas a day, waits that servers ask for a month. */
const days = (fewest: number) => z.coerce.number().int().min(fewest).max(36_500);
const url = (accepted: z.ZodType<string>) => accepted.nullable().default(null);

/** One line a setting: environment variable, what is accepted, default. `secret` ones also come from `<NAME>_FILE` and are never printed. */
const SETTINGS = {
  databaseUrl: { variable: 'DATABASE_URL', schema: url(postgresUrl), secret: true },
  redisUrl: { variable: 'REDIS_URL', schema: url(redisUrl), secret: true },
  elasticsearchUrl: { variable: 'ELASTICSEARCH_URL', schema: url(httpUrl), secret: true },
  dataDir: { variable: 'MUSICDB_DATA', schema: z.string().min(1).default(defaultDataDir()), secret: false },
  archiveDir: { variable: 'MUSICDB_ARCHIVE', schema: z.string().min(1).nullable().default(null), secret: false },
  awsAccessKeyId: {
    variable: 'AWS_ACCESS_KEY_ID',
    schema: z.string().min(1).nullable().default(null),
    secret: true,
  },
  awsSecretAccessKey: {
    variable: 'AWS_SECRET_ACCESS_KEY',
    schema: z.string().min(1).nullable().default(null),
    secret: true,
  },
  apiHost: { variable: 'MUSICDB_API_HOST', schema: z.string().min(1).default('127.0.0.1'), secret: false },
  apiPort: { variable: 'MUSICDB_API_PORT', schema: port.default(8082), secret: false },
  apiToken: {
    variable: 'MUSICDB_API_TOKEN',
    schema: z.string().min(8, 'expected 8 characters or more').nullable().default(null),
    secret: true,
  },
  logLevel: {
    variable: 'MUSICDB_LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    secret: false,
  },
  queuePrefix: {
    variable: 'MUSICDB_QUEUE_PREFIX',
    schema: z
      .string()
      .regex(/^\{[\w.-]+\}$/, 'expected a hash tag such as {musicdb}')
      .default('{musicdb}'),
    secret: false,
  },
  searchPrefix: {
    variable: 'MUSICDB_SEARCH_PREFIX',
    schema: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .default('musicdb'),
    secret: false,
  },
  egressAllow: { variable: 'MUSICDB_EGRESS_ALLOW', schema: hostPorts.default([]), secret: false },
  sandboxHosts: { variable: 'MUSICDB_SANDBOX_HOSTS', schema: hostMap.default({}), secret: false },
  /** Off for benches that compare throughput: no robots, no pace and no ledger in the sandbox. The network's is never off. */
  sandboxPoliteness: {
    variable: 'MUSICDB_SANDBOX_POLITENESS',
    schema: z.enum(['off', 'on']).default('on'),
    secret: false,
  },
  proxyUrls: { variable: 'PROXY_URLS', schema: proxyUrls.default([]), secret: true },
  contact: { variable: 'MUSICDB_CONTACT', schema: z.string().min(3).nullable().default(null), secret: false },
  enable1001tracklists: { variable: 'MUSICDB_ENABLE_1001TRACKLISTS', schema: flag.default(false), secret: false },
  mixesdbActionApi: { variable: 'MUSICDB_MIXESDB_ACTION_API', schema: flag.default(false), secret: false },
  crawlConcurrency: {
    variable: 'MUSICDB_CRAWL_CONCURRENCY',
    schema: z.coerce.number().int().min(1).max(256).default(16),
    secret: false,
  },
  keepLedgerDays: { variable: 'MUSICDB_KEEP_LEDGER_DAYS', schema: days(62).default(400), secret: false },
  keepFetchesDays: { variable: 'MUSICDB_KEEP_FETCHES_DAYS', schema: days(31).default(400), secret: false },
  keepEventsDays: { variable: 'MUSICDB_KEEP_EVENTS_DAYS', schema: days(7).default(90), secret: false },
  keepRefusalsDays: { variable: 'MUSICDB_KEEP_REFUSALS_DAYS', schema: days(1).default(30), secret: false },
  chromiumPath: { variable: 'CHROMIUM_PATH', schema: z.string().min(1).nullable().default(null), secret: false },
} as const;

/** Credentials of sources: passed on as they are to the spider that names them in its access conditions. */
const CREDENTIALS = [
  'SETLISTFM_API_KEY',
  'APPLE_MUSIC_KEY_ID',
  'APPLE_MUSIC_TEAM_ID',
  'APPLE_MUSIC_PRIVATE_KEY',
  'REDDIT_CLIENT_ID',
  'REDDIT_CLIENT_SECRET',
  'REDDIT_USER_AGENT',
] as const;

type Settings = { readonly [Key in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Key]['schema']> };

export interface Config extends Settings {
  /** Values of the sources' access conditions, by variable; only those that are set. */
  readonly credentials: Readonly<Record<string, string>>;
}

/**
 * Reads and checks the whole configuration.
 * @throws ConfigError naming every fault: variable, value given (never a secret), what was expected.
 */
export function readConfig(env: Environment = process.env): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, { variable, schema, secret }] of Object.entries(SETTINGS)) {
    const given = readVariable(env, variable, secret, faults);
    const parsed = schema.safeParse(given);
    if (parsed.success) values[key] = parsed.data;
    else faults.push(faultText(variable, secret ? undefined : given, parsed.error));
  }
  const credentials = readCredentials(env, faults);
  faults.push(...unknownVariables(env));
  if (faults.length > 0) {
    throw new ConfigError(`configuration cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`, {
      hint: 'Correct the variables named above; `musicdb config --help` lists all of them.',
    });
  }
  const named = { ...(values as Settings), credentials };
  return { ...named, credentials: { ...credentials, ...switches(named) } };
}

/** The configuration as it may be shown: secrets as "[set]", passwords in addresses removed. */
export function redactConfig(config: Config): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [key, { secret }] of Object.entries(SETTINGS)) {
    const value = config[key as keyof Settings];
    shown[key] = secret ? redactValue(value) : value;
  }
  shown.credentials = Object.fromEntries(Object.keys(config.credentials).map((name) => [name, '[set]']));
  return shown;
}

/** Names of all environment variables that MusicDB reads, for help and for the tests of the documentation. */
export function configVariables(): string[] {
  return [...Object.values(SETTINGS).map(({ variable }) => variable), ...CREDENTIALS];
}

/** The user's own data folder: `$XDG_DATA_HOME/musicdb`, else `~/.local/share/musicdb`. */
export function defaultDataDir(env: Environment = process.env): string {
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'musicdb');
}

/** Switches that sources ask for though they are settings of ours. */
function switches(settings: Settings): Record<string, string> {
  return {
    ...(settings.contact === null ? {} : { MUSICDB_CONTACT: settings.contact }),
    ...(settings.enable1001tracklists ? { MUSICDB_ENABLE_1001TRACKLISTS: 'true' } : {}),
    ...(settings.mixesdbActionApi ? { MUSICDB_MIXESDB_ACTION_API: 'true' } : {}),
  };
}

function readCredentials(env: Environment, faults: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const variable of CREDENTIALS) {
    const value = readVariable(env, variable, true, faults);
    if (value !== undefined) found[variable] = value;
  }
  return found;
}

function readVariable(env: Environment, variable: string, secret: boolean, faults: string[]): string | undefined {
  const file = secret ? env[`${variable}_FILE`] : undefined;
  const given = env[variable] === '' ? undefined : env[variable];
  if (file === undefined || file === '') return given;
  if (given !== undefined) faults.push(`${variable} and ${variable}_FILE are both set: keep one`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    faults.push(`${variable}_FILE=${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
    return undefined;
  }
}

function unknownVariables(env: Environment): string[] {
  const known = new Set([...configVariables(), ...configVariables().map((name) => `${name}_FILE`)]);
  return Object.keys(env)
    .filter(
      (name) =>
        name.startsWith('MUSICDB_') &&
        !name.startsWith('MUSICDB_TEST_') &&
        !name.startsWith('MUSICDB_BENCH_') &&
        !known.has(name),
    )
    .map((name) => `${name}: no such setting`);
}

function faultText(variable: string, given: string | undefined, error: z.ZodError): string {
  const expected = error.issues.map((issue) => issue.message).join('; ');
  return given === undefined ? `${variable}: ${expected}` : `${variable}=${given}: ${expected}`;
}

function isProxyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && hostname !== '' && pathname === '/' && search === '' && hash === '';
}

function redactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactValue);
  return typeof value === 'string' ? redactSecret(value) : value;
}

function redactSecret(value: string): string {
  if (!/^[a-z]+:\/\//.test(value)) return '[set]';
  return value.replace(/\/\/[^/]*@/, '//[redacted]@').replace(/([?&](?:password|token|key)=)[^&]*/gi, '$1[redacted]');
}
