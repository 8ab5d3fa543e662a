import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { endServersNow } from './live-servers.ts';
import { lastLines, readIdentity, spawnServer, stopLeftover, stopProcess, waitUntilReady } from './process.ts';
import { describeProcess, identifyProcess, isRunning } from './process-identity.ts';

const dir = mkdtempSync(join(tmpdir(), 'musicdb-process-'));
afterAll(() => rmSync(dir, { recursive: true }));

const SOON = { signal: 'SIGTERM', timeoutMs: 300 } as const;

let count = 0;

/** Runs a piece of JavaScript as a server. */
function start(script: string) {
  count += 1;
  return spawnServer({
    command: process.execPath,
    args: ['-e', script],
    logFile: join(dir, `${count}.log`),
    pidFile: join(dir, `${count}.json`),
    stopBy: SOON,
  });
}

const FOR_EVER = 'setInterval(() => undefined, 1000)';
const pidFile = () => join(dir, `${count}.json`);

describe('a server', () => {
  it('is on record while it runs, in a group of its own, and its pid file goes with it', async () => {
    const server = await start(FOR_EVER);
    expect(readIdentity(pidFile())).toEqual({ pid: server.pid, started: server.started });
    expect(process.kill(-server.pid, 0)).toBe(true);
    await server.stop();
    expect(isRunning(server)).toBe(false);
    expect(existsSync(pidFile())).toBe(false);
    await server.stop();
  });

  it('that does not listen to the signal is killed after the timeout', async () => {
    const server = await start(`process.on('SIGTERM', () => undefined); console.log('ready'); ${FOR_EVER}`);
    const logFile = join(dir, `${count}.log`);
    await waitUntilReady(server, {
      name: 'it',
      logFile,
      timeoutMs: 10_000,
      probe: async () => readFileSync(logFile, 'utf8') !== '',
    });
    await server.stop();
    await expect.poll(() => server.exited()).toBe('ended by SIGKILL');
  });

  it('that ends before it is ready is an error that holds the end of its log', async () => {
    const server = await start(`console.error('no room'); process.exit(3)`);
    const logFile = join(dir, `${count}.log`);
    const ready = waitUntilReady(server, { name: 'Server', logFile, timeoutMs: 10_000, probe: async () => false });
    await expect(ready).rejects.toThrow(/Server did not start \(exit status 3\)\..*no room/);
  });

  it('that is not ready in time is an error too', async () => {
    const server = await start(FOR_EVER);
    const logFile = join(dir, `${count}.log`);
    const ready = waitUntilReady(server, { name: 'Server', logFile, timeoutMs: 100, probe: async () => false });
    await expect(ready).rejects.toThrow('Server was not ready within 0.1 s');
    await server.stop();
  });

  it('that cannot be run at all is named', async () => {
    const options = { args: [], logFile: join(dir, 'none.log'), pidFile: join(dir, 'none.json'), stopBy: SOON };
    await expect(spawnServer({ command: '/no/such/server', ...options })).rejects.toThrow('Cannot run /no/such/server');
  });

  it('is asked to end when its process has to end at once', async () => {
    const server = await start(FOR_EVER);
    endServersNow();
    await expect.poll(() => isRunning(server)).toBe(false);
  });
});

describe('what a killed start left', () => {
  it('is stopped by its pid file', async () => {
    const server = await start(FOR_EVER);
    expect(await stopLeftover(pidFile(), SOON)).toBe(server.pid);
    expect(isRunning(server)).toBe(false);
  });

  it('is left alone when the pid belongs to another process by now', async () => {
    const file = join(dir, 'reused.json');
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'before this process' }));
    expect(await stopLeftover(file, SOON)).toBeNull();
    expect(existsSync(file)).toBe(false);
  });

  it.each(['', '{"pid": 12', '{"pid": "1"}', '[]'])('a pid file of %j names nobody', (content) => {
    const file = join(dir, 'broken.json');
    writeFileSync(file, content);
    expect(readIdentity(file)).toBeNull();
  });
});

describe('identity of a process', () => {
  it('is stable, and absent for a number that nobody has', async () => {
    expect(identifyProcess(process.pid)).toEqual(identifyProcess(process.pid));
    expect(identifyProcess(2 ** 30)).toBeNull();
    await stopProcess({ pid: 2 ** 30, started: 'never' }, SOON);
  });

  it('comes with the command line, for processes that are known by number only', () => {
    expect(describeProcess(process.pid)?.command).toContain('node');
    expect(describeProcess(2 ** 30)).toBeNull();
  });
});

it('a log that is not there or empty is said to be so', () => {
  expect(lastLines(join(dir, 'no.log'))).toBe('(it logged nothing)');
});
