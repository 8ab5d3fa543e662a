/** Layout drift of twelve kinds: a page as the site might serve it after a redesign, made from the page it serves now. */

type Change = (body: string) => string;

/** Each names what a redesign did. Which ones can be done to a page depends on what it holds. */
const DRIFTS = {
  'class-renamed': (body) => body.replace(/\b(tlpItem|tracklist|video-card|bItm)\b(?=[^<>]*>)/g, (name) => `${name}V2`),
  'container-missing': (body) =>
    body.replace(/<(div|ol|section)\b[^>]*(?:id="tlTab"|class="tracklist")[^>]*>/g, '<$1>'),
  'nesting-changed': (body) =>
    body
      .replace(/<(li)>([^<]*)<\/li>/g, '<$1><article><p>$2</p></article></$1>')
      .replace(/<div id="(tlp\d+_content)"/g, '<section><div data-was="$1"'),
  'microdata-removed': (body) => body.replace(/\bitemprop="/g, 'data-prop="'),
  'structured-data-removed': (body) => body.replace(/<script type="application\/ld\+json">.*?<\/script>/gs, ''),
  'heading-renamed': (body) =>
    body.replace(/== Tracklist ==/g, '== Setlist ==').replace(/<h2>Tracklist<\/h2>/g, '<h2>Music</h2>'),
  'date-format': (body) =>
    body.replace(/\b(20\d\d)-(\d\d)-(\d\d)\b/g, '$3/$2/$1').replace(/"(\d\d)-(\d\d)-(20\d\d)"/g, '"$3.$2.$1"'),
  'field-renamed': (body) => renameFields(body),
  'array-to-object': (body) =>
    json(body, (value) =>
      mapArrays(value, (list) => Object.fromEntries(list.map((one, index) => [`item${index}`, one]))),
    ),
  'object-to-text': (body) =>
    json(body, (value) =>
      mapObjects(value, ['attributes', 'artist', 'venue', 'data'], (object) => JSON.stringify(object)),
    ),
  'field-missing': (body) =>
    json(body, (value) => mapObjects(value, ['sets', 'attributes', 'source', 'children'], () => undefined)),
  'envelope-changed': (body) => json(body, (value) => ({ ok: true, payload: value })),
} as const satisfies Record<string, Change>;

export type DriftKind = keyof typeof DRIFTS;
export const DRIFT_KINDS = Object.keys(DRIFTS) as [DriftKind, ...DriftKind[]];

/** The page after that redesign; null when it would look the same. */
export function drift(kind: DriftKind, body: string): string | null {
  const changed = DRIFTS[kind](body);
  return changed === body ? null : changed;
}

const RENAMED: Readonly<Record<string, string>> = {
  sets: 'setGroups',
  source: 'wikitext',
  children: 'things',
  attributes: 'fields',
  eventDate: 'playedOn',
};

function renameFields(body: string): string {
  return json(body, (value) =>
    mapEntries(value, ([name, inner]) => [Object.hasOwn(RENAMED, name) ? (RENAMED[name] ?? name) : name, inner]),
  );
}

/** A body that is no JSON stays as it is. */
function json(body: string, change: (value: unknown) => unknown): string {
  if (!/^\s*[[{]/.test(body)) return body;
  const before = JSON.parse(body) as unknown;
  return JSON.stringify(change(before));
}

function mapEntries(value: unknown, change: (entry: [string, unknown]) => [string, unknown]): unknown {
  if (Array.isArray(value)) return value.map((one) => mapEntries(one, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => change([name, mapEntries(inner, change)])));
}

function mapArrays(value: unknown, change: (list: unknown[]) => unknown): unknown {
  if (Array.isArray(value)) return change(value.map((one) => mapArrays(one, change)));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapArrays(inner, change)]));
}

function mapObjects(value: unknown, names: readonly string[], change: (object: unknown) => unknown): unknown {
  return mapEntries(value, ([name, inner]) => [name, names.includes(name) ? change(inner) : inner]);
}
