/**
 * Renders pages that hold their data only after their scripts ran. A PlaywrightCrawler keeps one browser for the whole slice; every
 * request the page makes goes through our own fetch layer, so that the egress guard and the sandbox hold inside the browser too.
 */
import { Configuration, PlaywrightCrawler } from '@crawlee/playwright';
import { type Page as BrowserPage, chromium, type Route } from 'playwright-core';
import { asError, PermanentError } from '../src/core/errors.ts';
import type { FetchedPage } from '../src/core/fetching.ts';

/** Quiet time after which a page counts as rendered, and the most it may take, milliseconds. */
const RENDER_TIMEOUT_MS = 20_000;
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Nothing the data depends on. */
const SKIPPED_RESOURCES = new Set(['image', 'media', 'font', 'stylesheet']);

export interface RendererOptions {
  /** Browser to run; null when none is known. */
  readonly chromiumPath: string | null;
  /** Fetches what the browser asks for, under the same guard as every other request. */
  readonly fetchResource: (url: string) => Promise<FetchedPage>;
}

export interface Renderer {
  /** The page after its scripts ran: status and headers of the document, body as the browser serialises it. */
  render(url: string): Promise<FetchedPage>;
  release(): Promise<void>;
}

interface Waiting {
  readonly resolve: (page: FetchedPage) => void;
  readonly reject: (error: Error) => void;
}

/** Starts no browser before the first page. */
export function createRenderer({ chromiumPath, fetchResource }: RendererOptions): Renderer {
  const waiting = new Map<string, Waiting>();
  let started: { crawler: PlaywrightCrawler; running: Promise<unknown> } | null = null;
  const start = () => {
    if (chromiumPath === null) {
      throw new PermanentError('this page needs a browser and none is known', {
        code: 'NO_BROWSER',
        hint: 'Install chromium, or set CHROMIUM_PATH.',
      });
    }
    const crawler = createCrawler(chromiumPath, fetchResource, waiting);
    return { crawler, running: crawler.run() };
  };
  let count = 0;
  return {
    render: (url) =>
      new Promise((resolve, reject) => {
        count += 1;
        const uniqueKey = `${count} ${url}`;
        waiting.set(uniqueKey, { resolve, reject });
        try {
          started ??= start();
          started.crawler.addRequests([{ url, uniqueKey }]).catch((error: Error) => reject(error));
        } catch (error) {
          reject(asError(error));
        }
      }),
    release: async () => {
      if (started === null) return;
      started.crawler.stop();
      await started.running;
      await started.crawler.teardown();
    },
  };
}

function createCrawler(
  chromiumPath: string,
  fetchResource: RendererOptions['fetchResource'],
  waiting: Map<string, Waiting>,
): PlaywrightCrawler {
  return new PlaywrightCrawler(
    {
      keepAlive: true,
      maxRequestRetries: 0,
      maxConcurrency: 2,
      useSessionPool: false,
      retryOnBlocked: false,
      statisticsOptions: { logIntervalSecs: 3_600, persistenceOptions: { enable: false } },
      launchContext: {
        launcher: chromium,
        useIncognitoPages: true,
        launchOptions: { executablePath: chromiumPath, args: ARGS },
      },
      browserPoolOptions: { useFingerprints: false },
      preNavigationHooks: [({ page }, goto) => prepareNavigation(page, goto, fetchResource)],
      requestHandler: async ({ request, page, response }) => {
        const body = Buffer.from(await page.content(), 'utf8');
        const headers = { ...(response?.headers() ?? {}), 'content-type': 'text/html; charset=utf-8' };
        waiting.get(request.uniqueKey)?.resolve({
          url: request.url,
          finalUrl: page.url(),
          request: { method: 'GET', headers: {}, body: null },
          httpVersion: '1.1',
          status: response?.status() ?? 200,
          statusText: response?.statusText() ?? '',
          headers: withoutEncoding(headers),
          rawHeaders: Object.entries(withoutEncoding(headers)),
          rawBody: body,
          contentEncoding: null,
          body,
          bodyFault: null,
          redirects: [],
          remoteAddress: null,
          durationMs: Date.now() - request.userData.startedAt,
          fetchedAt: new Date(request.userData.startedAt),
        });
      },
      failedRequestHandler: ({ request }, error) => {
        waiting.get(request.uniqueKey)?.reject(asError(error));
      },
    },
    new Configuration({ persistStorage: false }),
  );
}

async function prepareNavigation(
  page: BrowserPage,
  goto: { waitUntil?: string; timeout?: number } | undefined,
  fetchResource: RendererOptions['fetchResource'],
): Promise<void> {
  if (goto !== undefined) Object.assign(goto, { waitUntil: 'networkidle', timeout: RENDER_TIMEOUT_MS });
  await page.route('**/*', (route) => answer(route, fetchResource));
}

async function answer(route: Route, fetchResource: RendererOptions['fetchResource']): Promise<void> {
  const request = route.request();
  if (request.method() !== 'GET' || SKIPPED_RESOURCES.has(request.resourceType())) return route.abort();
  try {
    const { status, headers, body } = await fetchResource(request.url());
    await route.fulfill({ status, headers: withoutEncoding(headers), body });
  } catch {
    // Refused by the guard or failed: the page sees a failed request, as it would behind any firewall.
    await route.abort('blockedbyclient');
  }
}

function withoutEncoding(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'content-encoding' && name !== 'content-length'),
  );
}
