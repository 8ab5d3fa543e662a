/** What a replay can answer: for each address the latest usable page of an archive, looked up once before the replay begins. */
import type { PageContract } from '../core/page-contract.ts';
import type { Source } from '../core/source.ts';
import { isRefusal } from '../core/verdict.ts';
import type { Queryable } from '../platform/database.ts';
import { openWarcFile } from '../platform/warc-reader.ts';
import { type FetchRange, lastFetchId, type RecordedFetch, readFetches } from '../repositories/exchanges.ts';
import { addReplayPages, type ReplayPage } from '../repositories/replay-pages.ts';
import { readWarcPages, type WarcPage } from './warc-pages.ts';

/** Rows written at once. */
const BATCH = 500;
/** Payloads that later records may repeat. */
const REMEMBERED = 200_000;

export interface ReplayRun {
  readonly runId: string;
  readonly source: Source;
  /** Pages received after it are not there; null for all. */
  readonly at: Date | null;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Indexes the fetches of a database (ours or another one's) into ours. */
export async function indexFetches(db: Queryable, recorded: Queryable, run: ReplayRun): Promise<void> {
  const range: FetchRange = { source: run.source.facts.name, since: null, lastId: await lastFetchId(recorded) };
  for (let afterId = 0; !run.signal.aborted; ) {
    const fetches = await readFetches(recorded, range, { afterId, limit: BATCH });
    const last = fetches.at(-1);
    if (last === undefined) return;
    await add(
      db,
      run,
      fetches.flatMap((fetch) => pageOfFetch(run.source, fetch)),
    );
    afterId = last.id;
    run.onProgress(afterId, range.lastId);
  }
}

/** Indexes a WARC file. Returns how many records could not be used: broken ones, and those whose digests do not hold. */
export async function indexWarc(db: Queryable, file: string, run: ReplayRun): Promise<number> {
  const bytes = await openWarcFile(file);
  const payloads = new Map<string, number>();
  let unusable = 0;
  let pages: ReplayPage[] = [];
  try {
    for await (const entry of readWarcPages(bytes, run.source.facts)) {
      if (run.signal.aborted) break;
      run.onProgress(entry.offset, bytes.size);
      if ('problem' in entry || ('page' in entry && entry.page.refused !== null)) unusable += 1;
      else if ('page' in entry) {
        remember(payloads, entry.page.payloadDigest, entry.offset);
        pages.push(...pageOfRecord(run.source, entry.page, entry.offset));
      } else if ('revisited' in entry) {
        const position = payloads.get(entry.revisited.payloadDigest ?? '');
        if (position === undefined) unusable += 1;
        else pages.push(...pageOfRecord(run.source, entry.revisited, position));
      }
      if (pages.length < BATCH) continue;
      await add(db, run, pages);
      pages = [];
    }
    await add(db, run, pages);
    return unusable;
  } finally {
    await bytes.release();
  }
}

async function add(db: Queryable, { runId, at }: ReplayRun, pages: readonly ReplayPage[]): Promise<void> {
  const inTime = pages.filter(({ fetchedAt }) => at === null || fetchedAt <= at);
  if (inTime.length > 0) await addReplayPages(db, runId, inTime);
}

function pageOfFetch(source: Source, fetch: RecordedFetch): ReplayPage[] {
  const { url, finalUrl, status, digest, contentEncoding, remoteAddress, durationMs, exchange, fetchedAt } = fetch;
  if (url === null || digest === null || fetch.isErased || !isPage(status, contractOf(source, fetch.kind))) return [];
  if (exchange?.bodyFault?.code === 'TRUNCATED') return [];
  const page = {
    finalUrl: finalUrl ?? url,
    status: status ?? 200,
    contentEncoding,
    remoteAddress,
    durationMs,
    exchange,
  };
  return [{ urlKey: source.normaliseUrl(url), fetchedAt, page, digest, position: null }];
}

function pageOfRecord(
  source: Source,
  record: Omit<WarcPage, 'rawBody' | 'body' | 'refused'>,
  position: number,
): ReplayPage[] {
  const { url, askedUrl, status, contentEncoding, remoteAddress, exchange, fetchedAt } = record;
  if (url === null) return [];
  const asked = askedUrl ?? url;
  if (!isPage(status, contractOf(source, source.requestFor(asked)?.kind ?? null))) return [];
  const page = { finalUrl: url, status: status ?? 200, contentEncoding, remoteAddress, durationMs: null, exchange };
  return [{ urlKey: source.normaliseUrl(asked), fetchedAt, page, digest: null, position }];
}

/** An answer that refused us then is none to give again: an older page of the address is, or none. */
function isPage(status: number | null, contract: PageContract | null): boolean {
  return status !== 304 && !isRefusal(status, contract);
}

function contractOf({ facts }: Source, kind: string | null): PageContract | null {
  return kind === null ? null : (facts.contracts[kind] ?? null);
}

function remember(payloads: Map<string, number>, label: string | null, offset: number): void {
  if (label === null) return;
  payloads.set(label, offset);
  const [oldest] = payloads.size > REMEMBERED ? payloads.keys() : [];
  if (oldest !== undefined) payloads.delete(oldest);
}
