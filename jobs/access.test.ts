import { describe, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { readConfig } from '../src/config/config.ts';
import type { Credentials } from '../src/core/tokens.ts';
import { allClosedHosts, closedHosts, crawlVia, describeMissing, liveAccess, missingAt } from './access.ts';

const CATALOGUE = 'api.music.apple.com';
const ITUNES = 'itunes.apple.com';
const KEYS = { APPLE_MUSIC_KEY_ID: 'a', APPLE_MUSIC_TEAM_ID: 'b', APPLE_MUSIC_PRIVATE_KEY: 'c' };

async function accessOf(name: string, credentials: Credentials) {
  return liveAccess((await loadSource(name)).facts, credentials);
}

describe('the conditions of a source that do not hold yet', () => {
  it('are all of them where nothing is set, in the order the source names them', async () => {
    const { facts } = await loadSource('1001tracklists');
    expect(liveAccess(facts, {}).missing).toEqual(
      facts.conditions.map((condition) => ({ ...condition, problem: 'is not set' })),
    );
    expect(facts.conditions.length).toBeGreaterThan(1);
  });

  it('are those whose variable is unset or empty', async () => {
    const { missing } = await accessOf('1001tracklists', {
      MUSICDB_ENABLE_1001TRACKLISTS: 'true',
      MUSICDB_CONTACT: '',
    });
    expect(missing.map(({ variable }) => variable)).toEqual(['MUSICDB_CONTACT']);
  });

  it('of Reddit are an approved application, its secret, and the agent it asks for', async () => {
    const { facts } = await loadSource('reddit');
    const credentials = { REDDIT_CLIENT_ID: 'an-id', REDDIT_CLIENT_SECRET: 'a-secret' };
    const problems = (agent: string) =>
      liveAccess(facts, { ...credentials, REDDIT_USER_AGENT: agent }).missing.map(
        ({ variable, problem }) => `${variable} ${problem}`,
      );
    expect(describeMissing(liveAccess(facts, {}).missing)).toMatch(
      /REDDIT_CLIENT_ID is not set \(.*REDDIT_CLIENT_SECRET is not set \(.*REDDIT_USER_AGENT is not set \(/,
    );
    expect(problems('linux:com.example.musicdb:v1.0 (by /u/somebody)')).toEqual([]);
    for (const agent of ['undici', 'curl:x:1 (by /u/z)', 'linux:musicdb (by /u/z)', 'linux:musicdb:1'])
      expect(problems(agent)).toEqual(['REDDIT_USER_AGENT is not usable']);
  });

  it('are none where all are set', async () => {
    expect((await accessOf('setlistfm', { SETLISTFM_API_KEY: 'a key' })).missing).toEqual([]);
  });
});

describe('the hosts of a source that may be asked live', () => {
  it('are none where a condition of the whole source is missing', async () => {
    const { open, closed } = await accessOf('reddit', {});
    expect(open).toEqual([]);
    expect(closed).toEqual((await loadSource('reddit')).facts.hosts);
  });

  it('are those that no missing condition is for', async () => {
    const { APPLE_MUSIC_TEAM_ID: _, ...some } = KEYS;
    const { open, closed, missing } = await accessOf('applemusic', some);
    expect({ open, closed }).toEqual({ open: [ITUNES], closed: [CATALOGUE] });
    expect(missingAt([CATALOGUE], missing).map(({ variable }) => variable)).toEqual(['APPLE_MUSIC_TEAM_ID']);
    expect(missingAt([ITUNES], missing)).toEqual([]);
  });

  it('are all where every condition holds', async () => {
    expect(await accessOf('applemusic', KEYS)).toEqual({ open: [CATALOGUE, ITUNES], closed: [], missing: [] });
  });
});

describe('hosts whose requests wait for settings', () => {
  const ctx = { config: readConfig({}) };

  it('are those that are closed, while the source runs live at the others', async () => {
    const source = await loadSource('applemusic');
    expect(crawlVia(ctx, source)).toBe('live');
    expect(closedHosts(ctx, source, 'live')).toEqual([CATALOGUE]);
  });

  it.each(['sandbox', 'replay'] as const)('are none in a %s', async (via) => {
    expect(closedHosts(ctx, await loadSource('applemusic'), via)).toEqual([]);
  });

  it('are, over all sources, those of the ones that have no stand-in', async () => {
    const sandboxHosts = { 'www.mixesdb.com': 'http://127.0.0.1:9' };
    const closed = await allClosedHosts({ config: { ...ctx.config, sandboxHosts } });
    expect(closed.filter(({ source }) => source === 'applemusic')).toEqual([{ source: 'applemusic', host: CATALOGUE }]);
    expect(new Set(closed.map(({ source }) => source))).toEqual(
      new Set(['1001tracklists', 'setlistfm', 'reddit', 'applemusic', 'watchthedj']),
    );
  });
});
