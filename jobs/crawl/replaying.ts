/** How a slice gets its pages when it replays: from the archive that its run names, and from nowhere else. */
import { PermanentError } from '../../src/core/errors.ts';
import type { FetchedPage, LeasedRequest } from '../../src/core/fetching.ts';
import { openReplay } from '../../src/fetching/archive-fetcher.ts';
import type { Slice } from './slice.ts';

/** What the spider is given to get its pages; `release` it when done. */
export interface Pages {
  fetch(request: LeasedRequest): Promise<FetchedPage>;
  render(request: LeasedRequest): Promise<FetchedPage>;
  release(): Promise<void>;
}

/** @throws PermanentError when the run or its archive is not named, or the archive cannot be opened. */
export async function replayerOf({ ctx, source, payload }: Slice): Promise<Pages> {
  const { runId, from } = payload;
  if (runId === null || from === undefined)
    throw new PermanentError('a replay needs its run and what to replay from', { code: 'BAD_PAYLOAD' });
  const replayer = await openReplay(ctx, { runId, from, source });
  // What was rendered then is not rendered again: its outcome is what was archived.
  const fetch = ({ url }: LeasedRequest) => replayer.fetch(url);
  return { fetch, render: fetch, release: () => replayer.release() };
}
