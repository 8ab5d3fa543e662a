/** The pages in a real browser: nothing is blocked, nothing hangs over the edge, numbers refresh by themselves, the login opens the queues. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findChromium } from '../../ops/dev-services/chromium.ts';
import { row, setlist } from '../core/items.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { openTestApp, putIntoCatalogue, type TestApp, TOKEN } from '../testing/test-app.ts';
import { putTroubleInto } from '../testing/trouble.ts';

const LONG =
  'A title that is so long that it does not fit on one line of a phone, with aWordThatHasNoSpaceAnywhereAndIsLongerThanTheWindow';

let services: TestServices;
let served: TestApp;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  services = await openTestServices();
  served = await openTestApp(services);
  const tracks = [
    row(1, { artist: LONG, title: LONG, cueSeconds: 0, cueGranularity: 'second' }),
    row(2, { artist: 'Bicep', title: 'Glue' }),
  ];
  const said = {
    title: LONG,
    artists: ['Bicep', LONG],
    venue: LONG,
    date: '2024-05-01',
    datePrecision: 'day' as const,
    tracks,
  };
  await putIntoCatalogue(served.test, [
    setlist('mixesdb', 'long', { ...said, url: `https://www.mixesdb.com/w/${'x'.repeat(300)}` }),
  ]);
  await putTroubleInto(served);
  origin = await served.app.listen({ host: '127.0.0.1', port: 0 });
  const { path, args, env } = await findChromium();
  browser = await chromium.launch({
    executablePath: path,
    args,
    env: { ...process.env, ...env } as Record<string, string>,
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await served.release();
  await services.release();
});

/** What the browser complains of, and what it asks of others. */
async function open(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  return { page, complaints };
}

async function paths(): Promise<string[]> {
  const { rows } = await services.db.query<{ path: string }>(
    `select '/sets/' || id as path from setlists union all select '/tracks/' || id from tracks union all select '/artists/' || id from artists`,
  );
  const fixed = [
    '/',
    '/search?q=glue',
    '/search?q=title',
    '/admin/login',
    '/sources/1001tracklists',
    '/sources/mixesdb',
  ];
  return [...fixed, ...rows.map(({ path }) => path)];
}

it.each([
  [1280, 'light'],
  [390, 'dark'],
] as const)(
  'at %i pixels, %s, every page fits and no browser complains',
  async (width, scheme) => {
    const { page, complaints } = await open(width, scheme);
    for (const path of await paths()) {
      expect((await page.goto(origin + path))?.status(), path).toBe(200);
      const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(over, `${path} hangs over the edge`).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
  },
  60_000,
);

it('the first page refreshes by itself', async () => {
  const { page, complaints } = await open(1280, 'light');
  await page.goto(`${origin}/`);
  const tile = page.locator('[data-live=setlists]');
  expect(await tile.textContent()).toBe('1');
  await putIntoCatalogue(served.test, [setlist('mixesdb', 'another', { title: 'Another' })]);
  await expect.poll(() => tile.textContent(), { timeout: 20_000 }).toBe('2');
  expect(complaints).toEqual([]);
}, 60_000);

it('the login opens the queues, in which the jobs are', async () => {
  await served.options.queues[0]?.add('load', { rawItemIds: [1] }, { priority: 10 });
  const { page, complaints } = await open(1280, 'light');
  await page.goto(`${origin}/admin/queues`);
  expect(page.url()).toContain('/admin/login');
  await page.fill('#token', TOKEN);
  await page.click('button.primary');
  await page.getByRole('link', { name: 'transform' }).first().waitFor();
  expect(page.url()).toBe(`${origin}/admin/queues`);
  expect(complaints).toEqual([]);
}, 60_000);
