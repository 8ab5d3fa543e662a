/** The verdict on every page we have: our own fixtures, and the real samples where that folder is there. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contractByItems } from '../src/core/page-contract.ts';
import type { SourceName } from '../src/core/source-name.ts';
import { judge } from '../src/core/verdict.ts';
import type { Verdict } from '../src/core/verdicts.ts';
import { loadAllSources, loadSource, SOURCE_NAMES } from './registry.ts';

const SAMPLES = new URL('../../shared/fixtures/', import.meta.url);
const samplesMissing = existsSync(SAMPLES) ? false : '../shared/fixtures is not there';

/** Kind of the page that was asked for (null for a saved file), verdict, and what its reason says. */
type Expected = readonly [kind: string | null, verdict: Verdict, reason?: RegExp];

const REAL: Record<string, Expected> = {
  '1001tracklists/block-2023-05_js-forwarding-interstitial.html': ['tracklist', 'block', /^js-forwarding/],
  '1001tracklists/block-2026-05_ip-limited.html': ['tracklist', 'block', /^ip-limited$/],
  '1001tracklists/block-2026-05_turnstile-interstitial.html': ['tracklist', 'block', /^turnstile/],
  '1001tracklists/fragment-row-notice.html': [null, 'empty', /a piece of a tracklist page/],
  '1001tracklists/fragment-row-suggestion.html': [null, 'empty', /a piece of a tracklist page/],
  '1001tracklists/home-2022-11_latest-tracklists.html': ['listing', 'ok'],
  '1001tracklists/medialink-2026-05_track-909720.json': ['medialink', 'ok'],
  '1001tracklists/paste-2025-09_lane-8-fall-mixtape.txt': ['pasted-text', 'ok'],
  '1001tracklists/search-2026-05_by-youtube-url_0-hits.html': ['listing', 'empty'],
  '1001tracklists/search-2026-05_by-youtube-url_1-hit.html': ['listing', 'ok'],
  '1001tracklists/search-2026-08_time-warp-2024_30-hits.html': ['listing', 'ok'],
  '1001tracklists/tracklist-2022-11_curbi-tape-06.html': ['tracklist', 'ok'],
  '1001tracklists/tracklist-2023-05_bicep-whp-rotterdam.html': ['tracklist', 'ok'],
  '1001tracklists/tracklist-2026-05_max-styler-edc-las-vegas.html': ['tracklist', 'ok'],
  '1001tracklists/tracklist-2026-08_sven-vath-bbc-radio-1.html': ['tracklist', 'ok'],
  'mixesdb/SYNTHETIC-rest-v1-page.json': ['page', 'ok'],
  'mixesdb/boiler-room-notebook-excerpt.txt': ['text-dump', 'ok'],
  'mixesdb/hawtin-cocorico-2mixes.csv': ['csv-dump', 'ok'],
  'mixesdb/tracklist-merger-examples.txt': ['text-dump', 'ok'],
  'setlistfm/error-404-search-artists.json': ['artists', 'empty', /404/],
  'setlistfm/search-artists-tmid.json': ['artists', 'ok'],
  'setlistfm/setlist-63de4613.json': ['setlist', 'ok'],
  'setlistfm/setlist-version-6bd6ca6e.json': ['setlist-version', 'ok'],
  'setlistfm/user-attended-p1.json': ['setlists', 'ok'],
  'setlistfm/venue-6bd6ca6e-setlists-p1.json': ['setlists', 'ok'],
  'reddit/go-reddit-post-more.json': ['comments', 'ok'],
  'reddit/go-reddit-post-post.json': ['comments', 'ok'],
  'reddit/listentothis-hot.json': ['listing', 'ok'],
  'reddit/praw-api-info-deletions.trimmed.json': ['info', 'ok'],
  'reddit/praw-comments-negatives.trimmed.json': ['comments', 'ok'],
  'reddit/praw-domain-youtube-new.trimmed.json': ['listing', 'ok'],
  'applemusic/album-310730204-us-include-tracks.json': ['albums', 'ok'],
  'applemusic/catalog-songs-gb-2024-05.json': ['songs', 'ok'],
  'applemusic/charts-us-songs-2017-11-03.json': ['charts', 'ok'],
  'applemusic/djmix-1600990821-us-tracks-1-14.json': ['albums', 'ok'],
  'applemusic/error-400-invalid-parameter.json': ['songs', 'soft-error', /zh-tw/],
  'applemusic/itunes-lookup-album-1441458047-gb.json': ['itunes-lookup', 'ok'],
  'applemusic/itunes-lookup-album-1728639278-us.json': ['itunes-lookup', 'ok'],
};

const OWN: Record<string, Expected> = {
  '1001tracklists/block-captcha.html': ['tracklist', 'block', /^captcha$/],
  '1001tracklists/block-ip-limited.html': ['tracklist', 'block', /^ip-limited$/],
  '1001tracklists/block-js-forwarding.html': ['tracklist', 'block', /^js-forwarding/],
  '1001tracklists/block-login.html': ['tracklist', 'block', /^login$/],
  '1001tracklists/block-turnstile.html': ['tracklist', 'block', /^turnstile/],
  '1001tracklists/listing.html': ['listing', 'ok'],
  '1001tracklists/medialink.json': ['medialink', 'ok'],
  '1001tracklists/pasted.txt': ['pasted-text', 'ok'],
  '1001tracklists/set-page.html': ['tracklist', 'ok'],
  'mixesdb/bare-lists.txt': [null, 'ok'],
  'mixesdb/dump.csv': ['csv-dump', 'ok'],
  'mixesdb/rest-page.json': ['page', 'ok'],
  'mixesdb/text-dump.txt': ['text-dump', 'ok'],
  'setlistfm/artist.json': ['artist', 'ok'],
  'setlistfm/festival.json': ['setlist', 'ok'],
  'setlistfm/setlists.json': ['setlists', 'ok'],
  'setlistfm/user.json': ['user', 'ok'],
  'setlistfm/venues.json': ['venues', 'ok'],
  'reddit/discussion.json': ['comments', 'ok'],
  'reddit/info-deletions.json': ['info', 'ok'],
  'reddit/listing-escaped.json': ['listing', 'ok'],
  'applemusic/album-dj-mix.json': ['albums', 'ok'],
  'applemusic/charts.json': ['charts', 'ok'],
  'applemusic/itunes-lookup.json': ['itunes-lookup', 'ok'],
  'applemusic/search.json': ['search', 'ok'],
  'applemusic/songs.json': ['songs', 'ok'],
  'watchthedj/channel.html': ['channel', 'ok'],
  'watchthedj/pasted.txt': ['pasted-text', 'ok'],
  'watchthedj/set-half.html': ['djvideo', 'ok'],
  'watchthedj/set-json-ld.html': ['djvideo', 'ok'],
  'watchthedj/set-list.html': ['djvideo', 'ok'],
  'watchthedj/set-microdata.html': ['djvideo', 'ok'],
  'watchthedj/set-microdata-rich.html': ['djvideo', 'ok'],
  'watchthedj/set-table.html': ['djvideo', 'ok'],
  'watchthedj/video.json': ['djvideo', 'ok'],
};

describe.skipIf(samplesMissing)('the verdict on a real page', () => {
  it.each(Object.entries(REAL))('%s', async (file, expected) => {
    const [source = '', name = ''] = file.split('/');
    await check(source as SourceName, new URL(`${source}/${name}`, SAMPLES), expected);
  });
});

describe('the verdict on a fixture', () => {
  it.each(Object.entries(OWN))('%s', async (file, expected) => {
    const [source = '', name = ''] = file.split('/');
    await check(source as SourceName, new URL(`${source}/fixtures/${name}`, import.meta.url), expected);
  });
});

describe('the verdict on an answer', () => {
  const html = (body: string) => `<!doctype html><html><head><title>x</title></head><body>${body}</body></html>`;
  it.each<[string, SourceName, string, number, string, Verdict, RegExp?]>([
    [
      'a wiki error with status 200',
      'mixesdb',
      'page',
      200,
      '{"error":{"code":"maxlag","info":"Waiting"}}',
      'soft-error',
    ],
    ['a page the wiki does not know', 'mixesdb', 'page', 404, '{"httpCode":404,"httpReason":"Not Found"}', 'not-found'],
    ['a search without hits', 'mixesdb', 'search', 200, '{"pages":[]}', 'empty'],
    [
      'a challenge instead of JSON',
      'mixesdb',
      'page',
      403,
      html('<title>Just a moment...</title> mixesdb turnstile'),
      'block',
    ],
    [
      'a call that scrolling makes',
      '1001tracklists',
      'listing',
      200,
      '{"success":false,"captcha":true}',
      'block',
      /captcha/,
    ],
    ['403 without a word', '1001tracklists', 'tracklist', 403, html(''), 'block'],
    ['401 in plain text', 'applemusic', 'songs', 401, 'Unauthorized', 'block', /HTTP 401/],
    ['no song with that code', 'applemusic', 'songs', 200, '{"data":[]}', 'empty'],
    ['a private subreddit', 'reddit', 'listing', 403, '{"reason":"private","message":"Forbidden","error":403}', 'gone'],
    ['a banned subreddit', 'reddit', 'listing', 404, '{"message":"Not Found","error":404}', 'not-found'],
    [
      'a set that was deleted',
      'setlistfm',
      'setlist',
      404,
      '{"code":404,"status":"Not Found","message":"unknown setlistId"}',
      'gone',
    ],
    [
      'a list of a show nobody played',
      'setlistfm',
      'setlists',
      404,
      '{"code":404,"status":"Not Found","message":"not found"}',
      'empty',
    ],
    [
      'the shape of an interface that ended',
      'setlistfm',
      'setlists',
      200,
      '{"setlists":{"@total":"1","setlist":{"@id":"1"}}}',
      'layout-drift',
    ],
    ['an answer cut off', 'setlistfm', 'setlist', 200, '{"id":"63de4613","versionId":', 'truncated'],
    ['nothing at all', 'reddit', 'listing', 200, '', 'truncated'],
    ['no text', 'watchthedj', 'djvideo', 200, '\u0000\u0001', 'unreadable'],
    ['503', 'setlistfm', 'setlist', 503, 'busy', 'throttled'],
    ['502', 'setlistfm', 'setlist', 502, 'bad gateway', 'source-outage'],
    ['304', 'mixesdb', 'page', 304, '', 'unchanged'],
    ['a redirect that leads nowhere', 'reddit', 'listing', 302, '', 'moved'],
    ['410', 'watchthedj', 'djvideo', 410, html(''), 'gone'],
    ['a page nobody knows', 'mixesdb', 'page', 200, html('Welcome'), 'layout-drift'],
    ['a maintenance page', 'mixesdb', 'page', 200, html('Down for maintenance'), 'soft-error'],
  ])('%s', async (...[, source, kind, status, body, verdict, reason = /^/]) => {
    const judgement = await judged(source, { kind, status, body: Buffer.from(body) });
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.reason ?? '').toMatch(reason);
  });

  it('is a block where the network in front of the site says that it challenges us', async () => {
    const headers = { 'cf-mitigated': 'challenge' };
    const body = Buffer.from('{"pages":[]}');
    expect(await judged('mixesdb', { kind: 'search', status: 403, body, headers })).toEqual({
      verdict: 'block',
      reason: 'challenge',
    });
  });
});

describe('facts of a source', () => {
  it('hold a contract for every kind of page, and for each that its seeds ask for', async () => {
    for (const { facts, seeds } of await loadAllSources()) {
      const kinds = [...facts.pageKinds, ...seeds().map(({ kind }) => kind)].filter((kind) => kind !== 'block');
      expect(
        kinds.filter((kind) => facts.contracts[kind] === undefined),
        facts.name,
      ).toEqual([]);
    }
    expect(SOURCE_NAMES).toHaveLength(6);
  });
});

async function check(source: SourceName, file: URL, [kind, verdict, reason = /^/]: Expected): Promise<void> {
  const judgement = await judged(source, { kind, status: null, body: readFileSync(file) });
  expect(judgement).toMatchObject({ verdict });
  expect(judgement.reason ?? '').toMatch(reason);
}

async function judged(
  name: SourceName,
  {
    kind,
    status,
    body,
    headers = {},
  }: { kind: string | null; status: number | null; body: Buffer; headers?: Record<string, string> },
) {
  const { facts, parse } = await loadSource(name);
  const result = parse({ body, url: null, status, contentType: null, fetchedAt: null });
  const contract = (kind === null ? null : facts.contracts[kind]) ?? contractByItems(facts.contracts, result.items);
  return judge({ status, headers, result, start: body.toString('latin1', 0, 4_000), movedTo: null }, contract);
}
