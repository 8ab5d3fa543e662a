/** No engine is needed: these are the rules that docker-compose.yml must keep, and that an engine would not tell us about. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { QUEUE_NAMES } from '../../jobs/queues.ts';
import { loadAllSources, SOURCE_NAMES } from '../../spiders/registry.ts';
import { configVariables } from '../../src/config/config.ts';

interface Service {
  image: string;
  profiles: string[];
  build?: { target: string };
  user: string;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  command?: string[];
  environment?: Record<string, string | null>;
  secrets?: string[];
  ports?: string[];
  networks: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck: { test?: string[]; disable?: boolean };
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const compose = parse(readFileSync(`${ROOT}docker-compose.yml`, 'utf8'), { merge: true, maxAliasCount: -1 }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  secrets: Record<string, { file: string }>;
};
const services = Object.entries(compose.services);
const roles = services.filter(([, service]) => service.build !== undefined);
const workers = services.filter(([, { command }]) => command?.[0] === 'worker');
const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };

describe.each(services)('service %s', (name, service) => {
  it('is in profiles that exist', () => {
    expect(service.profiles.length).toBeGreaterThan(0);
    expect(['core', 'workers', 'browser', 'observability']).toEqual(expect.arrayContaining(service.profiles));
  });

  it('has an image pinned to a version', () => {
    expect(service.image).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    if (service.build) expect(service.image).toMatch(new RegExp(`^musicdb(-browser)?:${version}$`));
  });

  it('says how it is known to be well', () => {
    if (name === 'migrate') expect(service.healthcheck).toEqual({ disable: true });
    else expect(service.healthcheck.test?.[0]).toMatch(/^CMD/);
  });

  it('gives up root, privileges and its root file system', () => {
    expect(service.user).toMatch(/^(postgres|redis|[1-9]\d*:\d+)$/);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.read_only).toBe(name !== 'elasticsearch');
  });

  it('holds no secret in the file, and no default for one', () => {
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (!/PASSWORD|TOKEN|SECRET|KEY|DATABASE_URL|USER_AGENT/.test(variable)) continue;
      const secret = /^\/run\/secrets\/(\w+)$/.exec(value ?? '')?.[1];
      if (variable.endsWith('_FILE')) expect(service.secrets).toContain(secret);
      else expect(value).toBeNull();
    }
    for (const secret of service.secrets ?? []) expect(compose.secrets[secret]?.file).toMatch(/^\$\{MUSICDB_SECRETS/);
  });

  it('is reached from this machine only, if at all', () => {
    if (name === 'api' || name === 'grafana')
      expect(service.ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    else expect(service.ports).toBeUndefined();
  });

  it('finds all it depends on in each of its profiles', () => {
    for (const needed of Object.keys(service.depends_on ?? {}))
      expect(compose.services[needed]?.profiles).toEqual(expect.arrayContaining(service.profiles));
  });
});

describe('the networks', () => {
  it('let only scrapers out, and nobody in but through a published port', () => {
    expect(compose.networks.data?.internal).toBe(true);
    for (const [name, { networks }] of services) {
      expect(networks.includes('web'), name).toBe(name.startsWith('scraper-'));
      expect(networks.includes('published'), name).toBe(name === 'api' || name === 'grafana');
    }
  });
});

describe('the roles', () => {
  it('are one scraper for each source, rendered ones in the profile browser', async () => {
    const scrapers = services.filter(([name]) => name.startsWith('scraper-'));
    expect(scrapers.map(([name]) => name).sort()).toEqual(SOURCE_NAMES.map((source) => `scraper-${source}`).sort());
    for (const { facts } of await loadAllSources()) {
      const scraper = compose.services[`scraper-${facts.name}`];
      expect(scraper?.command).toEqual(['worker', '--queues', `crawl-${facts.name}`]);
      expect(scraper?.profiles).toEqual([facts.accessMode === 'rendered' ? 'browser' : 'workers']);
      expect(scraper?.build?.target).toBe(facts.accessMode === 'rendered' ? 'browser' : 'runtime');
    }
  });

  it('give a scraper the credentials of its own source only', async () => {
    for (const { facts } of await loadAllSources()) {
      const others = configVariables().filter((name) => /^(SETLISTFM|APPLE|REDDIT|MUSICDB_ENABLE)/.test(name));
      const mine = facts.conditions.map(({ variable }) => variable);
      const given = Object.keys(compose.services[`scraper-${facts.name}`]?.environment ?? {});
      expect(given).toEqual(expect.arrayContaining(mine));
      expect(given.filter((name) => others.includes(name) && !mine.includes(name))).toEqual([]);
    }
  });

  it('serve every queue once', () => {
    const served = workers.flatMap(([, { command }]) => command?.[2]?.split(',') ?? []);
    expect(served.sort()).toEqual([...QUEUE_NAMES].sort());
  });

  it('are asked after the queues they were started for', () => {
    for (const [, { command, healthcheck }] of workers) expect(healthcheck.test?.at(-1)).toBe(command?.[2]);
  });

  it('start when the databases are well and migrated', () => {
    for (const [name, { depends_on }] of roles) {
      expect(depends_on?.postgres?.condition, name).toBe('service_healthy');
      if (name === 'migrate') continue;
      expect(depends_on?.redis?.condition, name).toBe('service_healthy');
      expect(depends_on?.elasticsearch?.condition, name).toBe('service_healthy');
      expect(depends_on?.migrate?.condition, name).toBe('service_completed_successfully');
    }
  });

  it('set only variables that the configuration knows', () => {
    const known = new Set(configVariables().flatMap((name) => [name, `${name}_FILE`]));
    for (const [, { environment }] of roles)
      for (const variable of Object.keys(environment ?? {})) expect(known).toContain(variable);
  });

  it('are commands and flags that the command line has', { timeout: 30_000 }, async () => {
    const wanted = new Map(
      roles.map(([, { command }]) => [command?.[0] ?? '', command?.filter((word) => word.startsWith('--'))]),
    );
    expect([...wanted.keys()].sort()).toEqual(['api', 'migrate', 'orchestrator', 'worker']);
    for (const [command, flags] of wanted) {
      const { stdout } = await promisify(execFile)(process.execPath, [`${ROOT}src/cli/bin.js`, command, '--help']);
      for (const flag of flags ?? []) expect(stdout).toContain(`${flag} `);
    }
  });
});

describe('the services behind them', () => {
  it('lose no job: Redis refuses instead of evicting, and writes its log', () => {
    const command = compose.services.redis?.command?.join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });

  it('keep the data of Postgres 18 where its image expects it', () => {
    expect(compose.services.postgres?.image).toMatch(/^postgres:18\./);
    expect(compose.services.postgres?.volumes).toEqual(['postgres:/var/lib/postgresql']);
  });
});

const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;
describe.skipIf(!hasCompose)('docker compose itself (skipped where its client is not installed)', () => {
  it('accepts the file with all profiles', async () => {
    const arguments_ = ['compose', '--file', `${ROOT}docker-compose.yml`, '--profile', '*', 'config', '--quiet'];
    await expect(promisify(execFile)('docker', arguments_)).resolves.toBeDefined();
  });
});
