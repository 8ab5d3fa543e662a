import { describe, expect, it } from 'vitest';
import { parseCrawlPayload, parseEmptyPayload, parseRawItemsPayload, parseTickPayload } from './payloads.ts';

describe('payloads', () => {
  it('of raw items are whole numbers', () => {
    expect(parseRawItemsPayload({ rawItemIds: [1, 2] })).toEqual({ rawItemIds: [1, 2] });
    expect(() => parseRawItemsPayload({ rawItemIds: ['1'] })).toThrowError(/rawItemIds/);
  });

  it('of a crawl name a known source and a way', () => {
    expect(parseCrawlPayload({ source: 'mixesdb', via: 'live' })).toEqual({
      source: 'mixesdb',
      via: 'live',
      runId: null,
      limit: null,
    });
    expect(() => parseCrawlPayload({ source: 'napster', via: 'live' })).toThrowError(/napster.*expected.*mixesdb/);
    expect(() => parseCrawlPayload({ source: 'mixesdb', via: 'import' })).toThrowError(/live \| sandbox/);
  });

  it('of ticks name a schedule', () => {
    expect(parseTickPayload({ scheduleId: 'x' })).toEqual({ scheduleId: 'x' });
    expect(() => parseTickPayload({})).toThrowError(/scheduleId/);
  });

  it('that are no object are refused', () => {
    expect(() => parseEmptyPayload(null)).toThrowError(/an object/);
  });
});
