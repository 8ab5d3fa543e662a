/** schema.prisma documents the database and the migrations make it: these tests hold the two together. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/platform/database.ts';
import { migrate } from '../src/platform/migrate.ts';
import { type EmptyDatabase, emptyDatabase } from '../src/testing/empty-database.ts';
import { migrationList, NO_FILTER, type OpenSchemaEngine, openSchemaEngine } from './schema-engine.ts';

const schema = await readFile(new URL('./schema.prisma', import.meta.url), 'utf8');
let database: EmptyDatabase;
let prisma: OpenSchemaEngine;

beforeAll(async () => {
  database = await emptyDatabase();
  await migrate(database.url);
  prisma = await openSchemaEngine(database.url, schema);
});
afterAll(async () => {
  await prisma.release();
  await database.release();
});

// The engine lists partitioned tables and not their partitions, so nothing has to be left out of the comparison.
describe('schema.prisma and the migrations', () => {
  it('describe the same tables, columns, keys and indexes', async () => {
    expect(await prisma.diffTo(schema)).toBe('');
  });

  it.each([
    ['a type', /durationMs +Int\?/, 'durationMs BigInt?'],
    ['the order of an index', '@@index([artistId, createdDate]', '@@index([createdDate, artistId]'],
    ['the condition of an index', 'where: raw("(state = \'due\'::text)")', 'where: raw("(state = \'done\'::text)")'],
    ['what a deletion does', 'references: [id], onDelete: Cascade', 'references: [id], onDelete: Restrict'],
  ])('are told apart when %s differs', async (_what, before, after) => {
    const changed = schema.replace(before, after);
    expect(changed).not.toBe(schema);
    expect(await prisma.diffTo(changed)).not.toBe('');
  });

  it('name the same columns of every view', async () => {
    expect(viewsOf(schema)).toEqual(await viewsInDatabase(database.url));
  });
});

describe('_prisma_migrations after our migrate', () => {
  it('reads as a complete history to Prisma', async () => {
    const migrationsList = await migrationList();
    const diagnosis = await prisma.engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NO_FILTER,
    });
    expect(diagnosis).toMatchObject({
      history: null,
      editedMigrationNames: [],
      failedMigrationNames: [],
      hasMigrationsTable: true,
    });
  });

  it('leaves nothing to apply for `prisma migrate deploy`', async () => {
    const migrationsList = await migrationList();
    expect((await prisma.engine.applyMigrations({ migrationsList, filters: NO_FILTER })).appliedMigrationNames).toEqual(
      [],
    );
  });

  it('has the columns and rows that Prisma itself would write', async () => {
    const theirs = await emptyDatabase();
    const engine = await openSchemaEngine(theirs.url, schema);
    try {
      await engine.engine.applyMigrations({ migrationsList: await migrationList(), filters: NO_FILTER });
      expect(await historyOf(database.url)).toEqual(await historyOf(theirs.url));
    } finally {
      await engine.release();
      await theirs.release();
    }
  });
});

/** Column names of each view block, by the view's name in the database. */
function viewsOf(text: string): Record<string, string[]> {
  const views: Record<string, string[]> = {};
  for (const [, body] of text.matchAll(/^view \w+ \{\n([\s\S]*?)^\}/gm)) {
    const lines = (body ?? '').split('\n').map((line) => line.trim());
    const name = /@@map\("(\w+)"\)/.exec(body ?? '')?.[1] ?? '';
    const columns = lines.filter((line) => /^[a-z]/.test(line));
    views[name] = columns.map((line) => /@map\("(\w+)"\)/.exec(line)?.[1] ?? line.split(' ')[0] ?? '').sort();
  }
  return views;
}

async function viewsInDatabase(url: string): Promise<Record<string, string[]>> {
  const db = openDatabase(url, { max: 1 });
  try {
    const { rows } = await db.query<{ name: string; columns: string[] }>(
      `select c.relname as name, array_agg(a.attname::text order by a.attname) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relkind in ('v', 'm') and c.relnamespace = 'public'::regnamespace group by 1`,
    );
    return Object.fromEntries(rows.map(({ name, columns }) => [name, columns.toSorted()]));
  } finally {
    await db.release();
  }
}

/** Columns with types and defaults, and the rows without what differs by nature (ids, times). */
async function historyOf(url: string): Promise<{ columns: unknown[]; rows: unknown[] }> {
  const db = openDatabase(url, { max: 1 });
  try {
    const columns = await db.query(
      `select column_name, data_type, character_maximum_length, is_nullable, column_default
       from information_schema.columns where table_name = '_prisma_migrations' order by ordinal_position`,
    );
    const rows = await db.query(
      `select length(id) as id_length, checksum, migration_name, logs, rolled_back_at, applied_steps_count,
              finished_at >= started_at as finished_after_start from _prisma_migrations order by started_at`,
    );
    return { columns: columns.rows, rows: rows.rows };
  } finally {
    await db.release();
  }
}
