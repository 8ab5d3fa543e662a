/** Builds a set out of what a page says, and names each thing that the page does not say, with the places that were looked at. */
import { type DatePrecision, type Row, type SetlistItem, setlist } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { normKey } from '../../src/core/text.ts';
import { setSlug } from './addresses.ts';
import type { Video } from './structured.ts';
import { LONGEST_TITLE, readTitle } from './title.ts';

export interface Said {
  readonly video: Video;
  readonly title: string | null;
  readonly url: string | null;
  readonly rows: Row[];
  readonly rowsFrom: string | null;
  readonly sources: SetlistItem['sources'];
  /** Addresses of players on the page, beside those of structured data. */
  readonly players: string[];
}

/** The set, and a `missing-field` for each field that could not be found. */
export function buildSet({ video, title, url, rows, rowsFrom, sources, players }: Said): {
  item: SetlistItem;
  problems: Problem[];
} {
  const media = readMedia([...video.recordings, ...players], video.durationSeconds);
  const slug = url === null ? null : setSlug(url);
  const named = title === null ? null : readTitle(title, slug);
  const date = readDate(video.recordedAt) ?? readDate(named?.year ?? yearOf(slug));
  const item = setlist('watchthedj', slug ?? `unnamed:${keyOf(title ?? firstOf(rows))}`, {
    url,
    title,
    artists: video.artists.length > 0 ? video.artists : (named?.artists ?? []),
    date: date?.date ?? null,
    datePrecision: date?.datePrecision ?? null,
    event: named?.event ?? null,
    venue: video.venue,
    city: video.city,
    region: video.region,
    country: video.country,
    sources,
    genres: [...new Set(video.genres)],
    media,
    durationSeconds: video.durationSeconds,
    tracks: rows,
    extra: { publishedAt: video.uploadedAt, foundIn: video.foundIn, tracksFoundIn: rowsFrom },
  });
  return { item, problems: missingFields(item) };
}

/** Addresses are made of titles, and keep the year that a page may leave out: "<dj>-live-at-<event>-2024-<stage>". */
function yearOf(slug: string | null): string | null {
  const [, event] = slug?.split('-live-') ?? [];
  return [...(event ?? '').matchAll(/(?<=-)(?:19|20)\d{2}(?=-|$)/g)].at(-1)?.[0] ?? null;
}

function keyOf(name: string): string {
  return normKey(name.slice(0, LONGEST_TITLE)).replaceAll(' ', '-');
}

/** The first track with a name: what tells one list without a title from another. */
function firstOf(rows: readonly Row[]): string {
  const { artist, title } = rows.find((row) => row.artist !== null || row.title !== null) ?? {};
  return [artist, title].filter(Boolean).join(' ');
}

/** "2024", "2024-05", "2024-05-01T…": as precise as it is given. */
function readDate(text: string | null): { date: string; datePrecision: DatePrecision } | null {
  const [, year, month, day] =
    /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T|\s|$)/.exec(text ?? '') ?? [];
  if (year === undefined) return null;
  if (month === undefined) return { date: year, datePrecision: 'year' };
  if (day === undefined) return { date: `${year}-${month}`, datePrecision: 'month' };
  return { date: `${year}-${month}-${day}`, datePrecision: 'day' };
}

const PLAYERS: readonly (readonly [RegExp, string])[] = [
  [/(?:youtube(?:-nocookie)?\.com\/(?:embed\/|watch\?(?:\S{0,200}&)?v=|v\/|live\/)|youtu\.be\/)([\w-]{11})/, 'youtube'],
  [/i\d?\.ytimg\.com\/vi(?:_webp)?\/([\w-]{11})\//, 'youtube'],
  [/vimeo\.com\/(?:video\/)?(\d{5,12})/, 'vimeo'],
  [/soundcloud\.com(?:\/|%2F)tracks(?:\/|%2F)(\d{5,12})/i, 'soundcloud'],
  [
    /mixcloud\.com\/widget\/iframe\/\?(?:\S{0,200}&)?feed=(?:https?(?::|%3A)(?:\/|%2F){2}www\.mixcloud\.com)?((?:\/|%2F)[^&\s]{1,300})/i,
    'mixcloud',
  ],
];

function readMedia(addresses: readonly string[], durationSeconds: number | null): SetlistItem['media'] {
  const media = new Map<string, SetlistItem['media'][number]>();
  for (const address of addresses) {
    for (const [pattern, service] of PLAYERS) {
      const id = pattern.exec(address)?.[1]?.replace(/%2F/gi, '/');
      if (id !== undefined && !media.has(`${service} ${id}`))
        media.set(`${service} ${id}`, { service, id, durationSeconds: media.size === 0 ? durationSeconds : null });
    }
  }
  return [...media.values()];
}

function missingFields(item: SetlistItem): Problem[] {
  const data = 'JSON-LD VideoObject, microdata VideoObject, Open Graph';
  const looked: readonly (readonly [boolean, string, string])[] = [
    [
      item.externalId.startsWith('unnamed:'),
      'id',
      'link[rel=canonical], og:url, VideoObject.url, the address asked: none is /djvideos/<slug>',
    ],
    [item.title === null, 'title', `${data}, h1, title`],
    [
      item.artists.length === 0,
      'artists',
      'VideoObject and Event actor|performer|byArtist|musicBy, title "<dj> live at <event> <year>"',
    ],
    [item.event === null, 'event', 'title "<dj> live at <event> <year>"'],
    [
      item.date === null,
      'date',
      'VideoObject.recordedAt|dateCreated, Event.startDate, a year in title or address (the upload date is not the date of the set)',
    ],
    [item.media.length === 0, 'recording', `embedUrl and contentUrl of ${data}; iframe and video elements`],
    [item.durationSeconds === null, 'length', `duration of ${data}`],
    [
      item.tracks.length === 0,
      'tracks',
      'VideoObject.hasPart, MusicRecording, lists, tables, description: nothing looks like a tracklist',
    ],
    [
      item.tracks.length > 0 && item.tracks.every(({ cueSeconds }) => cueSeconds === null),
      'cues',
      'chapters, times in the list',
    ],
  ];
  return looked.flatMap(([missing, field, where]) =>
    missing ? [{ code: 'missing-field', message: `the page does not say the set's ${field}`, where }] : [],
  );
}
