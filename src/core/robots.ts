/**
 * robots.txt by RFC 9309: what a file says about one agent and one address. Works on octets, so that bytes that are no UTF-8 are compared like
 * all others, and without regular expressions over what the file holds: its time grows with file and address, never with their product's shape.
 * Our own, because robots-parser takes "%7E" and "~" for two paths, reads files of any size, and knows text, not octets.
 */

/** The agent asked about, and what is known of the address. */
export interface RobotsVerdict {
  readonly allowed: boolean;
  /** The line that decided, without its comment; null when none spoke of the address. */
  readonly rule: string | null;
  /** Seconds between two requests that the agent's own group asks for (an extension to the RFC); null when it does not. */
  readonly crawlDelaySeconds: number | null;
}

interface Rule {
  readonly allow: boolean;
  /** Normalised: `*` is the wildcard, a `$` at the end the anchor; literal ones are percent-encoded. */
  readonly pattern: string;
  readonly line: string;
}

interface Group {
  readonly rules: Rule[];
  crawlDelaySeconds: number | null;
}

/** A file as read: the groups of each agent, those of one agent merged. */
export interface Robots {
  readonly groups: ReadonlyMap<string, Group>;
}

/** Bytes that are read of a file; the RFC asks for at least this many. */
export const ROBOTS_MAX_BYTES = 500 * 1024;
const BOM = '\u00EF\u00BB\u00BF';
const EVERYBODY = '*';

const OCTETS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
const escapeOf = (octet: string) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
/** How an escaped octet is spelled, and how one that stands bare is. */
const UNESCAPED = OCTETS.map((octet) => (/[A-Za-z0-9._~-]/.test(octet) ? octet : escapeOf(octet)));
const BARE = OCTETS.map((octet) => (/[A-Za-z0-9._~/?#&=+-]/.test(octet) ? octet : escapeOf(octet)));

/** Reads a file. Never throws: lines that say nothing are passed over, and a line cut off by the limit is not used. */
export function parseRobots(bytes: Uint8Array): Robots {
  const groups = new Map<string, Group>();
  /** Agents that the lines now read speak to; a rule ends the list, so the next agent starts a new one. */
  let agents: Group[] = [];
  let listing = false;
  for (const { key, value, line } of directives(bytes)) {
    if (key === 'user-agent') {
      agents = listing ? agents : [];
      listing = true;
      agents.push(groupOf(groups, tokenOf(value)));
    } else if (key === 'allow' || key === 'disallow') {
      listing = false;
      const rule = { allow: key === 'allow', pattern: normalisePattern(value), line };
      if (value !== '') for (const group of agents) group.rules.push(rule);
    } else if (key === 'crawl-delay') {
      const seconds = secondsOf(value);
      for (const group of agents) group.crawlDelaySeconds = larger(group.crawlDelaySeconds, seconds);
    }
  }
  return { groups };
}

/**
 * What the file says of an address, for a product token such as `MusicDB` (`MusicDB/1.0` is read as that too).
 * The agent's own groups decide; those for everybody only when none names it. The longest rule wins, and of equals the one that allows.
 */
export function judgeRobots({ groups }: Robots, agent: string, url: URL): RobotsVerdict {
  const group = groups.get(tokenOf(agent)) ?? groups.get(EVERYBODY);
  const crawlDelaySeconds = group?.crawlDelaySeconds ?? null;
  const rule = url.pathname === '/robots.txt' ? null : decidingRule(group?.rules ?? [], url);
  return { allowed: rule?.allow ?? true, rule: rule?.line ?? null, crawlDelaySeconds };
}

/**
 * The address is compared as it is, and, where it has a query, once more with the slashes in the query written as escapes: there the RFC lets
 * "https://a" and "https%3A%2F%2Fa" be the same.
 */
function decidingRule(rules: readonly Rule[], { pathname, search }: URL): Rule | null {
  const path = normalise(`${pathname}${search}`);
  const longPath = search === '' ? null : encodeQuery(path);
  let best: Rule | null = null;
  for (const rule of rules) {
    if (best !== null && !outranks(rule, best)) continue;
    if (matches(rule.pattern, path) || (longPath !== null && matches(encodeQuery(rule.pattern), longPath))) best = rule;
  }
  return best;
}

function outranks(rule: Rule, best: Rule): boolean {
  if (rule.pattern.length !== best.pattern.length) return rule.pattern.length > best.pattern.length;
  return rule.allow && !best.allow;
}

/** From left to right each part between wildcards takes its first place, which leaves the most to the parts after it: no going back. */
function matches(pattern: string, path: string): boolean {
  const anchored = pattern.endsWith('$');
  const [first = '', ...rest] = (anchored ? pattern.slice(0, -1) : pattern).split('*');
  if (!path.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return !anchored || path.length === first.length;
  let at = first.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return anchored ? path.length - last.length >= at && path.endsWith(last) : path.indexOf(last, at) >= 0;
}

/** "MusicDB/1.0 (comment)" is "musicdb"; "*" is everybody. */
function tokenOf(value: string): string {
  if (value === EVERYBODY || value.startsWith('* ') || value.startsWith('*\t')) return EVERYBODY;
  return (/^[\w.-]*/.exec(value)?.[0] ?? '').toLowerCase();
}

function groupOf(groups: Map<string, Group>, token: string): Group {
  const group = groups.get(token) ?? { rules: [], crawlDelaySeconds: null };
  groups.set(token, group);
  return group;
}

function secondsOf(value: string): number | null {
  return /^(\d+(\.\d*)?|\.\d+)$/.test(value) && Number.isFinite(Number(value)) ? Number(value) : null;
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

interface Directive {
  readonly key: string;
  /** One character an octet. */
  readonly value: string;
  /** As people read it. */
  readonly line: string;
}

function* directives(bytes: Uint8Array): Generator<Directive> {
  const text = readable(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  for (const whole of text.split(/\r\n|\r|\n/)) {
    const comment = whole.indexOf('#');
    const line = trimmed(comment < 0 ? whole : whole.slice(0, comment));
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    yield {
      key: trimmed(line.slice(0, colon)).toLowerCase(),
      value: trimmed(line.slice(colon + 1)),
      line: Buffer.from(line, 'latin1').toString('utf8'),
    };
  }
}

/** The octets within the limit as characters, without a byte order mark and without a last line that the limit cut. */
function readable(bytes: Buffer): string {
  const text = bytes.subarray(0, ROBOTS_MAX_BYTES).toString('latin1');
  const start = text.startsWith(BOM) ? BOM.length : 0;
  if (bytes.length <= ROBOTS_MAX_BYTES) return text.slice(start);
  return text.slice(start, Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'), start));
}

/** Without spaces and tabs around it: other octets, such as a no-break space's, are part of a path. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** A rule's path with its wildcards kept and everything else as in `normalise`. */
function normalisePattern(value: string): string {
  const anchored = value.endsWith('$');
  const path = anchored ? value.slice(0, -1) : value;
  return path.split('*').map(normalise).join('*') + (anchored ? '$' : '');
}

/**
 * One spelling for all that mean the same: escapes of unreserved characters undone, every other escape in capitals, and octets that do not
 * belong bare in a path escaped. `/ ? # & = +` differ from their escapes, since a server tells them apart.
 */
function normalise(octets: string): string {
  let out = '';
  for (let at = 0; at < octets.length; at += 1) {
    const escaped = escapedAt(octets, at);
    out += escaped === null ? BARE[octets.charCodeAt(at)] : UNESCAPED[escaped];
    if (escaped !== null) at += 2;
  }
  return out;
}

/** The octet that `%41` at this place stands for; null where there is no escape. */
function escapedAt(text: string, at: number): number | null {
  if (text.charCodeAt(at) !== 0x25) return null;
  const hex = text.slice(at + 1, at + 3);
  return /^[0-9a-f]{2}$/i.test(hex) ? Number.parseInt(hex, 16) : null;
}

/** Slashes and question marks after the first question mark written as escapes. */
function encodeQuery(normalised: string): string {
  const start = normalised.indexOf('?') + 1;
  if (start === 0) return normalised;
  return normalised.slice(0, start) + normalised.slice(start).replaceAll('/', '%2F').replaceAll('?', '%3F');
}
