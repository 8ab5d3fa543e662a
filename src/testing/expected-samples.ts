/** The expected files of ../shared/fixtures in the words of the database: what each sample must have become. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StoredRow, StoredSet } from './stored-sets.ts';

const FIXTURES = new URL('../../../shared/fixtures/', import.meta.url);

type Said = Record<string, unknown>;

/** One set that a sample holds. */
export interface ExpectedSet {
  /** For the message of a failure. */
  readonly what: string;
  /** Path of the sample. */
  readonly file: string;
  /** Whether a stored set is this one. */
  readonly is: (set: StoredSet) => boolean;
  readonly set: Partial<StoredSet>;
  readonly rows: Partial<StoredRow>[];
}

/** The reading of a sample, composed (one sample spells a name in decomposed letters). */
export function readExpected(source: string, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${source}/${name}.expected.json`, FIXTURES), 'utf8').normalize('NFC'));
}

export function expectedSets(source: '1001tracklists' | 'mixesdb' | 'setlistfm' | 'applemusic'): ExpectedSet[] {
  if (source === '1001tracklists')
    return [...namesOf(source, 'tracklist-'), ...namesOf(source, 'paste-')].map(tracklist);
  if (source === 'setlistfm') return namesOf(source, '').flatMap(setlists);
  if (source === 'applemusic') return [djMix()];
  return ['boiler-room-notebook-excerpt', 'hawtin-cocorico-2mixes', 'SYNTHETIC-rest-v1-page']
    .flatMap(mixes)
    .concat(bareLists());
}

/** Songs of the catalogue and the charts. */
export function expectedSongs(): { file: string; fields: Said }[] {
  return ['catalog-songs-gb-2024-05', 'charts-us-songs-2017-11-03'].flatMap((name) =>
    (readExpected('applemusic', name) as { songs: Said[] }).songs.map((song) => ({
      file: sample('applemusic', name),
      fields: present({
        id: song.id,
        isrc: song.isrc,
        artist: song.artist,
        album: song.album,
        albumId: song.album_id,
        durationMs: song.duration_ms,
        releaseDate: song.release_date,
        genres: song.genres,
        trackNumber: song.track_number,
        discNumber: song.disc_number,
        composer: song.composer,
        url: song.url,
        displayName: song.name,
      }),
    })),
  );
}

/** Posts with the tracks they name. */
export function expectedPosts(): { id: string; tracks: Said[] }[] {
  const { posts } = readExpected('reddit', 'listentothis-hot') as { posts: { name: string; tracks: Said[] }[] };
  return posts.map(({ name, tracks }) => ({
    id: name,
    tracks: tracks.map(({ artist, title, version = null }) => ({ artist, title, version })),
  }));
}

interface Tracklist {
  readonly externalId?: string;
  readonly title: string;
  readonly artists: string[];
  readonly date: string;
  readonly event?: string;
  readonly url?: string;
  readonly genres?: string[];
  readonly tracks: (Said & { artist: string; title: string; position: number; mashupPartOf?: number })[];
}

function tracklist(name: string): ExpectedSet {
  const said = readExpected('1001tracklists', name) as Tracklist;
  const { title, artists, date, event, url, genres = [] } = said;
  const played = said.tracks.filter(({ mashupPartOf }) => mashupPartOf === undefined);
  return {
    what: name,
    file: sample('1001tracklists', name),
    is: (set) => (said.externalId === undefined ? set.title === title : set.externalId === said.externalId),
    set: {
      title,
      artists,
      date,
      eventDate: date,
      datePrecision: 'day',
      genres,
      ...(event === undefined ? {} : { event }),
      ...(url === undefined ? {} : { url }),
    },
    rows: played.map((track, index) => ({
      position: index + 1,
      number: track.number as string | null,
      cueSeconds: track.cueSeconds as number | null,
      ...printedName(track),
      isId: track.isId as boolean,
      idKind: (track.idKind ?? null) as string | null,
      withPrevious: track.withPrevious as boolean,
      edit: (track.edit ?? null) as string | null,
      info: (track.status ?? null) as string | null,
      recordLabel: (track.label ?? null) as string | null,
      parts: said.tracks.filter(({ mashupPartOf }) => mashupPartOf === track.position).map(printedName),
    })),
  };
}

/** These files keep the version inside the title, and print "ID" where the database has null. Which bracket is a version is the title's matter. */
function printedName({ artist, title }: { artist: string; title: string }) {
  const { name, version } = splitLastBracket(title);
  return { artist: artist === 'ID' ? null : artist, title: name === 'ID' ? null : name, version };
}

const VERSION_WORDS =
  /\b(?:remix|mix|edit|version|rework|dub|bootleg|vip|live|remaster(?:ed)?|flip|mashup|acappella|instrumental|re-?edit|refix)\b/i;

function splitLastBracket(title: string): { name: string; version: string | null } {
  const [, name, version] = /^(.*\S) \(([^()]+)\)$/.exec(title) ?? [];
  return name !== undefined && version !== undefined && VERSION_WORDS.test(version)
    ? { name, version }
    : { name: title, version: null };
}

interface Setlist {
  readonly id: string;
  readonly version_id: string;
  readonly date: string;
  readonly artist: { readonly name: string };
  readonly venue: { readonly name: string };
  readonly city: { readonly name: string; readonly state: string | null; readonly country: string } | null;
  readonly tour: string | null;
  readonly url: string;
  readonly songs: (Said & { name: string | null })[];
}

function setlists(name: string): ExpectedSet[] {
  const { setlists = [] } = readExpected('setlistfm', name) as { setlists?: Setlist[] };
  return setlists.map(({ id, version_id, date, artist, venue, city, tour, url, songs }) => ({
    what: `${name} ${id}`,
    file: sample('setlistfm', name),
    is: (set) => set.externalId === id,
    set: {
      artists: [artist.name],
      date,
      eventDate: date,
      datePrecision: 'day',
      venue: venue.name,
      city: city?.name ?? null,
      region: city?.state ?? null,
      country: city?.country ?? null,
      tour,
      url,
      sourceVersion: version_id,
    },
    rows: songs.map((song) => ({
      position: song.position as number,
      section: song.set_name as string | null,
      artist: artist.name,
      title: song.name,
      version: null,
      isId: song.name === null,
      cueSeconds: null,
      encore: song.encore as number | null,
      cover: song.cover,
      with: song.with,
      tape: song.tape as boolean,
      info: song.info as string | null,
    })),
  }));
}

interface Mix {
  readonly title: string;
  readonly date: string;
  readonly datePrecision: string;
  readonly artists: string[];
  readonly isLivePA: boolean;
  readonly url: string;
  readonly tracks: Said[];
}

function mixes(name: string): ExpectedSet[] {
  const { mixes: list, mix } = readExpected('mixesdb', name) as { mixes?: Mix[]; mix?: Mix };
  return (list ?? (mix === undefined ? [] : [mix])).map(
    ({ title, date, datePrecision, artists, isLivePA, url, tracks }) => ({
      what: `${name} ${title}`,
      file: sample('mixesdb', name),
      is: (set) => set.title === title,
      set: { title, date, datePrecision, artists, isLivePa: isLivePA, url },
      rows: tracks.map(mixRow),
    }),
  );
}

/** Lists without a head: known by their place in the file. */
function bareLists(): ExpectedSet[] {
  const name = 'tracklist-merger-examples';
  const file = sample('mixesdb', name);
  const { examples } = readExpected('mixesdb', name) as { examples: Record<string, Said[] | undefined>[] };
  return examples
    .flatMap(({ original = [], candidate = [], expected_result = [] }) => [original, candidate, expected_result])
    .map((rows, index) => ({
      what: `${name} ${index}`,
      file,
      is: ({ externalId, documentPosition }) => externalId.startsWith('text-') && documentPosition === index,
      set: { date: null, datePrecision: 'unknown', eventDate: '0001-01-01', title: null, artists: [] },
      rows: rows.map(mixRow),
    }));
}

function mixRow(row: Said, index: number): Partial<StoredRow> {
  return {
    position: index + 1,
    section: row.part as string | null,
    cueSeconds: row.cueSeconds as number | null,
    cueGranularity: (row.cueGranularity ?? 'unknown') as string,
    artist: row.artist as string | null,
    title: row.title as string | null,
    version: row.version as string | null,
    isId: row.isUnknown as boolean,
    recordLabel: row.label as string | null,
    catalogNumber: row.catalogNumber as string | null,
  };
}

function djMix(): ExpectedSet {
  const name = 'djmix-1600990821-us-tracks-1-14';
  const { tracks, album_id } = readExpected('applemusic', name) as { tracks: Said[]; album_id: string };
  return {
    what: name,
    file: sample('applemusic', name),
    is: ({ externalId }) => externalId === album_id,
    set: { datePrecision: 'unknown' },
    rows: tracks.map(({ position, artist_credit, is_id }) => ({
      position: position as number,
      artist: artist_credit as string,
      isId: is_id as boolean,
    })),
  };
}

/** Names of the readings of a source that begin with `start`. */
function namesOf(source: string, start: string): string[] {
  return readdirSync(new URL(`${source}/`, FIXTURES))
    .filter((name) => name.startsWith(start) && name.endsWith('.expected.json'))
    .map((name) => name.replace('.expected.json', ''));
}

function sample(source: string, name: string): string {
  const folder = new URL(`${source}/`, FIXTURES);
  const file = readdirSync(folder).find(
    (one) => one.startsWith(`${name}.`) && /\.(?:html|json|txt|csv)$/.test(one) && !one.includes('.expected.'),
  );
  if (file === undefined) throw new Error(`no sample ${source}/${name}`);
  return fileURLToPath(new URL(file, folder));
}

/** Without the nulls and empty lists: claims hold only what was said. */
function present(fields: Said): Said {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
}
