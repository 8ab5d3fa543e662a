/** Time of the processor as the bound of what must not take for ever: the clock on the wall counts what others do, too. */

/** Against time without bound, not against a slow machine: what grows with the square of a hostile body takes minutes. */
const LONGEST_MICROSECONDS = 20_000_000;

/** Does the work. @throws Error when it took this thread more than twenty seconds of the processor. */
export function inBoundedTime<T>(work: () => T): T {
  const before = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(before);
  if (user + system > LONGEST_MICROSECONDS) throw new Error(`took ${(user + system) / 1e6} s of the processor`);
  return result;
}
