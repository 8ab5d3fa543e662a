/**
 * Titles of music posts: "Artist - Title [genre] (year) trailing".
 * Many other titles hold a dash, so one is read as a track only when something beside the dash says that the post is about music.
 * Which side names the artist cannot be known from the text: it is read as written, but for a quoted left side ("'Title' - Artist").
 */
import { clockToSeconds } from '../../src/core/cue.ts';
import { type PostRow, row } from '../../src/core/items.ts';
import { splitTitle } from '../../src/core/names.ts';
import { fold, normKey } from '../../src/core/text.ts';
import { isVersionText, splitArtistTitle, splitVersion } from '../../src/core/track-name.ts';
import { readUnknown } from '../../src/core/unknown-name.ts';
import { LONGEST_TITLE } from './track-request.ts';

/** What is known of the post beside its title. */
export interface TitleContext {
  subreddit: string | null;
  /** Address the post links to. */
  url: string | null;
}

interface Tail {
  genreTags: string | null;
  year: number | null;
  version: string | null;
  durationSeconds: number | null;
  trailing: string | null;
}

const BRACKET = /\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\)/g;
const BRACKET_FIRST = /^\s*(?<bracket>\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\))/;
const LEADING_TAG = /^\[(?<tag>[^\]]*)\]\s*(?=\S)/;
/** "2016", "c. 1972", "2016 / 2017", "2001, reissued 2016": the first one is when it was made. */
const YEAR = /^(?:c(?:irc)?a?\.?\s*)?(?<year>(?:19|20)\d\d)(?:\s*[,/;–-]\s*\S.*)?$/i;
const BARE_YEAR = /^\s*(?<year>(?:19|20)\d\d)\s*$/;
const COVER = /^(?<name>.+?)\s+cover$/i;
const QUOTED = /^(?:"(?<a>[^"]+)"|“(?<b>[^”]+)”|'(?<c>.+)'|‘(?<d>.+)’)$/;

const TALK =
  /\b(?:discussion|question|request|help|news|meta|wanted|looking for|track ?id|id\?|album|mixtape|ep\b|tour\b|concert)/i;
/** Words of a conversation about music, in titles that name no genre. */
const CONVERSATION =
  /\b(?:discussion thread|megathread|daily thread|AMA|tour dates|has died|passed away|announces?d?|your favou?rite)\b|^(?:what(?:['’]?s| is| are)|who(?:['’]?s| is| are)|(?:my|our) (?:new|first|latest))\b/i;
/** What a post says of its own link. */
const LINK_REMARK =
  /\s*(?:[([]\s*(?:the )?(?:official|original|full)?\s*(?:music |lyrics? |hd |hq )?(?:video|audio|visuali[sz]er|stream)(?: (?:clip|hd|hq|version))?\s*[)\]]|\s[-–—|]\s(?:the )?official (?:(?:music|lyrics?) )?(?:video|audio|visuali[sz]er))\s*$/i;
const ASKS =
  /^(?:what|who|which|where|when|why|how|does|do|is|are|can|could|anyone|any|help|looking for|need|name of)\b.*\?/i;
/** A recording of a whole night is no track. */
const WHOLE_SET =
  /\b(?:live|dj|guest|essential|promo|festival)[\s-]?(?:set|mix)\b|\b(?:podcast|radio ?show|liveset|tracklist)\b|^(?:live|set|mix)$/i;

const MUSIC_SUBREDDIT = new RegExp(
  [
    'music|listento|techno|hip-?hop|dubstep|shoegaze|hardstyle|synthwave|synthpop|electronica|drumandbass|vinyl',
    '(?:metal|metalcore|bands?|songs?|heads|trance|rave|jazz|remix|mixes|tracks|tracklists|mashups?|djs?)$',
    '^(?:deep|tech|acid|prog|progressive|lofi|future|bass|afro|micro|uk)?house$',
    '^(?:edm|dnb|dub|rap|punk|funk|disco|ambient|idm|kpop|k_pop|indie_?rock|postrock|indie|folk|soul|blues|emo|grime|ukgarage|future_?beats|breakbeat)$',
  ].join('|'),
  'i',
);
const MUSIC_HOST =
  /(?:^|\.)(?:soundcloud|bandcamp|spotify|mixcloud|beatport|audiomack|tidal|deezer)\.com$|^(?:music|itunes)\.apple\.com$/i;
const GENRE_WORD =
  /\b(?:rock|metal\w*|pop|house|techno|trance|hip-?\s?hop|rap|folk|jazz|blues|soul|funk|disco|electro\w*|ambient|punk|indie|r\s?(?:&|n)\s?b|edm|d\s?(?:&|n)\s?b|drum\s(?:and|&|n)\sbass|dub\w*|synth\w*|lo-?fi|acoustic|classical|country|reggae|ska|emo|grunge|psych\w*|shoegaze|hardcore|garage|grime|trip-?hop|experimental|instrumental|singer|alternative|beats)\b/i;

/** The track a post's title names, as row 1; null when the title is none or the post is not surely about music. */
export function rowFromTitle(title: string, context: TitleContext): PostRow | null {
  const { tag, text } = takeLeadingTag(fold(title) ?? '');
  if (text === '' || text.length > LONGEST_TITLE || TALK.test(tag ?? '') || ASKS.test(text)) return null;
  const split = splitTitleText(text);
  if (!split || /\[[^\]]*$|\([^)]*$/.test(split.artist)) return null;
  const { head, tail } = cutTail(split.rest);
  if (tail.genreTags === null && CONVERSATION.test(text)) return null;
  const { name, ...rest } = readHead(head);
  if (name === '' || WHOLE_SET.test(name)) return null;
  if (!isAboutMusic(split.artist, tail, rest, context)) return null;
  const { artist, title: trackTitle } = order(split.artist, name);
  return {
    ...row(1, {
      ...readUnknown({ artist, title: trackTitle, version: rest.version ?? tail.version }),
      with: rest.guests === null ? null : { name: rest.guests, mbid: null },
      cover: rest.cover === null ? null : { name: rest.cover, mbid: null },
      durationSeconds: tail.durationSeconds,
      info: tag,
    }),
    genreTags: tail.genreTags,
    year: tail.year,
    trailing: fold([rest.context, tail.trailing].join(' ')),
  };
}

/** At the first dash between spaces; a dash glued to one side ("Artist- Title [genre]") counts only where a genre stands behind it. */
function splitTitleText(text: string): { artist: string; rest: string } | null {
  const split = splitArtistTitle(text.replace(/\s-{2,3}\s/, ' - '));
  const glued =
    split === null ? /^(?<artist>[^[(]*?[^\s[(])(?:\s[-–—]+|[-–—]+\s)(?<rest>\S.*)$/su.exec(text)?.groups : undefined;
  if (glued?.artist === undefined || glued.rest === undefined) return split;
  const { genreTags } = cutTail(glued.rest).tail;
  return genreTags !== null && GENRE_WORD.test(genreTags) ? { artist: glued.artist, rest: glued.rest } : null;
}

/** "[FRESH] Artist - Title": what a forum puts in front. */
function takeLeadingTag(title: string): { tag: string | null; text: string } {
  const match = LEADING_TAG.exec(title);
  return { tag: match?.groups?.tag?.trim() || null, text: match ? title.slice(match[0].length) : title };
}

/** Cuts where genre or year begin; version, cover and guest brackets still belong to the title. */
function cutTail(rest: string): { head: string; tail: Tail } {
  for (const { 0: bracket, index } of rest.matchAll(BRACKET)) {
    const inside = bracket.slice(1, -1).trim();
    const opensTail = bracket.startsWith('[') ? !belongsToTitle(inside) : YEAR.test(inside);
    if (opensTail) return { head: withoutDash(rest.slice(0, index)), tail: readTail(rest.slice(index)) };
  }
  return { head: withoutDash(rest), tail: readTail('') };
}

/** "Artist - Title - [genre]": the dash in front of the bracket says nothing. */
function withoutDash(text: string): string {
  return text.replace(/(?<=\S)\s+[-–—|]+\s*$/, '').trim();
}

/** "[folk|live]" lists genres; "[Live Acoustic]" and "[Halden Remix]" name what was played. */
function belongsToTitle(inside: string): boolean {
  if (/[,/|;]/.test(inside)) return false;
  const onlyGenre = /^(?:dub|instrumental|acoustic|club|original|vocal|demo)$/i.test(inside);
  return (
    (isVersionText(inside) && !onlyGenre) ||
    COVER.test(inside) ||
    /^(?:feat|ft)\b/i.test(inside) ||
    /^live\b/i.test(inside)
  );
}

function readTail(text: string): Tail {
  const tail: Tail = { genreTags: null, year: null, version: null, durationSeconds: null, trailing: null };
  let rest = text;
  for (let match = BRACKET_FIRST.exec(rest); match; match = BRACKET_FIRST.exec(rest)) {
    if (!takeTailBracket(match.groups?.bracket ?? '', tail)) break;
    rest = rest.slice(match[0].length);
  }
  const year = tail.year === null ? BARE_YEAR.exec(rest)?.groups?.year : undefined;
  if (year !== undefined) tail.year = Number(year);
  tail.trailing = fold(year === undefined ? rest : '');
  return tail;
}

/** Puts one bracket behind the title where it belongs; false when it is only talk. */
function takeTailBracket(bracket: string, tail: Tail): boolean {
  const inside = bracket.slice(1, -1).trim();
  const square = bracket.startsWith('[');
  const year = tail.year === null ? YEAR.exec(inside)?.groups?.year : undefined;
  if (year !== undefined) tail.year = Number(year);
  else if (square && tail.durationSeconds === null && clockToSeconds(inside) !== null)
    tail.durationSeconds = clockToSeconds(inside);
  else if (tail.version === null && (square ? belongsToTitle(inside) : isVersionText(inside))) tail.version = inside;
  else if (square && tail.genreTags === null && /\p{L}/u.test(inside) && !LINK_REMARK.test(bracket))
    tail.genreTags = inside;
  else return false;
  return true;
}

interface Head {
  name: string;
  version: string | null;
  guests: string | null;
  cover: string | null;
  /** "@ Radio Show": where it was played, not what. */
  context: string | null;
}

function readHead(said: string): Head {
  const remark = LINK_REMARK.exec(said);
  const head = remark === null ? said : said.slice(0, remark.index);
  const at = head.search(/\s@\s/);
  const withCover = at < 0 ? head : head.slice(0, at);
  const cover = /^(?<head>.*\S)\s*[([](?<inside>[^()[\]]+)[)\]]$/s.exec(withCover)?.groups;
  const covered = COVER.exec(cover?.inside ?? '')?.groups?.name ?? null;
  const { title, featured } = splitTitle(covered !== null && cover?.head ? cover.head : withCover);
  const split = splitVersion(title);
  // "Title [Live Acoustic]": a bracket the version words alone do not settle, but belongsToTitle did.
  const square =
    split.version === null ? /^(?<head>.*\S)\s*\[(?<inside>[^\]]+)\]$/s.exec(split.title)?.groups : undefined;
  const name = square?.head ?? split.title;
  return {
    name: unquote(name),
    version: split.version ?? square?.inside ?? null,
    guests: featured.length === 0 ? null : featured.join(' & '),
    cover: covered,
    context: fold([at < 0 ? '' : head.slice(at), remark?.[0] ?? ''].join(' ')),
  };
}

function isAboutMusic(artist: string, tail: Tail, head: Omit<Head, 'name'>, { subreddit, url }: TitleContext): boolean {
  if (tail.genreTags !== null && (tail.year !== null || GENRE_WORD.test(tail.genreTags))) return true;
  if (
    head.guests !== null ||
    head.cover !== null ||
    /remix|\brmx|bootleg|\bVIP\b/i.test(head.version ?? tail.version ?? '')
  )
    return true;
  if (isMusicSubreddit(subreddit) || (subreddit !== null && compact(subreddit) === compact(artist))) return true;
  return url !== null && URL.canParse(url) && MUSIC_HOST.test(new URL(url).hostname);
}

export function isMusicSubreddit(name: string | null): boolean {
  return name !== null && MUSIC_SUBREDDIT.test(name);
}

function order(left: string, right: string): { artist: string; title: string } {
  const quoted = unquote(left);
  return quoted === left ? { artist: left, title: right } : { artist: right, title: quoted };
}

function unquote(text: string): string {
  const { a, b, c, d } = QUOTED.exec(text)?.groups ?? {};
  return (a ?? b ?? c ?? d ?? text).trim();
}

function compact(name: string): string {
  return normKey(name).replaceAll(' ', '');
}
