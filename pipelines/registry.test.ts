import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadAllSources } from '../spiders/registry.ts';
import { externalIdOf, type Item, row, setlist, track } from '../src/core/items.ts';
import type { Source } from '../src/core/source.ts';
import type { RawItem } from './pipeline.ts';
import { isPipelined, prepare } from './registry.ts';

const SAMPLES = new URL('../../shared/fixtures/', import.meta.url);
const NO_SAMPLE = /expected|PROVENANCE|\.ya?ml$/;

test('sets, tracks, artists and posts are loaded; the rest is not', () => {
  expect(['setlist', 'track', 'artist', 'post'].every(isPipelined)).toBe(true);
  expect(['listing', 'chart', 'media', 'album', 'playlist', 'error', 'block', 'toString'].some(isPipelined)).toBe(
    false,
  );
});

test('an item without a pipeline is refused by name', () => {
  expect(prepare(raw({ kind: 'block', source: 'reddit', reason: 'login', url: null }))).toMatchObject({
    ok: false,
    refusal: { reason: 'no-pipeline', where: 'kind' },
  });
});

test('the output is plain JSON: it survives being kept in Postgres', () => {
  const set = setlist('mixesdb', 'a', {
    title: 'A',
    artists: ['Ada'],
    tracks: [row(1, { artist: 'Bo', title: 'Moment (feat. Cy)' })],
  });
  const prepared = prepare(raw(set));
  expect(prepared.ok).toBe(true);
  expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
});

test('the same item gives the same output', () => {
  const item = track('applemusic', '1', { artist: 'Ada & Bo', title: 'Moment', isrc: 'gb-aye-06-01498' });
  expect(prepare(raw(item))).toEqual(prepare(raw(item)));
});

describe.skipIf(!existsSync(SAMPLES))('every real sample (needs ../shared)', async () => {
  const sources = await loadAllSources();
  const samples = sources.flatMap((source) => samplesOf(source).map((file) => ({ source, file })));
  test.each(samples.map(({ source, file }) => [`${source.facts.name}/${file}`, source, file] as const))(
    '%s is read without a refusal',
    (_, source, file) => {
      const body = readFileSync(new URL(`${source.facts.name}/${file}`, SAMPLES));
      const { items } = source.parse({
        body,
        url: null,
        status: 200,
        contentType: null,
        fetchedAt: '2026-11-20T00:00:00Z',
      });
      const refused = items
        .filter(({ kind }) => isPipelined(kind))
        .map((item) => prepare(raw(item)))
        .filter(({ ok }) => !ok);
      expect(refused).toEqual([]);
    },
  );
});

function samplesOf({ facts }: Source): string[] {
  const folder = new URL(`${facts.name}/`, SAMPLES);
  return existsSync(folder) ? readdirSync(folder).filter((file) => !NO_SAMPLE.test(file)) : [];
}

function raw(body: Item): RawItem {
  return {
    id: 1,
    version: 1,
    source: body.source,
    kind: body.kind,
    externalId: externalIdOf(body),
    documentDigest: new Uint8Array(32),
    url: null,
    body,
    observedAt: new Date('2026-11-20T00:00:00Z'),
    eventDate: null,
  };
}
