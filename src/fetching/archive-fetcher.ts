/**
 * Replay: pages are answered from an archive, as they were received then, with the times they had. What the archive does not hold is an
 * error of its own; nothing here can reach a network.
 */
import { stat } from 'node:fs/promises';
import { PermanentError } from '../core/errors.ts';
import type { FetchedPage } from '../core/fetching.ts';
import type { Source } from '../core/source.ts';
import { type ArchiveStore, openArchive } from '../platform/archive-store.ts';
import { decodeBody } from '../platform/content-encoding.ts';
import type { Queryable } from '../platform/database.ts';
import { foldHeaders, type HttpClient } from '../platform/http-client.ts';
import type { Releasable } from '../platform/releases.ts';
import { openWarcFile, readWarcRecord } from '../platform/warc-reader.ts';
import { findReplayPage, NOT_IN_ARCHIVE, type ReplayPage } from '../repositories/replay-pages.ts';
import { recordedBody } from './warc-pages.ts';

/** A replay's own archive; every other `from` is a path. */
export const OWN_ARCHIVE = 'archive';

/** Asked for in a replay, and not in the archive: trying again cannot help. */
export class NotInArchiveError extends PermanentError {
  constructor(url: string) {
    super(`${url}${NOT_IN_ARCHIVE}`, { code: 'NOT_IN_ARCHIVE' });
  }
}

export interface Replayer extends Releasable {
  /** @throws NotInArchiveError, PermanentError when the archive's bytes are damaged or gone. */
  fetch(url: string): Promise<FetchedPage>;
}

export interface ReplayOptions {
  readonly runId: string;
  /** `archive`, or the path of a WARC file or of an archive's folder. */
  readonly from: string;
  readonly source: Source;
}

/** The only client a replay has. */
export const noNetwork: HttpClient = {
  fetch: ({ url }) => Promise.reject(new NotInArchiveError(url)),
  release: async () => undefined,
};

export async function openReplay(
  { db, archive }: { db: Queryable; archive: ArchiveStore },
  { runId, from, source }: ReplayOptions,
): Promise<Replayer> {
  const bodies = await openBodies(from, archive);
  return {
    fetch: async (url) => {
      const found = await findReplayPage(db, runId, source.normaliseUrl(url));
      if (found === null) throw new NotInArchiveError(url);
      return fetchedPage(url, found, await bodies.read(found));
    },
    release: () => bodies.release(),
  };
}

interface Bodies extends Releasable {
  read(page: ReplayPage): Promise<Buffer>;
}

async function openBodies(from: string, own: ArchiveStore): Promise<Bodies> {
  if (from === OWN_ARCHIVE) return bodiesOf(own);
  const about = await stat(from).catch((cause: NodeJS.ErrnoException) => {
    throw new PermanentError(`the archive ${from} cannot be opened here (${cause.code ?? cause.message})`, {
      code: 'NO_SUCH_ARCHIVE',
      hint: 'A replay runs where its archive is: give every worker the same path, or stop the other workers meanwhile.',
      cause,
    });
  });
  if (about.isDirectory()) return bodiesOf(openArchive(from));
  const warc = await openWarcFile(from);
  return {
    read: async ({ position }) => recordedBody(await readWarcRecord(warc, position ?? 0)),
    release: () => warc.release(),
  };
}

function bodiesOf(archive: ArchiveStore): Bodies {
  return { read: ({ digest }) => archive.get(digest ?? Buffer.alloc(32)), release: async () => undefined };
}

async function fetchedPage(url: string, { page, fetchedAt }: ReplayPage, rawBody: Buffer): Promise<FetchedPage> {
  const { exchange, finalUrl, status, contentEncoding, remoteAddress, durationMs } = page;
  const rawHeaders = exchange?.headers ?? [];
  return {
    url,
    finalUrl,
    request: exchange?.request ?? { method: 'GET', headers: {}, body: null },
    httpVersion: exchange?.httpVersion ?? '1.1',
    status,
    statusText: exchange?.statusText ?? '',
    headers: foldHeaders(rawHeaders),
    rawHeaders,
    rawBody,
    contentEncoding,
    ...(await decodeBody(rawBody, contentEncoding)),
    redirects: exchange?.redirects ?? [],
    remoteAddress,
    durationMs: durationMs ?? 0,
    fetchedAt,
  };
}
