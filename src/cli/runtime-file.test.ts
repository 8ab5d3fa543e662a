import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyProcess } from '../../ops/dev-services/process-identity.ts';
import { type Runtime, readRuntime, removeRuntime, runtimePath, writeRuntime } from './runtime-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'musicdb-runtime-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function runtimeOf(process: Runtime['process']): Runtime {
  return {
    process,
    startedAt: '2026-11-20T12:00:00Z',
    phase: 'starting',
    ready: false,
    databaseUrl: 'postgresql://musicdb:word@127.0.0.1:5433/musicdb',
    redisUrl: null,
    elasticsearchUrl: null,
    sandboxHosts: {},
    chromiumPath: null,
    api: null,
  };
}

function own(): Runtime {
  const self = identifyProcess(process.pid);
  if (self === null) throw new Error('this process is not known to the system');
  return runtimeOf(self);
}

describe('the runtime file', () => {
  it('is found while its process runs, and is for its owner only', () => {
    writeRuntime(folder, own());
    expect(readRuntime(folder)).toEqual(own());
    expect(statSync(runtimePath(folder)).mode & 0o777).toBe(0o600);
  });

  it('tells the newest state', () => {
    writeRuntime(folder, own());
    writeRuntime(folder, { ...own(), phase: 'running', ready: true });
    expect(readRuntime(folder)).toMatchObject({ phase: 'running', ready: true });
  });

  it('of a process that was killed does not count, though another one has its number now', () => {
    writeRuntime(folder, runtimeOf({ pid: process.pid, started: 'another boot/1' }));
    expect(readRuntime(folder)).toBeNull();
  });

  it('that is missing, or not whole, is nothing that runs', () => {
    expect(readRuntime(folder)).toBeNull();
    expect(readRuntime(join(folder, 'nowhere'))).toBeNull();
    writeRuntime(folder, own());
    writeFileSync(runtimePath(folder), readFileSync(runtimePath(folder), 'utf8').slice(0, 40));
    expect(readRuntime(folder)).toBeNull();
  });

  it('can be removed twice', () => {
    writeRuntime(folder, own());
    removeRuntime(folder);
    removeRuntime(folder);
    expect(readRuntime(folder)).toBeNull();
  });
});
