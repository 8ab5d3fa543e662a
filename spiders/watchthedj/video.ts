/** What a page's data says of its video: JSON-LD, the same as microdata, and Open Graph; in this order of trust. */
import type { Problem } from '../../src/core/parse-result.ts';
import { fold } from '../../src/core/text.ts';
import { firstValue, type ParentNode, rawText, select } from './dom.ts';
import { readMicrodata } from './microdata.ts';
import { NO_VIDEO, readStructured, type Video } from './structured.ts';

/** Reads all three; a field comes from the first that has it. `slug` is that of the set the page is about. */
export function readVideo(page: ParentNode, slug: string | null, problems: Problem[]): Video {
  const scripts = select(page, 'script[type="application/ld+json" i]');
  const jsonLd = scripts.flatMap((script, index) => readScript(rawText(script), index, problems));
  return [
    readStructured(jsonLd, { where: 'JSON-LD', slug }, problems),
    readStructured(readMicrodata(page), { where: 'microdata', slug }, problems),
    readOpenGraph(page),
  ].reduce(merge, NO_VIDEO);
}

function readOpenGraph(page: ParentNode): Video {
  const said = (name: string): string | null =>
    firstValue(page, [
      [`meta[property="${name}"]`, 'content'],
      [`meta[name="${name}"]`, 'content'],
    ]);
  const all = (name: string): string[] =>
    select(page, `meta[property="${name}"]`).flatMap((meta) => fold(meta.attribs.content) ?? []);
  const recordings = ['og:video:secure_url', 'og:video:url', 'og:video', 'twitter:player']
    .map(said)
    .filter((address) => address !== null);
  const length = said('og:video:duration') ?? said('video:duration');
  const isVideo = recordings.length > 0 || (said('og:type')?.startsWith('video') ?? false);
  return {
    ...NO_VIDEO,
    title: said('og:title') ?? said('twitter:title'),
    description: said('og:description'),
    url: said('og:url'),
    uploadedAt: said('video:release_date') ?? said('article:published_time'),
    durationSeconds: length !== null && /^\d{1,6}$/.test(length) ? Number(length) : null,
    recordings,
    genres: all('video:tag'),
    foundIn: isVideo ? ['Open Graph video'] : [],
  };
}

function merge(one: Video, other: Video): Video {
  const list = <T>(first: readonly T[], second: readonly T[]): T[] => [...(first.length > 0 ? first : second)];
  // City and country belong to the place that was named with them.
  const place = one.venue !== null || one.city !== null ? one : other;
  return {
    title: one.title ?? other.title,
    description: one.description ?? other.description,
    url: one.url ?? other.url,
    artists: list(one.artists, other.artists),
    venue: place.venue,
    city: place.city,
    region: place.region,
    country: place.country,
    recordedAt: one.recordedAt ?? other.recordedAt,
    uploadedAt: one.uploadedAt ?? other.uploadedAt,
    durationSeconds: one.durationSeconds ?? other.durationSeconds,
    recordings: [...one.recordings, ...other.recordings],
    genres: list(one.genres, other.genres),
    chapters: list(one.chapters, other.chapters),
    foundIn: [...one.foundIn, ...other.foundIn],
  };
}

function readScript(script: string, index: number, problems: Problem[]): unknown[] {
  const where = `script[type="application/ld+json"] #${index + 1}`;
  const json = script.replace(WRAPPING, '');
  try {
    return [JSON.parse(json)];
  } catch (error) {
    const mended = parsedOrNull(mend(json));
    const why = error instanceof Error ? error.message.slice(0, 100) : String(error);
    const message = `structured data is broken JSON${mended === null ? `: ${why}` : '; read with its line breaks and commas mended'}`;
    problems.push({ code: 'bad-value', message, where });
    return mended === null ? [] : [mended];
  }
}

/** What old pages put around a script so that older browsers would not show it. */
const WRAPPING =
  /^\s*(?:(?:\/\/|\/\*)?\s*<!(?:\[CDATA\[|--)(?:\s*\*\/)?)|(?:(?:\/\/|\/\*)?\s*(?:\]\]>|-->)(?:\s*\*\/)?)\s*;?\s*$/g;
const STRING = /"(?:[^"\\]|\\.)*"/gs;
const COMMAS = /,(?=\s*[\]}])/g;

/** Two faults that templates make: line breaks within a text, and a comma behind the last entry. */
function mend(json: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const { 0: text, index } of json.matchAll(STRING)) {
    parts.push(json.slice(end, index).replace(COMMAS, ''), text.replace(/\r?\n/g, '\\n').replace(/\t/g, ' '));
    end = index + text.length;
  }
  return [...parts, json.slice(end).replace(COMMAS, '')].join('');
}

function parsedOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Mending did not help: what is wrong is told by the first fault.
    return null;
  }
}
