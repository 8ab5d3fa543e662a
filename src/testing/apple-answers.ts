/** Answers of Apple's catalogue made for one test each; whole ones are in the source's fixtures. */

/** An album of the shop of gb, as the interface gives it. */
export function albumAnswer(attributes: object, data: unknown[], next?: string): string {
  const named = { name: 'Night', artistName: 'Halden', ...attributes };
  const href = '/v1/catalog/gb/albums/900000300';
  return JSON.stringify({
    data: [{ id: '900000300', type: 'albums', href, attributes: named, relationships: { tracks: { data, next } } }],
  });
}

/** A song of an album, a minute long. */
export function songResource(id: string, name: string, trackNumber = 1, discNumber = 1) {
  return {
    id,
    type: 'songs',
    attributes: { name, artistName: 'Ada', durationInMillis: 60_000, trackNumber, discNumber },
  };
}
