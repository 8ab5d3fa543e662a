/** Answers of the site's own scripts: a track's media links, and the rows that scrolling loads. */
import type { ErrorItem, MediaItem } from '../../src/core/items.ts';
import { asList, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { parseTree } from './dom.ts';
import { listingId, readListingRows } from './listing.ts';
import { serviceName } from './media.ts';
import { block } from './refusals.ts';
import { failed, result } from './results.ts';

/** Reads `get_medialink.php` and `get_data.php` answers. */
export function readJsonAnswer(value: unknown, url: string | null): ParseResult {
  if (!isRecord(value) || !('success' in value || 'captcha' in value || 'captchaHTML' in value)) {
    return failed('unknown-shape', 'JSON, but no answer of this site: expected an object with "success"');
  }
  if (isTrue(value.captcha) || asText(value.captchaHTML) !== null) return result({ items: [block('captcha', url)] });
  if (typeof value.data === 'string') return readScrolledRows(value.data, url);
  if (Array.isArray(value.data)) return readMediaLinks(value, url);
  if (!isTrue(value.success)) return result({ items: [error(value)] });
  return failed(
    'unknown-shape',
    `"data" is ${typeof value.data}, expected a list of players or a text with rows`,
    '$.data',
  );
}

/** The site's scripts write yes as true, 1 or "true". */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 1 || value === '1';
}

function error({ message, error: told }: JsonRecord): ErrorItem {
  const said = asText(message) ?? asText(told);
  return { kind: 'error', source: '1001tracklists', status: null, code: 'unsuccessful', message: said, extra: {} };
}

function readScrolledRows(html: string, url: string | null): ParseResult {
  const tree = parseTree(html);
  if (tree === null) return failed('too-large', '"data" has more elements than any list of sets', '$.data');
  const { entries, requests, problems } = readListingRows(tree);
  if (entries.length === 0 && problems.length > 0)
    return failed('not-read-yet', 'not read yet: a list of something else than sets', '$.data');
  if (entries.length === 0 && html.trim() !== '')
    return failed('layout-drift', 'the rows in "data" have no .oItm with a tracklist link', '$.data');
  return result({
    items: [{ kind: 'listing', source: '1001tracklists', id: listingId(url, null), entries }],
    requests,
    problems,
  });
}

/** YouTube stands in `more` as a bare id; the other services are players with a length. */
function readMediaLinks(answer: JsonRecord, url: string | null): ParseResult {
  const players = asList(answer.data).map(asRecord);
  const more = asList(answer.more).map(asRecord);
  const asked = url === null ? null : (/[?&]idItem=(\d+)/.exec(url)?.[1] ?? null);
  const id = players.map(({ idItem }) => asText(idItem)).find((text) => text !== null) ?? asked;
  if (id === null)
    return failed(
      'unknown-shape',
      'media links without the number of their track: give the address they were asked at',
      '$.data[*].idItem',
    );
  const links = [...players.map(playerLink), ...more.map(moreLink)];
  const known = links.filter((link) => link !== null);
  const problems = links.flatMap((link, i) =>
    link === null
      ? [{ code: 'bad-value', message: 'a media link without a service or an id', where: linkPath(i, players.length) }]
      : [],
  );
  return result({ items: [{ kind: 'media', source: '1001tracklists', id, links: known }], problems });
}

function linkPath(index: number, players: number): string {
  return index < players ? `$.data[${index}]` : `$.more[${index - players}]`;
}

function playerLink(player: JsonRecord): MediaItem['links'][number] | null {
  const code = asText(player.source);
  const id = asText(player.playerId);
  if (code === null || id === null) return null;
  const duration = asText(player.duration);
  const apple = /music\.apple\.com\/([a-z]{2})\/album\/[^/]*\/(\d+)/.exec(asText(player.player) ?? '');
  return {
    service: serviceName(code),
    id,
    durationSeconds: duration !== null && /^\d+$/.test(duration) && duration !== '0' ? Number(duration) : null,
    account: asText(player.account),
    ...(apple?.[1] !== undefined && apple[2] !== undefined ? { country: apple[1], albumId: apple[2] } : {}),
  };
}

function moreLink(link: JsonRecord): MediaItem['links'][number] | null {
  const code = asText(link.source);
  const id = asText(link.idLink);
  return code === null || id === null ? null : { service: serviceName(code), id, durationSeconds: null, account: null };
}
