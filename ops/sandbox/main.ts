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
const sets = wholeNumber('--sets', values.sets);
const port = values['port-base'] === undefined ? {} : { port: wholeNumber('--port-base', values['port-base']) };
const sandbox = await startSandbox({
  seed,
  sets,
  ...port,
  ...(values.log ? { log: (line) => console.error(line) } : {}),
});
console.log(JSON.stringify({ hosts: sandbox.hosts, seed, sets }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text)) {
    console.error(`${option} is "${text}", expected a whole number`);
    process.exit(2);
  }
  return value;
}
