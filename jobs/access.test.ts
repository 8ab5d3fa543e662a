import { describe, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { missingConditions } from './access.ts';

describe('the conditions of a source that do not hold yet', () => {
  it('are all of them where nothing is set, in the order the source names them', async () => {
    const { facts } = await loadSource('1001tracklists');
    expect(missingConditions(facts, {})).toEqual(facts.conditions);
    expect(facts.conditions.length).toBeGreaterThan(1);
  });

  it('are those whose variable is unset or empty', async () => {
    const { facts } = await loadSource('1001tracklists');
    const missing = missingConditions(facts, { MUSICDB_ENABLE_1001TRACKLISTS: 'true', MUSICDB_CONTACT: '' });
    expect(missing.map(({ variable }) => variable)).toEqual(['MUSICDB_CONTACT']);
  });

  it('are none where all are set', async () => {
    const { facts } = await loadSource('setlistfm');
    expect(missingConditions(facts, { SETLISTFM_API_KEY: 'a key' })).toEqual([]);
  });
});
