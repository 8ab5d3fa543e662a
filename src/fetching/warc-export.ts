/** Export: recorded fetches as a WARC 1.1 file, in the order they were made, in bounded memory. */
import { asError, PermanentError } from '../core/errors.ts';
import type { ArchiveStore } from '../platform/archive-store.ts';
import type { Clock } from '../platform/context.ts';
import type { Queryable } from '../platform/database.ts';
import type { WarcWriter } from '../platform/warc-writer.ts';
import {
  countFetches,
  type FetchRange,
  lastFetchId,
  type RecordedFetch,
  readFetches,
} from '../repositories/exchanges.ts';
import { RecordedWarc } from './recorded-warc.ts';

const FETCHES_AT_ONCE = 200;
/** Documents read ahead of the one that is written. */
const READ_AHEAD = 4;

export interface ExportOptions {
  readonly writer: WarcWriter;
  /** Null for all sources. */
  readonly source: string | null;
  /** Null for all times. */
  readonly since: Date | null;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Exported {
  /** Records by type. */
  readonly records: Record<string, number>;
  readonly fetches: number;
  /** Requests that had no answer: there is nothing to write. */
  readonly withoutAnswer: number;
  /** Pages whose bytes were erased, as their source demands. */
  readonly erased: number;
  /** Documents that could not be read. */
  readonly problems: { code: string; message: string }[];
}

interface ExportCtx {
  readonly db: Queryable;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}

/** @throws PermanentError `STOPPED` when the signal is aborted before all is written. */
export async function exportWarc(ctx: ExportCtx, options: ExportOptions): Promise<Exported> {
  const { writer, source, since, signal, onProgress } = options;
  const range = { source, since, lastId: await lastFetchId(ctx.db) };
  const total = await countFetches(ctx.db, range);
  const warc = new RecordedWarc(writer);
  const problems: Exported['problems'] = [];
  let fetches = 0;
  let erased = 0;
  await warc.describe(ctx.clock.now(), range);
  for await (const { fetch, body } of withBodies(ctx, range)) {
    if (signal.aborted) throw new PermanentError('the export was stopped before its end', { code: 'STOPPED' });
    if (fetch.isErased) erased += 1;
    else if (body instanceof Error) problems.push({ code: codeOf(body), message: body.message });
    else await warc.write(fetch, body);
    fetches += 1;
    onProgress(fetches, total);
  }
  return { records: warc.records, fetches, withoutAnswer: warc.withoutAnswer, erased, problems };
}

/** Fetches with their bodies (null when there was none), a few of them read ahead. */
async function* withBodies(
  ctx: ExportCtx,
  range: FetchRange,
): AsyncGenerator<{ fetch: RecordedFetch; body: Buffer | Error | null }> {
  const ahead: { fetch: RecordedFetch; body: Promise<Buffer | Error | null> }[] = [];
  for await (const fetch of fetchesOf(ctx.db, range)) {
    ahead.push({ fetch, body: readBody(ctx.archive, fetch) });
    const first = ahead.length > READ_AHEAD ? ahead.shift() : undefined;
    if (first !== undefined) yield { fetch: first.fetch, body: await first.body };
  }
  for (const { fetch, body } of ahead) yield { fetch, body: await body };
}

async function* fetchesOf(db: Queryable, range: FetchRange): AsyncGenerator<RecordedFetch> {
  for (let afterId = 0; ; ) {
    const fetches = await readFetches(db, range, { afterId, limit: FETCHES_AT_ONCE });
    yield* fetches;
    const last = fetches.at(-1);
    if (last === undefined) return;
    afterId = last.id;
  }
}

async function readBody(archive: ArchiveStore, { digest, isErased }: RecordedFetch): Promise<Buffer | Error | null> {
  return digest === null || isErased ? null : archive.get(digest).catch(asError);
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : 'UNREADABLE';
}
