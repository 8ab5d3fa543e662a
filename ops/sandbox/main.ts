/** `node ops/sandbox/main.ts --seed 42 --sets 60 [--port-base N] [--log]`: prints one JSON line, serves until SIGTERM or SIGINT. */
import { parseArgs } from 'node:util';
import { startSandbox } from './server.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '42' },
    sets: { type: 'string', default: '60' },
    'port-base': { type: 'string' },
    log: { type: 'boolean', default: false },
  },
});

const { seed } = values;
try {
  const sets = wholeNumber('--sets', values.sets);
  const port = values['port-base'] === undefined ? {} : { port: wholeNumber('--port-base', values['port-base']) };
  const log = values.log ? { log: (line: string) => console.error(line) } : {};
  const sandbox = await startSandbox({ seed, sets, ...port, ...log });
  console.log(JSON.stringify({ hosts: sandbox.hosts, seed, sets }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof RangeError ? 2 : 1;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError(`${option} is "${text}", expected a whole number`);
  return Number(text);
}
