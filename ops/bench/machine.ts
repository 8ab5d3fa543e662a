/** One line about the machine, for figures that would mean nothing without it. */
import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** "2026-11-20 21:30 UTC; 2 cores (AMD EPYC), 23 GB; Linux 6.1, Node 24.21.0" */
export function machineLine(now: Date): string {
  const model = (cpus()[0]?.model ?? '').trim();
  const name = model === '' || model === 'unknown' ? '' : ` (${model})`;
  const memory = Math.round(totalmem() / 1e9);
  const time = now.toISOString().slice(0, 16).replace('T', ' ');
  return `${time} UTC; ${availableParallelism()} cores${name}, ${memory} GB; ${process.platform} ${release()}, Node ${process.versions.node}`;
}
