/** A real S3-speaking server on this machine (Versity's gateway over a folder), built once per user where Go is there. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from '../../ops/dev-services/os-user.ts';
import { whichOf } from '../../ops/dev-services/programs.ts';
import type { Releasable } from '../platform/releases.ts';

const PROGRAM = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
/** Building it takes two minutes or so. */
const BUILD_MS = 540_000;

export interface S3Server extends Releasable {
  /** `s3://archive/pages?endpoint=…` */
  readonly location: string;
  /** Folder that holds the bucket's objects. */
  readonly folder: string;
}

/** The program, or why there is none. */
export function prepareS3Server(): { program: string; missing: null } | { program: null; missing: string } {
  const folder = join(cacheDir(null), 's3');
  const program = join(folder, 'versitygw');
  if (existsSync(program)) return { program, missing: null };
  const go = whichOf(['go'], process.env);
  if (go === null) return { program: null, missing: 'there is no Go to build an S3 server with' };
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync(go, ['install', PROGRAM], {
      env: { ...process.env, GOBIN: folder },
      stdio: 'pipe',
      timeout: BUILD_MS,
    });
    return { program, missing: null };
  } catch (error) {
    return { program: null, missing: `the S3 server cannot be built: ${String(error).split('\n')[0]}` };
  }
}

export async function startS3Server(
  program: string,
  { accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string },
): Promise<S3Server> {
  const root = await mkdtemp(join(tmpdir(), 'musicdb-s3-'));
  const folder = join(root, 'archive');
  await mkdir(folder);
  const port = await freePort();
  const keys = ['--access', accessKeyId, '--secret', secretAccessKey];
  const child = spawn(program, ['--port', `127.0.0.1:${port}`, ...keys, '--quiet', 'posix', root], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await answers(`http://127.0.0.1:${port}/`);
  return {
    location: `s3://archive/pages?endpoint=http://127.0.0.1:${port}`,
    folder,
    release: async () => {
      child.kill();
      await ended;
      await rm(root, { recursive: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50))
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
  throw new Error(`no S3 server at ${url}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
