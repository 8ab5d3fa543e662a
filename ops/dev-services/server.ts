/** Receives one line for people at a time, without a line break. */
export type Log = (line: string) => void;

/** What every server needs to be brought up. */
export interface ServerOptions {
  /** The data folder (see data-folder.ts): the caller holds its lock. */
  dataDir: string;
  /** Where it listens unless that port is taken; 0 for any. Each server has a default of its own. */
  preferredPort?: number;
  log: Log;
  /** Says what is being waited for, e.g. how much of a download is done. */
  onProgress?: (detail: string) => void;
}

/** A server that was brought up. `stop` may be called more than once. */
export interface StartedServer {
  url: string;
  port: number;
  /** Its process; 0 where it runs in a container. */
  pid: number;
  stop: () => Promise<void>;
}
