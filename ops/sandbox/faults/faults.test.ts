import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSource } from '../../../spiders/registry.ts';
import { type Sandbox, type Served, startSandbox } from '../server.ts';
import { DRIFT_KINDS } from './drift.ts';
import { FAULT_KINDS, type FaultKind, type FaultRule, parsePlan, readPlan } from './plan.ts';

const TRACKLISTS = 'www.1001tracklists.com';
const running: Sandbox[] = [];
let served: Served[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

async function start(...rules: object[]): Promise<Sandbox> {
  served = [];
  const sandbox = await startSandbox({ seed: 7, sets: 12, faults: parsePlan(rules), log: (one) => served.push(one) });
  running.push(sandbox);
  return sandbox;
}

/** The page of a set on 1001tracklists, under the rules, on its first visit. */
async function faulty(rule: Partial<FaultRule> & { kind: FaultKind }, init: RequestInit = {}): Promise<Response> {
  const sandbox = await start(rule);
  return fetch(`${sandbox.origin(TRACKLISTS)}${setPath(sandbox)}`, { redirect: 'manual', ...init });
}

function setPath(sandbox: Sandbox): string {
  const url = sandbox.truth().shownSets.find((set) => set.source === '1001tracklists' && set.rows.length > 5)?.url;
  return new URL(url ?? '').pathname;
}

describe('a plan', () => {
  it('with rules that are wrong is refused, naming each', () => {
    expect(() => parsePlan([{ kind: 'flood' }, { kind: 'reset', every: 0 }])).toThrow(/rule 0\.kind.*rule 1\.every/s);
  });

  it('that is neither a preset nor a file is refused with the presets', () => {
    expect(() => readPlan('nightmare')).toThrow(/nightmare cannot be read/);
  });

  it('may hold what the README names: every kind, every drift', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    expect([...FAULT_KINDS, ...DRIFT_KINDS].filter((kind) => !readme.includes(`\`${kind}\``))).toEqual([]);
  });

  it('called "all" has every kind', () => {
    expect(new Set(readPlan('all').map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
  });
});

describe('which requests go wrong', () => {
  it('one address is hit as often as the rule says, then answered as ever', async () => {
    const sandbox = await start({ kind: 'server-error', times: 2, status: 502 });
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await fetch(`${sandbox.origin(TRACKLISTS)}/`)).status);
    expect(statuses).toEqual([502, 502, 200, 200]);
    expect(served.map(({ fault }) => fault)).toEqual(['server-error', 'server-error', null, null]);
  });

  it('the same seed hits the same addresses, in whatever order they are asked', async () => {
    const hit = async (backwards: boolean): Promise<string[]> => {
      const sandbox = await start({ kind: 'server-error', probability: 0.5 });
      const paths = sandbox.truth().shownSets.flatMap(({ source, url }) => (source === '1001tracklists' ? [url] : []));
      for (const url of backwards ? paths.toReversed() : paths)
        await fetch(`${sandbox.origin(TRACKLISTS)}${new URL(url).pathname}`);
      return served.flatMap(({ url, fault }) => (fault === null ? [] : [url])).toSorted();
    };
    const forwards = await hit(false);
    expect(forwards.length).toBeGreaterThan(0);
    expect(await hit(true)).toEqual(forwards);
  });

  it('robots.txt is left to the robots kinds, and pages that do not exist stay so', async () => {
    const sandbox = await start({ kind: 'empty', times: null }, { kind: 'robots-closed', every: 2, times: null });
    const robots = async () => (await fetch(`${sandbox.origin(TRACKLISTS)}/robots.txt`)).text();
    expect([await robots(), await robots()]).toEqual([
      expect.stringContaining('Allow: /'),
      'User-agent: *\nDisallow: /\n',
    ]);
    expect((await fetch(`${sandbox.origin(TRACKLISTS)}/no/such`)).status).toBe(404);
  });
});

describe('what goes wrong', () => {
  it('patience is asked for in seconds or as a date', async () => {
    const inSeconds = await faulty({ kind: 'retry-after-seconds', seconds: 7 });
    expect([inSeconds.status, inSeconds.headers.get('retry-after')]).toEqual([429, '7']);
    const date = Date.parse((await faulty({ kind: 'retry-after-date', seconds: 60 })).headers.get('retry-after') ?? '');
    expect(Math.abs(date - Date.now() - 60_000)).toBeLessThan(2_000);
  });

  it.each(['truncated', 'reset', 'wrong-encoding'] as const)('%s: the body cannot be had', async (kind) => {
    await expect(faulty({ kind }).then((response) => response.arrayBuffer())).rejects.toThrow();
  });

  it.each(['slow-first-byte', 'drip'] as const)('%s: the page comes whole, and late', async (kind) => {
    const started = performance.now();
    const response = await faulty({ kind, seconds: 0.3 });
    expect(await response.text()).toMatch(/<\/html>$/);
    expect(performance.now() - started).toBeGreaterThan(250);
  });

  it('a wrong length gives a page that ends too early and does not say so', async () => {
    const response = await faulty({ kind: 'wrong-length' });
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.length).toBe(Number(response.headers.get('content-length')));
    expect(body.toString()).not.toContain('</html>');
  });

  it('a bomb is small on the wire and large unpacked', async () => {
    const response = await faulty({ kind: 'bomb', megabytes: 20 });
    expect(Number(response.headers.get('content-length'))).toBeLessThan(100_000);
    expect((await response.arrayBuffer()).byteLength).toBe(20_000_000);
  });

  it.each([
    ['redirect-private', 'http://169.254.169.254/latest/meta-data/'],
    ['redirect-host', 'https://www.example.org/elsewhere'],
    ['redirect-loop', '/sandbox-loop/1'],
  ] as const)('%s leads away', async (kind, location) => {
    const response = await faulty({ kind });
    expect([response.status, response.headers.get('location')]).toEqual([302, location]);
  });

  it('a loop never ends', async () => {
    const sandbox = await start();
    await expect(fetch(`${sandbox.origin(TRACKLISTS)}/sandbox-loop/1`)).rejects.toThrow();
  });

  it.each([
    ['captcha', 'captcha'],
    ['turnstile', 'turnstile-interstitial'],
    ['login', 'login'],
    ['ip-limited', 'ip-limited'],
  ] as const)('a %s page is read as what it is', async (kind, reason) => {
    const { items } = await parsed(await faulty({ kind }));
    expect(items).toMatchObject([{ kind: 'block', reason }]);
  });

  it('a decoy shows other names than its microdata, and no set is read from it', async () => {
    const { items, problems } = await parsed(await faulty({ kind: 'decoy' }));
    expect(items.filter((item) => item.kind === 'setlist')).toEqual([]);
    expect(problems.map(({ code }) => code)).toContain('decoy');
  });

  it('every drift can be done to a page of some source', async () => {
    for (const drift of DRIFT_KINDS) {
      const sandbox = await start({ kind: 'drift', drift, times: null });
      for (const { url } of onePageOfEach(sandbox)) {
        const { host, pathname, search } = new URL(url);
        await (await fetch(`${sandbox.origin(host)}${pathname}${search}`)).arrayBuffer();
      }
      expect(served.map(({ fault }) => fault)).toContain(`drift:${drift}`);
    }
  });

  it('HTML stands for JSON only where JSON was', async () => {
    const sandbox = await start({ kind: 'html-for-json', times: null });
    const [page, answer] = [await fetch(`${sandbox.origin(TRACKLISTS)}/`), await fetch(searchUrl(sandbox))];
    await page.arrayBuffer();
    expect(await answer.text()).toMatch(/^<!doctype html>/);
    expect(served.map(({ fault }) => fault)).toEqual([null, 'html-for-json']);
  });
});

describe('a page that is asked for again', () => {
  it('is answered with 304 when it is the same', async () => {
    const sandbox = await start();
    const home = `${sandbox.origin(TRACKLISTS)}/`;
    const etag = (await fetch(home)).headers.get('etag') ?? '';
    const again = await fetch(home, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await fetch(home, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });
});

function searchUrl(sandbox: Sandbox): string {
  return `${sandbox.origin('api.setlist.fm')}/rest/1.0/search/setlists?p=1`;
}

function onePageOfEach(sandbox: Sandbox): { url: string }[] {
  const { shownSets, shownTracks } = sandbox.truth();
  const firsts = new Map([...shownTracks, ...shownSets].toReversed().map((shown) => [shown.source, shown]));
  return [...firsts.values()];
}

async function parsed(response: Response) {
  const { parse } = await loadSource('1001tracklists');
  return parse({
    body: new Uint8Array(await response.arrayBuffer()),
    url: `https://${TRACKLISTS}/tracklist/x/y.html`,
    status: response.status,
    contentType: response.headers.get('content-type'),
    fetchedAt: '2026-01-01T00:00:00.000Z',
  });
}
