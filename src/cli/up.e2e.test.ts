/** `musicdb up` as a person and a script see it: the summary, the status while it starts, the API, the pages in a real browser, the stop. */

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUE_NAMES } from '../../jobs/queues.ts';
import { findChromium } from '../../ops/dev-services/chromium.ts';
import { SOURCE_NAMES } from '../../spiders/registry.ts';
import type { Verification } from '../fetching/verify-politeness.ts';
import {
  type CliResult,
  jsonOf,
  processesOn,
  type RunningCli,
  runCli,
  startCli,
  temporaryFolder,
  until,
} from '../testing/cli.ts';

/** Width of a small phone, CSS pixels. */
const PHONE = 375;
const TOKEN = 'e2e-token-with-all-rights';

interface Status {
  readonly ready: boolean;
  readonly phase: string;
  readonly pid: number | null;
  readonly api: { readonly url: string; readonly token?: string } | null;
  readonly sources?: Readonly<Record<string, { documents: number; items: number; quarantined: number }>>;
  readonly tracks?: number;
  readonly artists?: number;
  readonly setlists?: number;
  readonly unfinished?: Readonly<Record<string, number>>;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let once: CliResult;

beforeAll(async () => {
  folder = await temporaryFolder();
  once = await runCli(['up', '--once', '--data', folder.path, '--port', '0', '--json']);
});
afterAll(() => folder?.release());

async function status(): Promise<Status> {
  return jsonOf<Status>(await runCli(['status', '--data', folder.path, '--json']));
}

/** Starts `up` and resolves when it serves, with every status that was seen on the way. */
async function serve(
  env: Record<string, string> = {},
): Promise<{ up: RunningCli; seen: Status[]; url: string; token: string }> {
  const up = startCli(['up', '--data', folder.path, '--port', '0'], { env });
  const seen: Status[] = [];
  const ready = await until('up to be ready', async () => {
    if (up.child.exitCode !== null) throw new Error(`up ended: ${up.stderr()}`);
    const now = await status();
    seen.push(now);
    return now.ready ? now : null;
  });
  // Serving, and done with the crawl of this start.
  await until('up to have printed its summary', () => (up.stdout().includes('Ctrl-C') ? true : null));
  return { up, seen, url: ready.api?.url ?? '', token: ready.api?.token ?? '' };
}

async function stop(up: RunningCli | undefined): Promise<number | null> {
  up?.child.kill('SIGTERM');
  return (await up?.ended)?.status ?? null;
}

describe('up --once --json', () => {
  it('ends with exit 0 and one JSON value of the documented shape', () => {
    expect(once.status, once.stderr).toBe(0);
    const counts = { documents: expect.any(Number), items: expect.any(Number), quarantined: expect.any(Number) };
    expect(jsonOf(once)).toStrictEqual({
      sources: Object.fromEntries(SOURCE_NAMES.map((name) => [name, counts])),
      tracks: expect.any(Number),
      artists: expect.any(Number),
      setlists: expect.any(Number),
      setlistTracks: expect.any(Number),
      mentions: expect.any(Number),
      search: { adapter: 'postgres', documents: expect.any(Number) },
      seconds: expect.any(Number),
    });
  });

  it('has pages and items of all six sources, and all of it is in search', () => {
    const summary = jsonOf<Status & { mentions: number; search: { documents: number } }>(once);
    for (const [name, { documents, items }] of Object.entries(summary.sources ?? {})) {
      expect.soft(documents, name).toBeGreaterThan(0);
      expect.soft(items, name).toBeGreaterThan(0);
    }
    const { tracks = 0, artists = 0, setlists = 0, mentions } = summary;
    expect(Math.min(tracks, artists, setlists, mentions)).toBeGreaterThan(0);
    expect(summary.search.documents).toBe(tracks + artists + setlists + mentions);
  });

  it('has every page that it asked for in the ledger, and nothing in it broke a rule', async () => {
    const { status: exit, stdout } = await runCli(['politeness', 'verify', '--data', folder.path, '--json']);
    const { requests, sources, violations } = JSON.parse(stdout) as Verification;
    expect([exit, violations]).toEqual([0, []]);
    const documents = Object.values(jsonOf<Status>(once).sources ?? {}).reduce((sum, one) => sum + one.documents, 0);
    expect(requests).toBeGreaterThanOrEqual(documents);
    expect(sources.map(({ source }) => source).toSorted()).toEqual([...SOURCE_NAMES].toSorted());
  });

  it('leaves no process, and a status that says so', async () => {
    expect(await processesOn(folder.path)).toEqual([]);
    expect(await status()).toMatchObject({ ready: false, phase: 'not running', pid: null, api: null });
  });
});

describe('up with a token, serving', () => {
  let up: RunningCli;
  let seen: Status[];
  let url: string;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { headers, redirect: 'manual' });
  const authorised = { authorization: `Bearer ${TOKEN}` };

  beforeAll(async () => {
    ({ up, seen, url } = await serve({ MUSICDB_API_TOKEN: TOKEN }));
  });
  afterAll(() => stop(up));

  it('status answers while it starts, with a phase and without an address, and then with both', () => {
    expect(seen[0]).toMatchObject({ ready: false, api: null });
    for (const { phase } of seen) expect(phase).not.toBe('');
    expect(seen.at(-1)).toMatchObject({
      ready: true,
      pid: up.pid,
      api: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), token: TOKEN },
    });
  });

  it('goes on where the last run was: what is stored is the same', async () => {
    const { sources, tracks, artists, setlists, unfinished } = await status();
    const before = jsonOf<Status>(once);
    expect({ tracks, artists, setlists }).toEqual({
      tracks: before.tracks,
      artists: before.artists,
      setlists: before.setlists,
    });
    for (const name of SOURCE_NAMES) expect(sources?.[name]?.items).toBe(before.sources?.[name]?.items);
    expect(unfinished).toMatchObject({ items: 0, searchChanges: 0 });
  });

  it('prints for people where everything is', () => {
    for (const part of [
      `${url}/`,
      '/admin/queues',
      '/openapi.json',
      'musicdb search',
      ' 0 violations of politeness',
      'Ctrl-C',
    ])
      expect(up.stdout()).toContain(part);
    expect(up.stdout()).not.toContain(TOKEN);
  });

  it('health is open to all', async () => {
    const answer = await get('/health');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok', postgres: 'ok', redis: 'ok', search: 'ok' });
  });

  it('the API wants the token, and tells a program so in its own words', async () => {
    for (const headers of [{}, { authorization: 'Bearer another-token-entirely' }]) {
      const answer = await get('/api/v1/search?index=tracks&q=orbit', headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    const answer = await get('/api/v1/search?index=tracks&q=orbit', authorised);
    expect(answer.status).toBe(200);
    const { data, page } = (await answer.json()) as { data: { id: string; title: string }[]; page: unknown };
    expect(data.length).toBeGreaterThan(0);
    expect(page).toBeTypeOf('object');
    const track = await get(`/api/v1/tracks/${data[0]?.id}`, authorised);
    expect(track.status).toBe(200);
  });

  it('describes itself in OpenAPI', async () => {
    const { openapi, paths } = (await (await get('/openapi.json')).json()) as { openapi: string; paths: object };
    expect(openapi).toMatch(/^3\./);
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/search', '/api/v1/tracks', '/api/v1/setlists/{id}']),
    );
  });

  it('the queues are refused without a login', async () => {
    expect((await get('/admin/queues')).status).toBe(401);
    const page = await get('/admin/queues', { accept: 'text/html' });
    expect(page.status).toBe(303);
    expect(page.headers.get('location')).toMatch(/^\/admin\/login/);
  });

  it('a second start on the same folder says who has it, with exit 2', async () => {
    const second = await runCli(['up', '--once', '--data', folder.path, '--port', '0', '--json']);
    expect(second.status).toBe(2);
    expect(jsonOf(second)).toMatchObject({
      error: { code: 'DATA_FOLDER_IN_USE', message: expect.stringContaining(String(up.pid)) },
    });
    expect((await get('/health')).status).toBe(200);
  });

  it('other commands use the one that runs', async () => {
    const found = await runCli(['search', 'setlists', 'casa azul', '--data', folder.path]);
    expect(found.status).toBe(0);
    expect(found.stderr).toBe('');
    expect(found.stdout).toMatch(/^\d+ setlists? found\n {2}[0-9a-f-]{36} {2}\S/);
  });
});

describe('the pages in a browser', () => {
  let up: RunningCli;
  let url: string;
  let token: string;
  let browser: Browser;

  beforeAll(async () => {
    ({ up, url, token } = await serve());
    const { path, args, env } = await findChromium();
    browser = await chromium.launch({
      executablePath: path,
      args,
      env: { ...process.env, ...env } as Record<string, string>,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await stop(up);
  });

  /** Runs `work` on a page of its own and fails on anything the browser complains of. */
  async function onPage(work: (page: Page) => Promise<void>, width = 1280): Promise<void> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    try {
      await work(page);
      expect(complaints).toEqual([]);
    } finally {
      await page.close();
    }
  }

  const search = async (page: Page, text: string) => {
    await page.getByRole('searchbox').fill(text);
    await page.getByRole('searchbox').press('Enter');
    await page.waitForURL(/\/search\?/);
  };

  it('without a configured token reading is open on this machine, and status has one for the queues', async () => {
    expect((await fetch(`${url}/api/v1/tracks`)).status).toBe(200);
    expect((await fetch(`${url}/admin/queues`)).status).toBe(401);
    expect(token.length).toBeGreaterThanOrEqual(20);
  });

  it('the dashboard shows the numbers that status tells', () =>
    onPage(async (page) => {
      const { setlists = 0, tracks = 0, artists = 0, sources = {} } = await status();
      await page.goto(url);
      const shown = async (name: string) =>
        (await page.locator(`[data-live="${name}"]`).textContent())?.replaceAll(/\D/g, '');
      expect(await shown('setlists')).toBe(String(setlists));
      expect(await shown('tracks')).toBe(String(tracks));
      expect(await shown('artists')).toBe(String(artists));
      const rows = await page.locator('[data-live="sources"] tr').allInnerTexts();
      expect(rows).toHaveLength(SOURCE_NAMES.length);
      for (const { documents } of Object.values(sources))
        expect(rows.some((row) => row.split(/\s+/).includes(String(documents)))).toBe(true);
    }));

  it('the search box leads to a track, which says which page said so', () =>
    onPage(async (page) => {
      await page.goto(url);
      await search(page, 'orbit');
      const first = page.locator('main a[href^="/tracks/"]').first();
      const name = await first.locator('b').textContent();
      await first.click();
      await page.waitForURL(/\/tracks\//);
      expect(await page.locator('h1').textContent()).toBe(name);
      const evidence = page.locator('section', { hasText: 'Which page said so' });
      expect(await evidence.textContent()).toMatch(/sha256:[0-9a-f]{64}/);
      expect(await evidence.locator('.source').count()).toBeGreaterThan(0);
    }));

  it('from a track to the set it was played in, whose rows are those of the API', () =>
    onPage(async (page) => {
      await page.goto(url);
      await search(page, 'parallel avenue');
      await page.locator('main a[href^="/tracks/"]').first().click();
      await page.waitForURL(/\/tracks\//);
      await page.locator('main a[href^="/sets/"]').first().click();
      await page.waitForURL(/\/sets\//);
      const id = /\/sets\/([0-9a-f-]{36})/.exec(page.url())?.[1];
      const { data } = (await (await fetch(`${url}/api/v1/setlists/${id}`)).json()) as {
        data: { tracks: { title: string | null }[] };
      };
      const rows = await page.locator('ol.rows li.row').allInnerTexts();
      expect(rows).toHaveLength(data.tracks.length);
      for (const [index, { title }] of data.tracks.entries()) if (title !== null) expect(rows[index]).toContain(title);
      expect(await page.locator('main').textContent()).toMatch(/says so/);
    }));

  it('the token of status opens Bull Board, with every queue', () =>
    onPage(async (page) => {
      await page.goto(`${url}/admin/login?next=/admin/queues`);
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.waitForURL(/\/admin\/queues/);
      for (const name of QUEUE_NAMES) await page.getByRole('link', { name, exact: true }).first().waitFor();
    }));

  it.each(['/', '/search?index=setlists&q=live', '/admin/login'])('%s needs no scrolling sideways on a phone', (path) =>
    onPage(async (page) => {
      // As text: the browser's names are not ours.
      const sideways = () =>
        page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      await page.goto(`${url}${path}`);
      expect(await sideways()).toBe(0);
      if (!path.startsWith('/search')) return;
      await page.locator('main a[href^="/sets/"]').first().click();
      await page.waitForURL(/\/sets\//);
      expect(await sideways()).toBe(0);
    }, PHONE),
  );

  it('SIGTERM stops everything with exit 0: no process of the folder is left, and status says that nothing runs', async () => {
    expect(await stop(up)).toBe(0);
    expect(await processesOn(folder.path)).toEqual([]);
    expect(await status()).toMatchObject({ ready: false, phase: 'not running' });
  });
});
