/** A page of the wiki by its wikitext: a mix, a redirect, a page that tells like names apart, or none of these. */
import { type MixPage, readMixPage } from './mix-page.ts';
import { notReadYet, problem, type Reading, refused } from './reading.ts';
import { keyOfTitle, pageRequest, wikiRequest } from './spider.ts';
import { readTitle } from './title.ts';
import { isReadable } from './tracklist.ts';
import { linksOf, redirectOf } from './wikitext.ts';

/** Pages that are not about a mix. */
const NAMESPACE = /^(Category|File|Image|Help|User|Talk|[A-Za-z]+ talk|Template|MediaWiki|MixesDB|Special|Module)\s*:/i;
/** The wiki allows 255 bytes. */
const LONGEST_TITLE = 300;
/** The wiki's own limit is 2 MiB. */
const LONGEST_WIKITEXT = 2_200_000;

/** Reads the page, whoever gave its wikitext. */
export function readWikiPage(page: MixPage): Reading {
  const namespace = NAMESPACE.exec(page.title)?.[1];
  if (namespace !== undefined) return notReadYet(`${namespace.toLowerCase()} page`);
  if (page.title === '' || page.title.length > LONGEST_TITLE) return refused('a wiki page without a usable title');
  if (isTooLong(page.wikitext)) return tooLong(page.wikitext);
  const target = redirectOf(page.wikitext);
  if (target !== null) return { requests: [wikiRequest(keyOfTitle(target))].filter((request) => request !== null) };
  if (isDisambiguation(page.wikitext)) return readDisambiguation(page.wikitext);
  const { item, problems } = readMixPage(page);
  if (!isReadable({ problems })) return { problems };
  if (item.date === null && item.tracks.length === 0 && item.extra.tracklistState === null) {
    return refused(`"${page.title.slice(0, 100)}" is no mix page: no date in its title, no tracklist, no state of one`);
  }
  return { items: [item], problems };
}

function isDisambiguation(wikitext: string): boolean {
  return /\{\{\s{0,9}Disambig|\[\[\s{0,9}Category\s{0,9}:\s{0,9}Disambig/i.test(wikitext);
}

/** A page that only tells mixes of like names apart: those it links to are asked for. */
function readDisambiguation(wikitext: string): Reading {
  const mixes = linksOf(wikitext).filter((title) => readTitle(title).item.date !== null);
  if (mixes.length === 0) return notReadYet('disambiguation page without mixes');
  return { requests: mixes.map((title) => pageRequest(keyOfTitle(title))) };
}

export function isTooLong(wikitext: string): boolean {
  return wikitext.length > LONGEST_WIKITEXT;
}

/** What is longer than any page is not looked at. */
export function tooLong(wikitext: string): Reading {
  return problem('too-large', `${wikitext.length} characters of wikitext, at most ${LONGEST_WIKITEXT} are read`);
}
