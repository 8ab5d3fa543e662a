/** `runtime.json` in the data folder: how other commands find the MusicDB that runs on it. Readable by its owner only; it holds addresses with passwords. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity } from '../../ops/dev-services/process-identity.ts';

export interface Runtime {
  /** The process that owns it, recognisable beyond reuse of its pid. */
  readonly process: ProcessIdentity;
  readonly startedAt: string;
  /** What it is doing, for `status` while starting. */
  readonly phase: string;
  readonly ready: boolean;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly elasticsearchUrl: string | null;
  readonly sandboxHosts: Readonly<Record<string, string>>;
  readonly chromiumPath: string | null;
  readonly api: { readonly url: string; readonly token: string | null } | null;
}

export function runtimePath(dataDir: string): string {
  return join(dataDir, 'runtime.json');
}

export function writeRuntime(dataDir: string, runtime: Runtime): void {
  const path = runtimePath(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(runtime, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function removeRuntime(dataDir: string): void {
  rmSync(runtimePath(dataDir), { force: true });
}

/** The MusicDB that runs on a data folder; null when none does (a file left behind by a killed process does not count). */
export function readRuntime(dataDir: string): Runtime | null {
  try {
    const runtime = JSON.parse(readFileSync(runtimePath(dataDir), 'utf8')) as Runtime;
    return isRunning(runtime.process) ? runtime : null;
  } catch {
    // No file, or one that is not whole: nothing runs that could be found.
    return null;
  }
}
