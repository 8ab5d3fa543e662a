import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultDataDir } from '../../src/config/config.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { holdDataFolder, openDataFolder, secretOf } from './data-folder.ts';
import { withLock } from './lock-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'musicdb-folder-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the data folder', () => {
  it('is under the user’s data directory', () => {
    expect(defaultDataDir({ XDG_DATA_HOME: '/data' })).toBe('/data/musicdb');
    expect(defaultDataDir({})).toMatch(/\/\.local\/share\/musicdb$/);
  });

  it('keeps a secret for its life, readable by its owner only', () => {
    const folder = openDataFolder(join(dir, 'secrets'));
    const secret = secretOf(folder, 'postgres');
    expect(secret).toMatch(/^[\w-]{32}$/);
    expect(secretOf(folder, 'postgres')).toBe(secret);
    expect(secretOf(folder, 'redis')).not.toBe(secret);
    expect(statSync(join(folder.secrets, 'postgres')).mode & 0o777).toBe(0o600);
  });

  it('that cannot be made is a ConfigError that names it', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => openDataFolder(join(dir, 'file', 'data'))).toThrow(ConfigError);
    expect(() => openDataFolder(join(dir, 'file', 'data'))).toThrow(/Cannot make the data folder .*file\/data/);
  });
});

describe('holding the data folder', () => {
  it('refuses a second holder, naming the first, until it is released', () => {
    const path = join(dir, 'held');
    const held = holdDataFolder(path);
    expect(() => holdDataFolder(path)).toThrow(`in use by process ${process.pid}`);
    expect(() => holdDataFolder(path)).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_IN_USE' }));
    held.release();
    holdDataFolder(path).release();
  });

  it('takes over from a holder that is gone, whoever has its pid now', () => {
    const path = join(dir, 'stale');
    openDataFolder(path);
    writeFileSync(join(path, 'lock'), JSON.stringify({ pid: process.pid, started: 'before this process' }));
    holdDataFolder(path).release();
  });

  it('takes over a lock that was cut off while being written', () => {
    const path = join(dir, 'cut');
    openDataFolder(path);
    writeFileSync(join(path, 'lock'), '');
    holdDataFolder(path).release();
  });
});

it('work under a lock is done by one at a time, the next one waits and says for whom', async () => {
  const order: string[] = [];
  const lock = join(dir, 'work.lock');
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push(`${name} ends`);
  };
  const first = withLock(lock, work('first'), () => undefined);
  await withLock(lock, work('second'), (pid) => order.push(`waits for ${pid}`));
  await first;
  expect(order).toEqual(['first begins', `waits for ${process.pid}`, 'first ends', 'second begins', 'second ends']);
});
