/** Fault plans that come with the sandbox. */

/** Everything at once, each address hit at most once by each rule: asked often enough, every page comes in the end. */
const ALL = [
  // Few are asked for, one a site: the first look at each fails, the second finds all forbidden at half of them.
  { kind: 'robots-error' },
  { kind: 'robots-closed', probability: 0.5 },
  { kind: 'retry-after-seconds', probability: 0.015, seconds: 1 },
  { kind: 'retry-after-date', probability: 0.01, seconds: 2 },
  { kind: 'unavailable', probability: 0.01, seconds: 1 },
  { kind: 'server-error', probability: 0.03 },
  { kind: 'slow-first-byte', probability: 0.01, seconds: 2 },
  { kind: 'drip', probability: 0.01, seconds: 2 },
  { kind: 'truncated', probability: 0.015 },
  { kind: 'reset', probability: 0.015 },
  { kind: 'wrong-charset', probability: 0.01 },
  { kind: 'wrong-length', probability: 0.01 },
  { kind: 'wrong-encoding', probability: 0.01 },
  { kind: 'bomb', probability: 0.003, megabytes: 200 },
  { kind: 'captcha', source: '1001tracklists', probability: 0.01 },
  { kind: 'turnstile', probability: 0.005 },
  { kind: 'login', probability: 0.005 },
  { kind: 'ip-limited', probability: 0.005 },
  { kind: 'decoy', probability: 0.03 },
  { kind: 'drift', probability: 0.03 },
  { kind: 'empty', probability: 0.01 },
  { kind: 'html-for-json', probability: 0.01 },
  { kind: 'redirect-loop', probability: 0.01 },
  { kind: 'redirect-private', probability: 0.01 },
  { kind: 'redirect-host', probability: 0.01 },
];

/** What a site on a bad day does to everybody: no refusals, nothing false. */
const SERVER_TROUBLE = [
  { kind: 'retry-after-seconds', probability: 0.05, seconds: 1 },
  { kind: 'unavailable', probability: 0.05, seconds: 1 },
  { kind: 'server-error', probability: 0.1 },
  { kind: 'reset', probability: 0.05 },
  { kind: 'truncated', probability: 0.05 },
];

export const PRESETS: Readonly<Record<string, unknown>> = { all: ALL, 'server-trouble': SERVER_TROUBLE, none: [] };
