import { expect, it } from 'vitest';
import { mediaOf } from './media.ts';

it.each([
  ['https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/123', 'soundcloud', 'tracks/123'],
  ['https://www.mixcloud.com/widget/iframe/?feed=%2Fharbour%2Fnight%2F', 'mixcloud', 'harbour/night'],
  ['https://soundcloud.com/player/night-tide', 'soundcloud', 'player/night-tide'],
  ['https://www.youtube.com/embed/abc', 'youtube', 'abc'],
  ['https://example.org/a.mp3', 'example.org', 'https://example.org/a.mp3'],
])('%s is a recording at %s', (url, service, id) => {
  expect(mediaOf([url])).toEqual([{ service, id, durationSeconds: null }]);
});

it('what is no address is no recording', () => {
  expect(mediaOf(['nope', 'https://'])).toEqual([]);
});
