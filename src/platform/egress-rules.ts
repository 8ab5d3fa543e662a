/**
 * What MusicDB never connects to, as rules that can name themselves: kinds of address, names, ports. Pure; `egress-guard.ts` applies
 * them. Each function answers with the rule that forbids, or null.
 */
import ipaddr from 'ipaddr.js';

/** Kinds of address that are not public, in words. Whatever kind has no words here is not let through either. */
const KINDS: Readonly<Record<string, string>> = {
  unspecified: 'stands for this machine (0.0.0.0/8, ::)',
  broadcast: 'is a broadcast address',
  multicast: 'is a multicast address',
  linkLocal: 'is a link-local address (169.254.0.0/16, fe80::/10)',
  loopback: 'is a loopback address (127.0.0.0/8, ::1)',
  carrierGradeNat: 'is a shared address of a carrier (100.64.0.0/10)',
  private: 'is a private address (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)',
  uniqueLocal: 'is a private address (fc00::/7)',
  deprecatedSiteLocal: 'is a site-local address (fec0::/10)',
  ipv4Mapped: 'is an IPv4 address mapped into IPv6 (::ffff:0:0/96)',
  rfc6145: 'is a translated IPv4 address (::ffff:0:0:0/96)',
  rfc6052: 'is an IPv4 address behind NAT64 (64:ff9b::/96, 64:ff9b:1::/48)',
  '6to4': 'is an IPv4 address inside 6to4 (2002::/16)',
  teredo: 'is an IPv4 address inside Teredo (2001::/32)',
  benchmarking: 'is an address for benchmarks (2001:2::/48)',
  reserved: 'is a reserved address, or one for documentation or benchmarks',
};

/** Addresses at which clouds give out credentials. Some of them look public. */
const METADATA = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Ports that browsers refuse too: other protocols listen there, some of which take a request for a command (the Fetch standard's list). */
const OTHER_PROTOCOLS = new Set(
  `0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 143
   161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045
   4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080`
    .split(/\s+/)
    .map(Number),
);
/** Ports of databases, queues and remote control, which browsers let through. */
const DATA_SERVICES = new Set([
  445, 1433, 1521, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 5984, 6379, 6380, 9042, 9200, 9300, 11211,
  27017,
]);

const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|localdomain|home\.arpa)$/;

/** @param host as the URL standard writes it: IPv6 in brackets, everything else folded to lower case and ASCII. */
export function literalAddress(host: string): string | null {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  return ipaddr.isValid(bare) ? bare : null;
}

/** The rule against an address that somebody wrote. */
export function ruleAgainstAddress(text: string): string | null {
  const address = ipaddr.parse(text);
  if (METADATA.has(address.toString())) return `${address} is where clouds give out credentials (metadata)`;
  const kind = address.range();
  if (kind !== 'unicast') return `${address} ${KINDS[kind] ?? `is a special address (${kind})`}`;
  if (address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST))
    return `${address} is outside the public addresses of IPv6 (2000::/3)`;
  return null;
}

/**
 * The rule against an address that a name resolved to. Networks without IPv4 answer with NAT64 addresses for every public server:
 * these are judged by the IPv4 address inside.
 */
export function ruleAgainstResolved(text: string): string | null {
  const address = ipaddr.parse(text);
  if (!(address instanceof ipaddr.IPv6) || !address.match(NAT64)) return ruleAgainstAddress(text);
  const inside = new ipaddr.IPv4(address.toByteArray().slice(12));
  return ruleAgainstAddress(inside.toString());
}

/** The rule against a name, before it is resolved. */
export function ruleAgainstName(host: string): string | null {
  const name = host.replace(/\.+$/, '');
  if (PRIVATE_NAME.test(name))
    return 'names under localhost, local, internal, localdomain and home.arpa are of this machine or a private network';
  if (!name.includes('.')) return 'a name without a dot is of a private network';
  return null;
}

export function ruleAgainstPort(port: number): string | null {
  if (OTHER_PROTOCOLS.has(port)) return `port ${port} belongs to another protocol than HTTP`;
  if (DATA_SERVICES.has(port)) return `port ${port} belongs to a database, a queue or remote control`;
  return null;
}
