/** A Postgres of a bench's own, with the schema and nothing in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { startServices } from '../dev-services/start-services.ts';

/** Does the work on it, then stops it and removes all it wrote. @param work is also given a folder for what it writes itself. */
export async function onBenchDatabase(work: (db: Database, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'musicdb-bench-'));
  const services = await startServices({
    dataDir: folder,
    want: { postgres: true, redis: false, elasticsearch: false },
    ports: { postgres: 0 },
    log: () => undefined,
  });
  try {
    await migrate(services.databaseUrl);
    const db = openDatabase(services.databaseUrl, { applicationName: 'musicdb-bench' });
    await work(db, folder).finally(() => db.release());
  } finally {
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
