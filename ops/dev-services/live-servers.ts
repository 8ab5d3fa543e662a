/**
 * Servers that this process has started and not stopped. Only for a process that some other code ends at once (Vitest does so on Ctrl-C):
 * then there is no time to wait for them, but enough to ask them to end.
 */
const enders = new Set<() => void>();

/** Registers how to ask a server to end without waiting. Returns the function that takes it off the list. */
export function trackServer(end: () => void): () => void {
  enders.add(end);
  return () => enders.delete(end);
}

/** Asks all of them to end. For `process.on('exit')`: it waits for nothing. */
export function endServersNow(): void {
  for (const end of enders) end();
  enders.clear();
}
