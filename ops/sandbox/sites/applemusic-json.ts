/** Resources of the Apple Music catalogue and results of the iTunes look-up. */
import type { Album, Song } from './applemusic-catalogue.ts';

const SHOP = 'https://music.apple.com';

export function songJson(song: Song, storefront: string): unknown {
  const href = `/v1/catalog/${storefront}/songs/${song.id}`;
  return {
    id: song.id,
    type: 'songs',
    href,
    attributes: {
      albumName: song.album.title,
      artistName: song.artist,
      artwork: artwork(song.album.id),
      audioLocale: 'en-US',
      audioTraits: ['lossless', 'lossy-stereo'],
      discNumber: 1,
      durationInMillis: song.durationMs,
      genreNames: [song.genre, 'Music'],
      hasCredits: false,
      hasLyrics: false,
      hasTimeSyncedLyrics: false,
      isAppleDigitalMaster: false,
      isMasteredForItunes: false,
      isVocalAttenuationAllowed: true,
      ...(song.isrc === null ? {} : { isrc: song.isrc }),
      name: song.name,
      playParams: { id: song.id, kind: 'song' },
      previews: [{ url: `https://audio-ssl.itunes.apple.com/itunes-assets/AudioPreview/${song.id}.m4a` }],
      releaseDate: song.releaseDate,
      trackNumber: song.trackNumber,
      url: `${SHOP}/${storefront}/album/${song.album.slug}/${song.album.id}?i=${song.id}`,
    },
    relationships: {
      artists: {
        href: `${href}/artists`,
        data: song.artistIds.map((id) => ({ id, type: 'artists', href: `/v1/catalog/${storefront}/artists/${id}` })),
      },
    },
  };
}

export function albumJson(album: Album, songs: readonly Song[], storefront: string): unknown {
  const href = `/v1/catalog/${storefront}/albums/${album.id}`;
  return {
    id: album.id,
    type: 'albums',
    href,
    attributes: {
      artistName: album.artist,
      artwork: artwork(album.id),
      copyright: `℗ ${album.releaseDate.slice(0, 4)} ${album.recordLabel}`,
      genreNames: [album.genre, 'Music'],
      isCompilation: album.isCompilation,
      isComplete: true,
      isSingle: / - Single$/.test(album.title),
      name: album.title,
      playParams: { id: album.id, kind: 'album' },
      recordLabel: album.recordLabel,
      releaseDate: album.releaseDate,
      trackCount: songs.length,
      url: `${SHOP}/${storefront}/album/${album.slug}/${album.id}`,
    },
    relationships: { tracks: { href: `${href}/tracks`, data: songs.map((song) => songJson(song, storefront)) } },
  };
}

/** The collection and its tracks, as `/lookup?id=…&entity=song` gives them. */
export function collectionJson(album: Album, songs: readonly Song[], country: string): unknown {
  return {
    wrapperType: 'collection',
    collectionType: 'Album',
    artistId: Number(songs[0]?.artistIds[0] ?? 0),
    collectionId: Number(album.id),
    artistName: album.artist,
    collectionName: album.title,
    collectionCensoredName: album.title,
    collectionViewUrl: `${SHOP}/${country}/album/${album.slug}/${album.id}?uo=4`,
    collectionExplicitness: 'notExplicit',
    trackCount: songs.length,
    copyright: `℗ ${album.releaseDate.slice(0, 4)} ${album.recordLabel}`,
    country: country === 'gb' ? 'GBR' : 'USA',
    releaseDate: `${album.releaseDate}T07:00:00Z`,
    primaryGenreName: album.genre,
  };
}

export function lookupTrackJson(song: Song, country: string): unknown {
  return {
    wrapperType: 'track',
    kind: 'song',
    artistId: Number(song.artistIds[0] ?? 0),
    collectionId: Number(song.album.id),
    trackId: Number(song.id),
    artistName: song.artist,
    collectionName: song.album.title,
    trackName: song.name,
    collectionCensoredName: song.album.title,
    trackCensoredName: song.name,
    trackViewUrl: `${SHOP}/${country}/album/${song.album.slug}/${song.album.id}?i=${song.id}&uo=4`,
    previewUrl: `https://audio-ssl.itunes.apple.com/itunes-assets/AudioPreview/${song.id}.m4a`,
    releaseDate: `${song.releaseDate}T12:00:00Z`,
    trackExplicitness: 'notExplicit',
    discCount: 1,
    discNumber: 1,
    trackCount: song.trackNumber,
    trackNumber: song.trackNumber,
    trackTimeMillis: song.durationMs,
    country: country === 'gb' ? 'GBR' : 'USA',
    currency: country === 'gb' ? 'GBP' : 'USD',
    primaryGenreName: song.genre,
    isStreamable: true,
  };
}

function artwork(id: string): unknown {
  return {
    bgColor: '101010',
    height: 3000,
    textColor1: 'ffffff',
    textColor2: 'cfcfcf',
    textColor3: 'cfcfcf',
    textColor4: 'a9a9a9',
    url: `https://is1-ssl.mzstatic.com/image/thumb/Music/${id}/{w}x{h}bb.jpg`,
    width: 3000,
  };
}
