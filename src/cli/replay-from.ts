/** What `crawl --from` names: our own archive, a WARC file, or the data folder of another MusicDB. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { JobCtx } from '../../jobs/job.ts';
import { startServices } from '../../ops/dev-services/start-services.ts';
import { PermanentError, UsageError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import { OWN_ARCHIVE } from '../fetching/archive-fetcher.ts';
import { indexFetches, indexWarc, type ReplayRun } from '../fetching/replay-index.ts';
import type { Queryable } from '../platform/database.ts';
import { openDatabase } from '../platform/database.ts';
import { countReplayPages } from '../repositories/replay-pages.ts';
import { isWarcFile } from './import-pages.ts';
import { createProgress } from './progress.ts';
import { readRuntime } from './runtime-file.ts';

/** A place to replay from, checked. */
export interface ReplayFrom {
  /** As the job is told: `archive`, or an absolute path. */
  readonly from: string;
  /** Looks up the pages; returns how many records could not be used. */
  readonly index: (ctx: JobCtx, run: ReplayRun) => Promise<number>;
}

/** @throws UsageError when it is neither `archive`, nor a WARC file, nor a data folder. */
export async function replayFrom(text: string): Promise<ReplayFrom> {
  if (text === OWN_ARCHIVE) return { from: OWN_ARCHIVE, index: (ctx, run) => indexedFrom(ctx, ctx.db, run) };
  const path = resolve(text);
  const about = await stat(path).catch(() => null);
  if (about === null) throw notAnArchive(text, 'there is nothing of this name');
  if (about.isDirectory()) return fromFolder(text, path);
  if (!(await isWarcFile(path))) throw notAnArchive(text, 'it is no WARC file');
  return { from: path, index: (ctx, run) => indexWarc(ctx.db, path, run) };
}

/** Indexes what a run may be answered. @throws PermanentError `EMPTY_ARCHIVE` when there is no page of the source. */
export async function indexReplay(
  ctx: JobCtx,
  place: ReplayFrom,
  { runId, source, at }: { runId: string; source: Source; at: Date | null },
): Promise<{ pages: number; unusable: number }> {
  const progress = createProgress();
  try {
    const onProgress = (done: number, total: number) =>
      progress.show([{ name: 'archive', done, total, remark: 'looked through' }]);
    const unusable = await place.index(ctx, { runId, source, at, signal: ctx.signal, onProgress });
    const pages = await countReplayPages(ctx.db, runId);
    if (pages > 0 || ctx.signal.aborted) return { pages, unusable };
  } finally {
    progress.end();
  }
  throw new PermanentError(
    `${place.from} holds no page of ${source.facts.title}${at === null ? '' : ` of ${at.toISOString()} or before`}`,
    {
      code: 'EMPTY_ARCHIVE',
      hint: 'Name the archive of a MusicDB that has crawled this source, or a WARC file of its pages.',
    },
  );
}

function fromFolder(text: string, path: string): ReplayFrom {
  const dataDir = basename(path) === 'archive' ? dirname(path) : path;
  const archive = join(dataDir, 'archive');
  if (!existsSync(join(dataDir, 'postgres')) || !existsSync(archive))
    throw notAnArchive(text, 'it is not the data folder of a MusicDB');
  return {
    from: archive,
    index: (ctx, run) =>
      resolve(ctx.config.dataDir) === dataDir
        ? indexedFrom(ctx, ctx.db, run)
        : withDatabaseOf(dataDir, (recorded) => indexedFrom(ctx, recorded, run)),
  };
}

async function indexedFrom(ctx: JobCtx, recorded: Queryable, run: ReplayRun): Promise<number> {
  await indexFetches(ctx.db, recorded, run);
  return 0;
}

/** The folder's database: of the MusicDB that runs on it, else of its Postgres alone, started for the time of `work`. */
async function withDatabaseOf<T>(dataDir: string, work: (db: Queryable) => Promise<T>): Promise<T> {
  const running = readRuntime(dataDir)?.databaseUrl ?? null;
  const want = { postgres: true, redis: false, elasticsearch: false } as const;
  const services =
    running === null ? await startServices({ dataDir, want, ports: { postgres: 0 }, log: () => undefined }) : null;
  const db = openDatabase(running ?? services?.databaseUrl ?? '', { max: 2, applicationName: 'musicdb-replay' });
  try {
    return await work(db);
  } finally {
    await db.release();
    await services?.stop();
  }
}

function notAnArchive(text: string, why: string): UsageError {
  return new UsageError(`"${text}" cannot be replayed: ${why}`, {
    code: 'NOT_AN_ARCHIVE',
    hint: 'Say "archive" for our own, or name a WARC file or the data folder of another MusicDB.',
  });
}
