#!/usr/bin/env node
// The entry of the command line. Plain JavaScript that any Node understands: when the Node that started it is too old for MusicDB
// (or cannot strip types), it hands over to the Node 24 that the npm package `node` brought along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const OLDEST = [22, 18];

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Runs this file again under the supplied Node; signals go through, the exit status comes back, and neither outlives the other. */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** When the process that handed over to us is killed, we stop as if asked to. */
function stopWithParent() {
  if (process.channel === undefined || process.channel === null) return;
  process.channel.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

if (isNewEnough(process.versions.node)) {
  module.enableCompileCache?.();
  stopWithParent();
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
} else {
  const supplied = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(supplied)) {
    process.stderr.write(
      `MusicDB needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}, and no newer one is installed beside it. Run \`npm ci\`, or install Node 24.\n`,
    );
    process.exit(2);
  }
  handOver(supplied);
}
