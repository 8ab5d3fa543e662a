/**
 * For people who use Prisma's own command line, e.g. `npx prisma migrate deploy --config prisma/prisma.config.ts`.
 * MusicDB itself needs neither: `musicdb migrate` applies the same folders (src/platform/migrate.ts).
 */
export default {
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
};
