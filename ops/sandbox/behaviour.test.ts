import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSource } from '../../spiders/registry.ts';
import { createCalendar } from './calendar.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './server.ts';

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ seed: 7, sets: 60, ...options });
  running.push(sandbox);
  return sandbox;
}

async function get(sandbox: Sandbox, url: string, headers: Record<string, string> = {}) {
  const { host, pathname, search } = new URL(url);
  const response = await fetch(`${sandbox.origin(host)}${pathname}${search}`, { headers });
  return { status: response.status, text: await response.text() };
}

const SETLISTS = 'https://api.setlist.fm/rest/1.0/search/setlists?p=1';
const CHARTS = 'https://api.music.apple.com/v1/catalog/us/charts?types=songs';
const LISTING = 'https://oauth.reddit.com/r/House/new?limit=100&raw_json=1';

describe('keys', () => {
  it('that are missing are refused only where they are asked for', async () => {
    const [open, closed] = [await start(), await start({ keys: true })];
    const statuses = async (sandbox: Sandbox) =>
      Promise.all([SETLISTS, CHARTS, LISTING].map(async (url) => (await get(sandbox, url)).status));
    expect(await statuses(open)).toEqual([200, 200, 200]);
    expect(await statuses(closed)).toEqual([403, 401, 401]);
  });

  it('that are good let in, for robots.txt none is needed', async () => {
    const sandbox = await start({ keys: true });
    const answers = [
      await get(sandbox, SETLISTS, { 'x-api-key': 'a key' }),
      await get(sandbox, CHARTS, { authorization: `Bearer ${developerToken({})}` }),
      await get(sandbox, LISTING, { authorization: 'bearer sandbox-token' }),
      await get(sandbox, 'https://api.setlist.fm/robots.txt'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it.each([
    ['an empty key', SETLISTS, { 'x-api-key': '' }, 403],
    ['a token that is none', CHARTS, { authorization: 'Bearer nonsense' }, 401],
    ['a token that has run out', CHARTS, { authorization: `Bearer ${developerToken({ exp: 1_000 })}` }, 401],
    ['a token of another kind', CHARTS, { authorization: `Bearer ${developerToken({ alg: 'HS256' })}` }, 401],
    ['an old token', LISTING, { authorization: 'bearer yesterday' }, 401],
  ])('%s is refused everywhere', async (_, url, headers, status) => {
    expect((await get(await start(), url, headers)).status).toBe(status);
  });
});

describe('the clock', () => {
  it('moves by its own days', () => {
    const today = createCalendar({ from: '2024-02-28', daysPerSecond: 1 }, 5_000);
    expect([5_000, 6_000, 7_500].map(today)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
    expect(createCalendar(undefined, 0)(9)).toBeNull();
    expect(() => createCalendar({ from: 'May', daysPerSecond: 1 }, 0)).toThrow(/starts on "May"/);
  });

  it('hides what has not happened, on its own page and in listings', async () => {
    const [then, now] = [await start({ clock: { from: '2023-12-31', daysPerSecond: 0 } }), await start()];
    const later = now.truth().shownSets.filter(({ date, source }) => (date ?? '') > '2024' && source !== 'applemusic');
    const firsts = [...new Map(later.map((set) => [set.source, set])).values()];
    expect(firsts.map(({ source }) => source).toSorted()).toEqual([
      '1001tracklists',
      'mixesdb',
      'reddit',
      'setlistfm',
      'watchthedj',
    ]);
    for (const { url } of firsts)
      expect([(await get(then, url)).status, (await get(now, url)).status]).toEqual([404, 200]);
    const [few, all] = [await get(then, 'https://watchthedj.com/'), await get(now, 'https://watchthedj.com/')];
    expect(few.text.length).toBeLessThan(all.text.length);
  });

  it('lets some posts be deleted, and leaves nothing of them but their name', async () => {
    const urls = (await start()).truth().shownSets.flatMap(({ source, url }) => (source === 'reddit' ? [url] : []));
    const after = await start({ clock: { from: '2027-01-01', daysPerSecond: 0 } });
    const texts = await Promise.all(urls.map(async (url) => (await get(after, url)).text));
    const deleted = texts.filter((text) => text.includes('"removed_by_category":"deleted"'));
    expect(deleted.length).toBeGreaterThan(0);
    expect(deleted.length).toBeLessThan(texts.length / 4);
    for (const text of deleted) expect(text).toContain('"title":"[deleted by user]"');
  });
});

describe('pages whose content comes by script', () => {
  it('are shells that a browser must read, and their script holds the set', async () => {
    const sandbox = await start({ scripted: 1 });
    const url = sandbox.truth().shownSets.find(({ source }) => source === 'watchthedj')?.url ?? '';
    const { text } = await get(sandbox, url);
    const { parse } = await loadSource('watchthedj');
    const page = { url, status: 200, contentType: 'text/html', fetchedAt: '2026-01-01T00:00:00.000Z' };
    expect(parse({ ...page, body: new TextEncoder().encode(text) }).requests).toEqual([
      { url: `${url}#rendered`, kind: 'djvideo-rendered' },
    ]);
    const [, src = ''] = /<script type="module" src="([^"]+)"/.exec(text) ?? [];
    expect((await get(sandbox, `https://watchthedj.com${src}`)).text).toContain('class=\\"tracklist\\"');
  });
});

function developerToken({ alg = 'ES256', exp = Date.now() / 1000 + 60 }: { alg?: string; exp?: number }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg, kid: 'KEY' })}.${part({ iss: 'TEAM', exp })}`;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return `${unsigned}.${sign('sha256', Buffer.from(unsigned), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
