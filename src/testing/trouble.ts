/** A source with a past: good pages, refusals, a field that vanished, an open breaker; for the pages that show them. */
import { openBreaker } from '../repositories/breaker.ts';
import { addRequests } from '../repositories/frontier.ts';
import { recordYields } from '../repositories/page-yields.ts';
import type { TestApp } from './test-app.ts';

const SOURCE = '1001tracklists';
const URL_OF_PAGE = `https://www.1001tracklists.com/tracklist/9x8w7v6u/${'a-very-long-slug-'.repeat(8)}2025-07-12.html`;

/** Text of the page that refused us; it looks like markup that runs. */
export const REFUSAL = '<script>alert("captcha")</script> validate that you are a real human';

/** Returns the digest of the refused page, hex. */
export async function putTroubleInto({ test: { ctx } }: TestApp): Promise<string> {
  const now = ctx.clock.now();
  const stored = await ctx.archive.put(Buffer.from(REFUSAL));
  await ctx.db.query('insert into documents (digest, size_bytes, stored_bytes, created_at) values ($1, $2, $3, $4)', [
    stored.digest,
    stored.sizeBytes,
    stored.storedBytes,
    now,
  ]);
  await ctx.db.query(
    `insert into fetches (source, via, url, kind, outcome, problem, document_digest, fetched_at)
     select $1, 'sandbox', $2, 'tracklist', (array['ok', 'ok', 'ok', 'empty', 'moved', 'throttled', 'layout-drift', 'block'])[1 + least(7, (n * 7 % 23) % 9)], 'a reason',
       $3, $4::timestamptz - n * interval '11 minutes' from generate_series(0, 120) n`,
    [SOURCE, URL_OF_PAGE, stored.digest, now],
  );
  await ctx.db.query(`insert into page_verdicts values ($1, 'sandbox', 'ok', 60), ($1, 'sandbox', 'block', 20)`, [
    SOURCE,
  ]);
  const page = (cue: number) => ({
    source: SOURCE,
    kind: 'tracklist',
    measures: { items: 1, title: 1, 'tracks.title': 0.93, 'tracks.cueSeconds': cue, 'tracks.recordLabel': 0.71 },
  });
  await recordYields(
    ctx.db,
    Array.from({ length: 60 }, () => page(0.64)),
    now,
  );
  await recordYields(
    ctx.db,
    Array.from({ length: 14 }, () => page(0)),
    now,
  );
  const until = new Date(now.getTime() + 20 * 3_600_000);
  const reason = 'the source refused us: captcha';
  await openBreaker(ctx.db, { source: SOURCE, via: 'live', reason, until, now, document: stored.digest });
  const request = { source: SOURCE, url: URL_OF_PAGE, kind: 'tracklist', priority: 5, depth: 0, runId: null };
  await addRequests(
    ctx.db,
    Array.from({ length: 12 }, (_, n) => ({ ...request, urlKey: String(n) })),
    now,
  );
  return stored.digest.toString('hex');
}
