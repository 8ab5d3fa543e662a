/** Prisma's schema engine as WebAssembly, for tests: it compares schema.prisma with a live database and reads our migration history, with nothing to download. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import { type MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

/** Catalog types that adapter-pg cannot map: both read well as text. */
const CHAR = 18;
const NAME = 19;
const TEXT = 25;

/** Every table and enum counts. */
export const NO_FILTER = { externalTables: [], externalEnums: [] };

export interface OpenSchemaEngine {
  readonly engine: SchemaEngine;
  /** SQL that would turn the database into `schema`; empty when both say the same. */
  diffTo(schema: string): Promise<string>;
  release(): Promise<void>;
}

/** `schema` is the text of a schema.prisma; it tells the engine its provider and preview features. */
export async function openSchemaEngine(databaseUrl: string, schema: string): Promise<OpenSchemaEngine> {
  const pool = new pg.Pool({ connectionString: databaseUrl, Client: CatalogClient, max: 2 });
  const factory = bindMigrationAwareSqlAdapterFactory(new CatalogAdapter(pool));
  const files = [{ path: 'schema.prisma', content: schema }];
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, factory);
  return {
    engine,
    diffTo: async (wanted) => {
      const { stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: '' },
        to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: wanted }] },
        script: true,
        exitCode: null,
        filters: NO_FILTER,
      });
      return (stdout ?? '').replaceAll('-- This is an empty migration.', '').trim();
    },
    release: async () => {
      engine.free();
      await pool.end();
    },
  };
}

/** prisma/migrations as Prisma's command line hands it to the engine. */
export async function migrationList(): Promise<MigrationList> {
  const baseDir = fileURLToPath(new URL('./migrations', import.meta.url));
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: await readFile(`${baseDir}/migration_lock.toml`, 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(`${baseDir}/${path}/migration.sql`, 'utf8') },
        },
      })),
    ),
  };
}

/** Tells adapter-pg that a result column of an unmapped catalog type is text, before it looks. */
class CatalogClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.connection.prependListener('rowDescription', ({ fields }: { fields: { dataTypeID: number }[] }) => {
      for (const field of fields) if (field.dataTypeID === CHAR || field.dataTypeID === NAME) field.dataTypeID = TEXT;
    });
  }
}

/** The engine reads one column as a single character and stops on text (Postgres 18 lists not-null constraints there too). */
class CatalogAdapter extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const queryRaw: SqlDriverAdapter['queryRaw'] = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query: SqlQuery) => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type, index) =>
        result.columnNames[index] === 'constraint_type' ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    // The adapter cuts a script at every semicolon, also inside `do $$ … $$`; the native engine sends it whole, and so do we.
    adapter.executeScript = async (script: string) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }
}
