import { chromium as playwright } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Chromium, findChromium } from './chromium.ts';

async function titleBy({ path, args, env }: Chromium): Promise<string> {
  const browser = await playwright.launch({
    executablePath: path,
    args,
    env: { ...process.env, ...env } as Record<string, string>,
  });
  try {
    const page = await browser.newPage();
    await page.setContent('<title>before</title><script>document.title = "rendered " + (1 + 1)</script>');
    return await page.title();
  } finally {
    await browser.close();
  }
}

it('the Chromium of this machine renders a page', async () => {
  expect(await titleBy(await findChromium())).toBe('rendered 2');
});

it.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'without an installed one, the one inside the npm package does',
  async () => {
    const { HOME, XDG_CACHE_HOME } = process.env;
    const env = { PATH: '', ...(HOME && { HOME }), ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }) };
    const found = await findChromium({ env });
    expect(found.path).toMatch(/musicdb\/chromium-[\d.]+\/chromium$/);
    expect(await titleBy(found)).toBe('rendered 2');
  },
);
