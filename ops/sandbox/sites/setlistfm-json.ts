/** Objects of the REST interface 1.0 of setlist.fm. */
import { HEX } from '../rng.ts';
import { siteRng } from '../site-rng.ts';
import { slug } from '../world/names.ts';
import type { Song, World } from '../world/types.ts';
import { known } from '../world.ts';
import { type Event, songName } from './setlistfm-events.ts';

const SITE = 'https://www.setlist.fm';

export function setlistJson(world: World, event: Event): unknown {
  const artist = known(world.artists, event.artistId);
  const venue = known(world.venues, event.venueId);
  const year = event.date.slice(0, 4);
  return {
    id: event.id,
    versionId: event.versionId,
    eventDate: event.date.split('-').toReversed().join('-'),
    lastUpdated: `${event.date}T20:17:05.000+0000`,
    artist: artistJson(world, event.artistId),
    venue: venueJson(world, event.venueId),
    ...(event.tour === null ? {} : { tour: { name: event.tour } }),
    sets: { set: setsJson(world, event.songs) },
    ...(event.info === null ? {} : { info: event.info }),
    url: `${SITE}/setlist/${artist.slug}/${year}/${slug(`${venue.name} ${venue.city.name}`)}-${event.id}.html`,
  };
}

export function artistJson(world: World, artistId: string): { mbid: string; name: string } & Record<string, unknown> {
  const { mbid, name, slug: path } = known(world.artists, artistId);
  return {
    mbid,
    name,
    sortName: name.replace(/^The (.+)$/, '$1, The'),
    disambiguation: '',
    url: `${SITE}/setlists/${path}-${idOf(world, artistId)}.html`,
  };
}

export function venueJson(world: World, id: string): unknown {
  const { name, city } = known(world.venues, id);
  return {
    id: venueId(world, id),
    name,
    city: {
      id: city.id,
      name: city.name,
      state: city.state,
      stateCode: city.stateCode,
      coords: { lat: city.lat, long: city.long },
      country: { code: city.code, name: city.country },
    },
    url: `${SITE}/venue/${slug(`${name} ${city.name} ${city.country}`)}-${venueId(world, id)}.html`,
  };
}

/** The site's own id of a venue of the world. */
export function venueId(world: World, id: string): string {
  return idOf(world, id);
}

/** The main set, then one set for each encore. */
function setsJson(world: World, songs: readonly Song[]): unknown[] {
  const encores = [...new Set(songs.map((song) => song.encore))];
  return encores.map((encore) => ({
    ...(encore === null ? {} : { encore }),
    song: songs.filter((song) => song.encore === encore).map((song) => songJson(world, song)),
  }));
}

function songJson(world: World, song: Song): unknown {
  return {
    name: songName(world, song),
    ...(song.withArtistId === null ? {} : { with: artistJson(world, song.withArtistId) }),
    ...(song.coverOfId === null ? {} : { cover: artistJson(world, song.coverOfId) }),
    ...(song.info === null ? {} : { info: song.info }),
    ...(song.tape ? { tape: true } : {}),
  };
}

function idOf(world: World, thing: string): string {
  return `3${siteRng(world, 'setlistfm', `id/${thing}`).text(HEX, 7)}`;
}
