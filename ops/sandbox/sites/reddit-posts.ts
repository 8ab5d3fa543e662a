/** The posts of the local Reddit: tracklists of sets, single tracks, questions, deleted ones. */
import { dayAfter, hasHappened, type Today } from '../calendar.ts';
import { placeName, setsOn, trueDate } from '../places.ts';
import { BASE36 } from '../rng.ts';
import { credit, type Habits, line, shownRows } from '../shown.ts';
import type { ShownRow } from '../shown-row.ts';
import { siteRng } from '../site-rng.ts';
import type { DjSet, Track, World } from '../world/types.ts';
import { known, namesOf } from '../world.ts';
import { clock } from './site.ts';

const SOURCE = 'reddit';
const SET_SUBREDDITS = [
  'House',
  'Techno',
  'trance',
  'DnB',
  'electronicmusic',
  'tracklists',
  'DJs',
  'Beatmatch',
] as const;
const TRACK_SUBREDDIT = 'listentothis';

export interface Post {
  /** Without "t3_". */
  readonly id: string;
  readonly subreddit: string;
  readonly author: string;
  readonly title: string;
  /** Markdown; "" for a link. */
  readonly selftext: string;
  /** Address it links to; null for a text post. */
  readonly link: string | null;
  /** Seconds since 1970. */
  readonly createdUtc: number;
  readonly removedByCategory: 'deleted' | null;
  /** Day on which its author deletes it, "2024-09-30"; null for one that stays. Only a sandbox with a clock gets there. */
  readonly deletedOn: string | null;
  /** The set it lists, when it lists one. */
  readonly setId: string | null;
}

/** All posts, newest first. */
export function makePosts(world: World): Post[] {
  const tracks = [...world.tracks.values()];
  const posts = [
    ...setsOn(world, SOURCE).map((set) => setPost(world, set)),
    ...Array.from({ length: Math.ceil(world.size / 3) }, (_, index) => trackPost(world, tracks, index)),
    ...Array.from({ length: Math.ceil(world.size / 20) }, (_, index) => deletedPost(world, index)),
  ];
  return posts.sort((a, b) => b.createdUtc - a.createdUtc || (a.id < b.id ? -1 : 1));
}

/** The posts of a day: those that have been written, and of deleted ones what is left. */
export function postsOn(posts: readonly Post[], today: Today): readonly Post[] {
  if (today === null) return posts;
  return posts
    .filter(({ createdUtc }) => hasHappened(dayAfter(createdUtc, 0), today))
    .map((post) => (post.deletedOn !== null && hasHappened(post.deletedOn, today) ? remains(post) : post));
}

function remains({ id, subreddit, createdUtc, setId, deletedOn }: Post): Post {
  return { ...DELETED, id, subreddit, createdUtc, setId, deletedOn };
}

const DELETED = {
  author: '[deleted]',
  title: '[deleted by user]',
  selftext: '[removed]',
  link: null,
  removedByCategory: 'deleted',
} as const;

/** One post in twenty is deleted, days or months later. */
function deletionOf(world: World, thing: string, createdUtc: number): string | null {
  const rng = siteRng(world, SOURCE, `deletion/${thing}`);
  return rng.chance(0.05) ? dayAfter(createdUtc, rng.int(2, 200)) : null;
}

/** The rows of a set as its post lists them. */
export function rowsOf(world: World, set: DjSet): ShownRow[] {
  const { hasCues, hasLabels } = styleOf(world, set);
  const habits: Habits = {
    guestWord: siteRng(world, SOURCE, `guests/${set.id}`).chance(0.7) ? 'feat.' : null,
    recognised: 0.92,
    // Nobody types a time for what was played over the track before.
    cue: (row, _share, rng) => (hasCues && !row.withPrevious ? Math.max(0, row.cueSeconds + rng.int(-4, 4)) : null),
    granularity: 'second',
    unknownVersion: 'ID Remix',
    label: (track) =>
      hasLabels ? { recordLabel: known(world.labels, track.labelId).name, catalogNumber: null } : null,
    marks: true,
  };
  return shownRows(world, SOURCE, set, habits).map((row) => ({ ...row, edit: null, parts: [] }));
}

export function postId(world: World, thing: string): string {
  return `1${siteRng(world, SOURCE, `id/${thing}`).text(BASE36, 6)}`;
}

function setPost(world: World, set: DjSet): Post {
  const rng = siteRng(world, SOURCE, `post/${set.id}`);
  const [subreddit, author] = [rng.pick(SET_SUBREDDITS), authorName(rng.int(1, 900))];
  // Posted in the days after, whatever year the title says.
  const createdUtc = Date.parse(`${trueDate(world, set) ?? set.date}T09:00:00Z`) / 1000 + rng.int(1, 9) * 86_400;
  return {
    id: postId(world, set.id),
    subreddit,
    author,
    title: `${namesOf(world.artists, set.djIds)} @ ${placeName(world, set)} [${set.date}]`,
    get selftext() {
      return body(world, set);
    },
    link: null,
    createdUtc,
    deletedOn: deletionOf(world, set.id, createdUtc),
    removedByCategory: null,
    setId: set.id,
  };
}

interface Style {
  readonly hasCues: boolean;
  readonly hasLabels: boolean;
  readonly brackets: boolean;
  readonly separator: string;
}

function styleOf(world: World, set: DjSet): Style {
  const rng = siteRng(world, SOURCE, `style/${set.id}`);
  return {
    hasCues: rng.chance(0.6),
    hasLabels: rng.chance(0.4),
    brackets: rng.chance(0.4),
    separator: rng.chance(0.5) ? '\n\n' : '  \n',
  };
}

/** Timed lines, or numbered ones. */
function body(world: World, set: DjSet): string {
  const { hasCues, brackets, separator } = styleOf(world, set);
  let number = 0;
  const lines = rowsOf(world, set).map((row) => {
    const name = `${line(row, 'ID', 'ID - ID')}${row.recordLabel === null ? '' : ` [${row.recordLabel}]`}`;
    if (row.withPrevious) return `w/ ${name}`;
    number += 1;
    if (!hasCues || row.cueSeconds === null) return `${number}. ${name}`;
    const time = clock(row.cueSeconds).padStart(5, '0');
    return `${brackets ? `[${time}]` : time} ${name}`;
  });
  return `One of the best sets I heard this year, full recording is up.\n\n**Tracklist:**\n\n${lines.join(separator)}\n\nHelp with the missing IDs is welcome!`;
}

/** "Artist - Title [genre] (year)", as the rules of that subreddit want it. */
function trackPost(world: World, tracks: readonly Track[], index: number): Post {
  const rng = siteRng(world, SOURCE, `track/${index}`);
  const track = rng.pick(tracks);
  const { artist, title, version } = credit(world, track, 'feat.');
  const year = track.releaseDate.slice(0, 4);
  const author = authorName(rng.int(1, 900));
  const link = `https://www.youtube.com/watch?v=${rng.text(BASE36, 11)}`;
  const createdUtc = Date.parse('2025-01-01T00:00:00Z') / 1000 + rng.int(0, 330 * 86_400);
  return {
    id: postId(world, `track-post-${index}`),
    subreddit: TRACK_SUBREDDIT,
    author,
    title: `${artist} - ${title}${version === null ? '' : ` (${version})`} [${track.genre}] (${year})`,
    selftext: '',
    link,
    createdUtc,
    deletedOn: deletionOf(world, `track/${index}`, createdUtc),
    removedByCategory: null,
    setId: null,
  };
}

function deletedPost(world: World, index: number): Post {
  const rng = siteRng(world, SOURCE, `deleted/${index}`);
  return {
    ...DELETED,
    id: postId(world, `deleted-post-${index}`),
    subreddit: rng.pick(SET_SUBREDDITS),
    createdUtc: Date.parse('2025-06-01T00:00:00Z') / 1000 + rng.int(0, 100 * 86_400),
    deletedOn: null,
    setId: null,
  };
}

function authorName(number: number): string {
  return `sandbox_user_${number}`;
}
