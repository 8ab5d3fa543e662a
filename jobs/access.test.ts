import { describe, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { describeMissing, missingConditions } from './access.ts';

describe('the conditions of a source that do not hold yet', () => {
  it('are all of them where nothing is set, in the order the source names them', async () => {
    const { facts } = await loadSource('1001tracklists');
    expect(missingConditions(facts, {})).toEqual(
      facts.conditions.map((condition) => ({ ...condition, problem: 'is not set' })),
    );
    expect(facts.conditions.length).toBeGreaterThan(1);
  });

  it('are those whose variable is unset or empty', async () => {
    const { facts } = await loadSource('1001tracklists');
    const missing = missingConditions(facts, { MUSICDB_ENABLE_1001TRACKLISTS: 'true', MUSICDB_CONTACT: '' });
    expect(missing.map(({ variable }) => variable)).toEqual(['MUSICDB_CONTACT']);
  });

  it('of Reddit are an approved application, its secret, and the agent it asks for', async () => {
    const { facts } = await loadSource('reddit');
    const credentials = { REDDIT_CLIENT_ID: 'an-id', REDDIT_CLIENT_SECRET: 'a-secret' };
    const problems = (agent: string) =>
      missingConditions(facts, { ...credentials, REDDIT_USER_AGENT: agent }).map(
        ({ variable, problem }) => `${variable} ${problem}`,
      );
    expect(describeMissing(missingConditions(facts, {}))).toMatch(
      /REDDIT_CLIENT_ID is not set \(.*REDDIT_CLIENT_SECRET is not set \(.*REDDIT_USER_AGENT is not set \(/,
    );
    expect(problems('linux:com.example.musicdb:v1.0 (by /u/somebody)')).toEqual([]);
    for (const agent of ['undici', 'curl:x:1 (by /u/z)', 'linux:musicdb (by /u/z)', 'linux:musicdb:1'])
      expect(problems(agent)).toEqual(['REDDIT_USER_AGENT is not usable']);
  });

  it('are none where all are set', async () => {
    const { facts } = await loadSource('setlistfm');
    expect(missingConditions(facts, { SETLISTFM_API_KEY: 'a key' })).toEqual([]);
  });
});
