/** Serves the site's folder on loopback: by nginx, which costs a crawler's machine next to nothing, or by this process where there is none. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { asError, MusicDbError } from '../../../src/core/errors.ts';
import { cacheDir, isRoot } from '../../dev-services/os-user.ts';
import { freePort } from '../../dev-services/ports.ts';
import { spawnServer, waitUntilReady } from '../../dev-services/process.ts';
import { isExecutable, whichOf } from '../../dev-services/programs.ts';

export interface WebServer {
  /** "nginx", or "Node, in the bench's own process". */
  readonly name: string;
  /** "http://127.0.0.1:8099" */
  readonly origin: string;
  /** The process that serves. */
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** @param say is told why nginx is not used, when it is not. */
export async function serveFolder(folder: string, say: (line: string) => void): Promise<WebServer> {
  try {
    return await startNginx(folder, findNginx());
  } catch (thrown) {
    say(`No nginx (${asError(thrown).message}): both sides read from a small server in this process, which costs CPU.`);
    return serveFromHere(folder);
  }
}

/** nginx of this machine, or the program out of Debian's package, unpacked for this user: installing it would start a server of its own. */
function findNginx(): string {
  const installed = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(isExecutable) ?? whichOf(['nginx'], process.env);
  if (installed !== undefined && installed !== null) return installed;
  const cache = join(cacheDir(null), 'bench');
  const unpacked = join(cache, 'nginx', 'usr', 'sbin', 'nginx');
  if (isExecutable(unpacked)) return unpacked;
  if (process.env.MUSICDB_INSTALL_PACKAGES === 'never') throw new MusicDbError('MUSICDB_INSTALL_PACKAGES=never');
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'nginx-'));
  try {
    execFileSync('apt-get', ['download', 'nginx'], { cwd: work, stdio: 'pipe' });
    const [archive = ''] = readdirSync(work);
    execFileSync('dpkg-deb', ['-x', join(work, archive), join(work, 'root')], { stdio: 'pipe' });
    rmSync(join(cache, 'nginx'), { recursive: true, force: true });
    renameSync(join(work, 'root'), join(cache, 'nginx'));
  } finally {
    rmSync(work, { recursive: true });
  }
  return unpacked;
}

async function startNginx(folder: string, program: string): Promise<WebServer> {
  const port = await freePort(8_099);
  const [config, logFile] = [join(folder, 'nginx.conf'), join(folder, 'nginx.log')];
  writeFileSync(config, nginxConfig(port));
  const server = await spawnServer({
    command: program,
    args: ['-p', folder, '-e', logFile, '-c', config],
    logFile,
    pidFile: join(folder, 'nginx.json'),
    stopBy: { signal: 'SIGTERM', timeoutMs: 5_000 },
  });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(server, {
      name: 'nginx',
      logFile,
      timeoutMs: 5_000,
      probe: () => answers(`${origin}/urls.txt`),
    });
  } catch (thrown) {
    await server.stop();
    throw thrown;
  }
  return { name: 'nginx', origin, pid: server.pid, stop: server.stop };
}

/** Its worker runs as whoever runs the bench: the folder is closed to others. */
function nginxConfig(port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path tmp-${name};`,
  );
  return `${isRoot() ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 1024; }
http {
  default_type "text/html; charset=utf-8";
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=20000 inactive=600s;
  open_file_cache_valid 600s;
  ${temporary.join(' ')}
  server { listen 127.0.0.1:${port} backlog=4096; root .; }
}
`;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function serveFromHere(folder: string): Promise<WebServer> {
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url ?? '/', 'http://here').pathname);
    if (!path.startsWith(folder) || !existsSync(path)) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(readFileSync(path));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    name: 'Node, in the bench’s own process',
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pid: process.pid,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
