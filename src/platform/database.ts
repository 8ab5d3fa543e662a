/** Postgres: one pool a process, one way to run a transaction. SQL itself lives in src/repositories and pipelines/loaders. */
import pg from 'pg';
import type { Releasable } from './releases.ts';

/** Identifiers fit a double (2^53); dates stay the text Postgres prints, so that no time zone can move a day. */
const INT8 = 20;
const DATE = 1082;

export interface Answer<T> {
  readonly rows: T[];
  /** Rows returned or changed; null for statements that have none. */
  readonly rowCount: number | null;
}

/** What runs SQL: the pool, or one connection inside a transaction. Named statements are prepared once per connection. */
export interface Queryable {
  query<T extends object = Record<string, unknown>>(
    statement: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<Answer<T>>;
}

export interface Database extends Queryable, Releasable {
  readonly pool: pg.Pool;
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
}

export interface DatabaseOptions {
  /** Connections at most. */
  max?: number;
  applicationName?: string;
}

export function openDatabase(url: string, { max = 10, applicationName = 'musicdb' }: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: typeParser },
  });
  // An idle connection that the server closed is replaced by the pool; the next query reports a real fault.
  pool.on('error', () => undefined);
  return {
    pool,
    query: <T extends object>(statement: string | pg.QueryConfig, values?: unknown[]) =>
      pool.query(statement as pg.QueryConfig, values) as unknown as Promise<Answer<T>>,
    transaction: (work) => inTransaction(pool, work),
    release: () => pool.end(),
  };
}

async function inTransaction<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A server that goes away between two statements says so as an event, which nobody else listens to while the connection is ours.
  const onLost = (error: Error) => {
    broken = error;
  };
  client.on('error', onLost);
  try {
    await client.query('BEGIN');
    const result = await work(client as unknown as Queryable);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      // The connection is gone with its transaction: the pool must not hand it out again.
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.off('error', onLost);
    client.release(broken);
  }
}

function typeParser(oid: number, format?: string): unknown {
  if (oid === INT8) return Number;
  if (oid === DATE) return (text: string) => text;
  return pg.types.getTypeParser(oid, format as 'text');
}
