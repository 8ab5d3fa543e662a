import { describe, expect, it } from 'vitest';
import { splitNames, takeGuests } from './guests.ts';

describe('takeGuests', () => {
  it.each([
    ['Low Tide (feat. Odd Lanterns)', 'Low Tide', 'Odd Lanterns'],
    ['Low Tide [ft Odd Lanterns & Halden] (Live)', 'Low Tide (Live)', 'Odd Lanterns & Halden'],
    ['Low Tide (Feat. Tyler, The Creator)', 'Low Tide', 'Tyler, The Creator'],
    ['Low Tide (Featherweight)', 'Low Tide (Featherweight)', null],
    ['(feat. Nobody)', '(feat. Nobody)', null],
  ])('%j', (text, title, guests) => {
    expect(takeGuests(text)).toEqual({ title, guests });
  });
});

describe('splitNames', () => {
  it.each([
    ['Mara Quill', ['Mara Quill']],
    ['Mara Quill, Halden & Odd Lanterns', ['Mara Quill', 'Halden', 'Odd Lanterns']],
    ['Tyler, The Creator & Halden', ['Tyler, The Creator', 'Halden']],
    ['', []],
  ])('%j', (text, names) => {
    expect(splitNames(text)).toEqual(names);
  });
});
