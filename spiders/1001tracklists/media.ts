/** Recordings of a set, and the site's numbers for the services they are on. */
import { clockToSeconds } from '../../src/core/cue.ts';
import type { SetlistItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { attribute, type Element, textOf, walk } from './dom.ts';

type Media = SetlistItem['media'][number];

const SERVICES: Readonly<Record<string, string>> = {
  '1': 'beatport',
  '2': 'apple-music',
  '4': 'traxsource',
  '10': 'soundcloud',
  '13': 'youtube',
  '16': 'mixcloud',
  '36': 'spotify',
  '40': 'hearthis',
};

/** Looking for a player's address costs a search through the page; no set has nearly as many players. */
const MAX_PLAYERS = 100;

/** The service's name for the site's number; the number itself when it is a new one. */
export function serviceName(code: string): string {
  return SERVICES[code] ?? `service-${code}`;
}

/**
 * Reads the players above the list. Their ids stand in a class (`mediaItem<id>`) except Mixcloud's, which is only in its player's address;
 * that player is written by a script, so the whole page's text is needed beside the tree. Lengths are printed on the tabs: "Player 1 [1:16:11]".
 */
export function readMedia(main: Element, html: Buffer): { media: Media[]; problems: Problem[] } {
  const media: Media[] = [];
  const problems: Problem[] = [];
  const { players, tabs } = findPlayers(main);
  const lengths = readLengths(tabs);
  for (const box of players) {
    const key = box.attributes['data-idmedia'] ?? box.attributes.id?.slice('mediaLink'.length) ?? '';
    const service = serviceName(attribute(box, 'data-idsource') ?? 'unknown');
    const named = /(?:^|\s)mediaItem(\S+)/.exec(box.attributes.class ?? '')?.[1] ?? null;
    const id = named ?? (media.length < MAX_PLAYERS ? mixcloudKey(html, key) : null);
    if (id === null) {
      problems.push({
        code: 'bad-value',
        message: `a ${service} player without an id of its recording`,
        where: `#mediaLink${key}`,
      });
    } else media.push({ service, id, durationSeconds: lengths.get(key) ?? null });
  }
  return { media, problems };
}

function isPlayer({ attributes: { id } }: Element): boolean {
  return id !== undefined && /^mediaLink\d+$/.test(id);
}

/** Players and their tabs; the rows, which are most of the page, hold none of the set's. */
function findPlayers(main: Element): { players: Element[]; tabs: Element[] } {
  const players: Element[] = [];
  const tabs: Element[] = [];
  walk(main, (element) => {
    const { id } = element.attributes;
    if (id === 'tlTab') return false;
    if (id === undefined || !id.startsWith('mediaLink')) return true;
    if (isPlayer(element)) {
      players.push(element);
      return false;
    }
    if (id.startsWith('mediaLinkBtn')) tabs.push(element);
    return true;
  });
  return { players, tabs };
}

function readLengths(tabs: readonly Element[]): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const tab of tabs) {
    const clock = /\[([\d:]+)\]/.exec(textOf(tab) ?? '')?.[1];
    const seconds = clock === undefined ? null : clockToSeconds(clock);
    if (seconds !== null) lengths.set(tab.attributes.id?.slice('mediaLinkBtn'.length) ?? '', seconds);
  }
  return lengths;
}

/** "/user/show-name/" out of the player's address, where it is escaped twice. */
function mixcloudKey(html: Buffer, key: string): string | null {
  const start = html.indexOf(`mediaLink${key}_player`);
  if (start < 0 || key === '') return null;
  const feed = /mixcloud\.com\/[^"'\s]*[?&;]feed=([^"'&\s]+)/.exec(html.toString('utf8', start, start + 3_000))?.[1];
  if (feed === undefined) return null;
  try {
    return decodeURIComponent(feed).replace(/^https?:\/\/(?:www\.)?mixcloud\.com/, '');
  } catch {
    // Broken escapes: no id is better than half of one.
    return null;
  }
}
