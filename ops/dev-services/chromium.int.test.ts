import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    const cache = mkdtempSync(join(tmpdir(), 'musicdb-chromium-'));
    const found = await findChromium({ env: { PATH: '', XDG_CACHE_HOME: cache } });
    expect(found.path).toMatch(/musicdb\/chromium-[\d.]+\/chromium$/);
    expect(await titleBy(found)).toBe('rendered 2');
    rmSync(cache, { recursive: true });
  },
);
