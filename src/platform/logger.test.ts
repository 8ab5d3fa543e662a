import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const LOGGER = fileURLToPath(new URL('./logger.ts', import.meta.url));

/** Runs a program that logs, since the log goes to the process' own stderr; returns what stdout and stderr got. */
async function run(program: string): Promise<{ stdout: string; lines: Record<string, unknown>[] }> {
  const script = `import { createLogger } from ${JSON.stringify(LOGGER)};\n${program}`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return {
    stdout,
    lines: stderr
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

describe('the log', () => {
  it('is JSON lines on stderr with time, level and bindings; stdout is left to results', async () => {
    const { stdout, lines } = await run(`
      const log = createLogger('info', { role: 'worker' });
      log.debug('not said');
      log.info({ jobs: 3 }, 'said');
      log.child({ queue: 'load' }).warn('also said');`);
    expect(stdout).toBe('');
    expect(lines).toMatchObject([
      { level: 30, role: 'worker', jobs: 3, msg: 'said', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
      { level: 40, role: 'worker', queue: 'load', msg: 'also said' },
    ]);
  });

  it('shows no secret by key, however deep', async () => {
    const { lines } = await run(`
      const secrets = { authorization: 's1', cookie: 's2', password: 's3', token: 's4', apiKey: 's5', secret: 's6', privateKey: 's7', 'x-api-key': 's8' };
      createLogger('info').info({ ...secrets, headers: secrets, request: { headers: secrets }, shown: 'yes' }, 'x');`);
    expect(JSON.stringify(lines)).not.toMatch(/"s\d"/);
    expect(lines).toMatchObject([{ shown: 'yes', request: { headers: { 'x-api-key': '[redacted]' } } }]);
  });

  it('shows no password of an address, in texts and errors too', async () => {
    const { lines } = await run(`
      const log = createLogger('info');
      log.info({ url: 'postgres://me:hush@db:5432/x' }, 'asked redis://:hush@r:6379/0 twice');
      log.error({ err: new Error('no way to https://me:hush@es:9200/_bulk') }, 'failed');`);
    expect(JSON.stringify(lines)).not.toContain('hush');
    expect(lines[0]).toMatchObject({
      url: 'postgres://[redacted]@db:5432/x',
      msg: 'asked redis://[redacted]@r:6379/0 twice',
    });
    expect(lines[1]).toMatchObject({ err: { message: 'no way to https://[redacted]@es:9200/_bulk' } });
  });

  it('leaves addresses without a password, and mail addresses, as they are', async () => {
    const { lines } = await run(`createLogger('info').info('https://x/a@b and mailto:me@example.org');`);
    expect(lines[0]?.msg).toBe('https://x/a@b and mailto:me@example.org');
  });
});
