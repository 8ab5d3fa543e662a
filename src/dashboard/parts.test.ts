import { expect, it } from 'vitest';
import type { ClaimEntry } from '../repositories/catalogue-entries.ts';
import { beside, claimTable, setTitle } from './parts.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

it.each([
  ['2025-11-25 - Ada @ Hall', '2025-11-25', 'Ada @ Hall'],
  ['Ada @ Hall, Berlin 2025-11-25', '2025-11-25', 'Ada @ Hall, Berlin'],
  ['Ada live 2025', '2025-11-25', 'Ada live 2025'],
  ['2025-11-25', '2025-11-25', '2025-11-25'],
  ['2025-11-25 - Ada', null, '2025-11-25 - Ada'],
])('beside its date, "%s" of %s is called "%s"', (title, date, shown) => {
  expect(setTitle({ title, artist: 'Ada', date })).toBe(shown);
});

it('a set without a title is called by its artist', () => {
  expect(setTitle({ title: null, artist: 'Ada', date: null })).toBe('Ada');
  expect(setTitle({ title: null, artist: null, date: null })).toBe('Untitled set');
});

it('beside a title stands what it does not say, each once', () => {
  expect(beside('Ada @ The Hall', ['ada', 'Night', 'The Hall', 'Night', null, 'Berlin'])).toBe('Night · Berlin');
});

const claim = (n: number, fields: Record<string, unknown> = {}): ClaimEntry => ({
  source: 'mixesdb',
  kind: 'setlist',
  externalId: `set-${n}`,
  url: 'https://example.org/x',
  invented: false,
  documentDigest: 'ab'.repeat(32),
  position: n,
  part: 0,
  fields,
  observedAt: '2026-11-20T11:00:00.000Z',
});

it('a claim names its page, the row, the time and the document, and what it says in words', () => {
  const fields = {
    trackCount: 3,
    genres: ['House', 'Dub'],
    isLive: true,
    mbid: null,
    tags: [],
    place: { city: 'Berlin', id: null },
  };
  const { markup } = claimTable([], [claim(4, fields)], NOW);
  expect(markup).toContain('href="https://example.org/x"');
  expect(markup).toMatch(/setlist set-4<\/a>, row 4/);
  expect(markup).toContain('1 h ago');
  expect(markup).toContain(`sha256:${'ab'.repeat(32)}`);
  const said = [...markup.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => `${name}=${value}`);
  expect(said).toEqual(['track count=3', 'genres=House, Dub', 'is live=yes', 'place=city: Berlin']);
});

it('many claims unfold, none is left out', () => {
  const { markup } = claimTable(
    [],
    Array.from({ length: 30 }, (_, n) => claim(n)),
    NOW,
  );
  expect(markup).toContain('<summary>22 more</summary>');
  expect(markup.match(/class="claim-head"/g)).toHaveLength(30);
  expect(claimTable([], [claim(1)], NOW).markup).not.toContain('<details>');
});
