/**
 * Applies prisma/migrations without Prisma's engine, which must be downloaded and so is not there on a closed network.
 * The history is kept as Prisma keeps it (same table, checksums and advisory lock): `prisma migrate deploy` may take over at any time, or work beside us.
 * One difference, on purpose: a migration and its row are one transaction, so a process killed half-way leaves nothing, where Prisma leaves a "failed" row for a person.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { asError, ConfigError, PermanentError, TransientError } from '../core/errors.ts';

/** Key of the advisory lock that Prisma's own engine takes while it migrates. */
const PRISMA_LOCK = 72707369;

const DEFAULT_FOLDER = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url));

const HISTORY_TABLE = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

/** Names of migrations, oldest first. */
export interface MigrateResult {
  readonly applied: string[];
  readonly already: string[];
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
}

interface HistoryRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly logs: string | null;
}

/**
 * Brings the database up to the newest migration; safe to repeat and to run from several processes at once (the second waits).
 * A migration must be able to run inside a transaction: no `create index concurrently`, no `commit`.
 *
 * @throws ConfigError when the history and the folder disagree: a changed, missing or failed migration; nothing is applied then.
 * @throws PermanentError when a migration's SQL fails: it is rolled back, and recorded as failed with the error as `logs`.
 * @throws TransientError when the database cannot be reached.
 */
export async function migrate(databaseUrl: string, folder: string = DEFAULT_FOLDER): Promise<MigrateResult> {
  const migrations = await readMigrations(folder);
  const client = await connect(databaseUrl);
  try {
    // The lock belongs to the session: closing the connection gives it back, also when this process dies.
    await client.query('select pg_advisory_lock($1)', [PRISMA_LOCK]);
    return await applyMissing(client, migrations, folder);
  } finally {
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new ConfigError(
      `cannot read the migrations folder ${folder}: ${asError(error).message}; expected the project's prisma/migrations`,
      {
        hint: 'Restore the folder from the release or the repository.',
        cause: error,
      },
    );
  });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(names.map((name) => readMigration(folder, name)));
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const file = `${folder.replace(/\/$/, '')}/${name}/migration.sql`;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new ConfigError(
      `migration ${name} has no readable migration.sql: ${asError(error).message}; every folder of prisma/migrations holds one`,
      {
        hint: `Restore ${file}, or remove the folder if it was never released.`,
        cause: error,
      },
    );
  });
  return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'musicdb-migrate',
    connectionTimeoutMillis: 10_000,
  });
  // A connection lost between two statements is reported by the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new TransientError(
      `cannot connect to Postgres at ${client.host}:${client.port}/${client.database}: ${asError(error).message}`,
      {
        code: 'DATABASE_UNREACHABLE',
        hint: 'Check that the server runs and that DATABASE_URL names its host, port, database and user.',
        cause: error,
      },
    );
  }
  return client;
}

async function applyMissing(client: pg.Client, migrations: Migration[], folder: string): Promise<MigrateResult> {
  const history = await readHistory(client);
  refuseFailed(history);
  refuseMissing(history, migrations, folder);
  refuseChanged(history, migrations);
  const known = new Set(history.map((row) => row.migration_name));
  const missing = migrations.filter(({ name }) => !known.has(name));
  for (const migration of missing) await apply(client, migration);
  return {
    applied: missing.map(({ name }) => name),
    already: migrations.map(({ name }) => name).filter((name) => known.has(name)),
  };
}

/** Rows that still count: one marked as rolled back stays as a record only. */
async function readHistory(client: pg.Client): Promise<HistoryRow[]> {
  await client.query(HISTORY_TABLE);
  const { rows } = await client.query<HistoryRow>(
    'select migration_name, checksum, finished_at, logs from _prisma_migrations where rolled_back_at is null order by started_at',
  );
  return rows;
}

function refuseFailed(history: HistoryRow[]): void {
  const failed = history.find((row) => row.finished_at === null);
  if (failed === undefined) return;
  const name = failed.migration_name;
  throw new ConfigError(
    `migration ${name} is recorded as failed in _prisma_migrations: ${failed.logs ?? 'no log was kept'}; expected every recorded migration to be finished`,
    {
      code: 'MIGRATION_FAILED_BEFORE',
      hint: `Correct the cause, then let it be tried again: update _prisma_migrations set rolled_back_at = now() where migration_name = '${name}' and finished_at is null`,
    },
  );
}

function refuseMissing(history: HistoryRow[], migrations: Migration[], folder: string): void {
  const names = new Set(migrations.map(({ name }) => name));
  const missing = history.filter((row) => !names.has(row.migration_name)).map((row) => row.migration_name);
  if (missing.length === 0) return;
  throw new ConfigError(
    `the database has migrations that this release does not know: ${missing.join(', ')}; expected them in ${folder}`,
    {
      code: 'MIGRATION_MISSING',
      hint: 'Run the release that made them (or a newer one), or point DATABASE_URL at the right database.',
    },
  );
}

function refuseChanged(history: HistoryRow[], migrations: Migration[]): void {
  const applied = new Map(history.map((row) => [row.migration_name, row.checksum]));
  for (const { name, checksum } of migrations) {
    const before = applied.get(name);
    if (before === undefined || before === checksum) continue;
    throw new ConfigError(
      `migration ${name} was changed after it was applied: its checksum is ${checksum}, expected ${before}`,
      {
        code: 'MIGRATION_CHANGED',
        hint: 'Restore the file as it was released, and put the change into a new migration.',
      },
    );
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await record(client, migration, { startedAt, finishedAt: new Date(), logs: null });
    await client.query('commit');
  } catch (error) {
    await rollBack(client, migration, error);
    const logs = describeSqlError(error);
    await record(client, migration, { startedAt, finishedAt: null, logs });
    throw new PermanentError(`migration ${migration.name} failed and was rolled back: ${logs}`, {
      code: 'MIGRATION_FAILED',
      hint: 'Correct the cause; the next run says how to let it be tried again.',
      cause: error,
    });
  }
}

async function rollBack(client: pg.Client, { name }: Migration, fault: unknown): Promise<void> {
  try {
    await client.query('rollback');
  } catch {
    // The connection is gone, and its transaction with it: `fault` is what says why.
    throw new TransientError(
      `the connection to Postgres was lost while migration ${name} ran; nothing of it was kept: ${asError(fault).message}`,
      {
        code: 'DATABASE_UNREACHABLE',
        hint: 'Run migrate again.',
        cause: fault,
      },
    );
  }
}

async function record(
  client: pg.Client,
  { name, checksum }: Migration,
  { startedAt, finishedAt, logs }: { startedAt: Date; finishedAt: Date | null; logs: string | null },
): Promise<void> {
  await client.query(
    `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, logs, applied_steps_count)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [randomUUID(), checksum, name, startedAt, finishedAt, logs, finishedAt === null ? 0 : 1],
  );
}

/** What Postgres said, with its error code and the place in the script. */
function describeSqlError(thrown: unknown): string {
  const error = asError(thrown) as Error & { code?: string; position?: string; detail?: string };
  const parts = [error.message];
  if (error.code !== undefined) parts.push(`code ${error.code}`);
  if (error.position !== undefined) parts.push(`at character ${error.position} of migration.sql`);
  if (error.detail !== undefined) parts.push(error.detail);
  return parts.join('; ');
}
