import { describe, expect, it } from 'vitest';
import { readTitle } from './title.ts';

describe('readTitle', () => {
  it.each([
    ['2024-11-11 - Ada Quill @ Club', '2024-11-11', 'day'],
    ['2024-11 - Ada Quill @ Club', '2024-11', 'month'],
    ['2024-11-00 - Ada Quill @ Club', '2024-11', 'month'],
    ['2024-11-XX - Ada Quill @ Club', '2024-11', 'month'],
    ['2024-??-?? - Ada Quill @ Club', '2024', 'year'],
    ['2024 - Ada Quill @ Club', '2024', 'year'],
    ['199X - Ada Quill @ Club', '199X', 'decade'],
    ['2024-02-30 - Ada Quill @ Club', null, null],
    ['Ada Quill @ Club', null, null],
  ])('%s is dated %s', (title, date, datePrecision) => {
    expect(readTitle(title).item).toMatchObject({ date, datePrecision, artists: ['Ada Quill'] });
  });

  it.each([
    ['2020 - A & B @ X', ['A', 'B'], false],
    ['2020 - Ada b2b Old Keepers @ X', ['Ada', 'Old Keepers'], false],
    ['2020 - Ada vs. Gus @ X', ['Ada', 'Gus'], false],
    ['2020 - Ada pres. Night Project @ X', ['Ada', 'Night Project'], false],
    ['2020 - Ada w/ MC Gus @ X', ['Ada', 'MC Gus'], false],
    ['2020 - Ada (Live PA) & Gus @ X', ['Ada', 'Gus'], true],
    ['2020 - VA @ X', ['VA'], false],
  ])('%s names its artists', (title, artists, isLivePa) => {
    expect(readTitle(title).item).toMatchObject({ artists, isLivePa });
  });

  it('keeps a joint name that the page files as one artist', () => {
    expect(readTitle('2020 - Salt & Ember @ X', { categories: ['2020', 'Salt & Ember'] }).item.artists).toEqual([
      'Salt & Ember',
    ]);
  });

  it.each([
    ['Club, Seaport', null, 'Seaport', null, null],
    ['Club, Seaport, Italy', null, 'Seaport', null, 'Italy'],
    ['Festival, Belgium', null, null, null, 'Belgium'],
    ['Night, Tour & Taxis, Brussels', 'Tour & Taxis', 'Brussels', null, null],
    ['Night, Old Hall, Detroit, MI, USA', 'Old Hall', 'Detroit', 'MI', 'USA'],
    ['Old Hall, Detroit, Michigan, USA', null, 'Detroit', 'Michigan', 'USA'],
    ['Night, Old Hall, New York, USA', 'Old Hall', 'New York', null, 'USA'],
    ['Old Hall, Toronto, ON, Canada', null, 'Toronto', 'ON', 'Canada'],
    ['Night, Old Hall, Sydney, NSW, Australia', 'Old Hall', 'Sydney', 'NSW', 'Australia'],
    ['Club, Victoria', null, 'Victoria', null, null],
    ['Series - Festival x Partner, Seaport', null, 'Seaport', null, null],
    ['Series London', null, null, null, null],
  ])('the place %s is taken apart', (place, venue, city, region, country) => {
    const { item, extra } = readTitle(`2020-01-02 - Ada @ ${place}`);
    expect(item).toMatchObject({ event: place, venue, city, region, country });
    expect(extra).toMatchObject({ titleKind: 'live', placeOrSeries: place });
  });

  it('a venue that the page files under its name is no city', () => {
    expect(readTitle('2020 - Ada @ Night, Old Hall, Italy', { categories: ['Old Hall'] }).item).toMatchObject({
      venue: 'Old Hall',
      city: null,
    });
  });

  it('takes the broadcast off the place, and no room of a club', () => {
    const aired = readTitle('2026-06-26 - Ada @ Meadow Fest, Romania (Night Mix, 2026-06-27)');
    expect(aired.extra).toMatchObject({
      broadcast: 'Night Mix, 2026-06-27',
      placeOrSeries: 'Meadow Fest, Romania (Night Mix, 2026-06-27)',
    });
    expect(aired.item).toMatchObject({ event: 'Meadow Fest, Romania', country: 'Romania' });
    expect(readTitle('2020 - Ada @ Club (Room 1)')).toMatchObject({
      item: { event: 'Club (Room 1)' },
      extra: { broadcast: null },
    });
  });

  it('splits a series at the first dash, or where a known series begins', () => {
    expect(readTitle('2000-09-04 - Ada (Live PA) - Breeze Hour - Headline Set')).toMatchObject({
      item: { artists: ['Ada'], event: 'Breeze Hour - Headline Set', isLivePa: true },
      extra: { titleKind: 'series' },
    });
    expect(readTitle('2000 - Ada - Keeper - Tide Podcast 498', { categories: ['Tide Podcast'] }).item).toMatchObject({
      artists: ['Ada - Keeper'],
      event: 'Tide Podcast 498',
    });
  });
});
