/**
 * Renders pages that hold their data only after their scripts ran. A PlaywrightCrawler keeps one browser for the whole slice. The
 * browser has no network of its own: every request a page makes is answered by our fetch layer or not at all, so that the egress guard,
 * the sandbox and the limits hold inside it too.
 */
import { Configuration, LogLevel, log, PlaywrightCrawler } from '@crawlee/playwright';
import { type Page as BrowserPage, chromium, type Frame, type Request, type Route } from 'playwright-core';
import { asError, PermanentError } from '../src/core/errors.ts';
import type { FetchedPage } from '../src/core/fetching.ts';

/** Most that a page may take until its network is quiet, milliseconds. */
const RENDER_TIMEOUT_MS = 20_000;
/** Most that one page may ask for besides itself: no site is asked without end because a script of its own runs in circles. */
const MAX_RESOURCES = 100;
/** A rendered page over this is refused, as one that comes over HTTP is. */
const MAX_PAGE_BYTES = 50 * 1024 * 1024;
/**
 * Interception sees requests of pages, but no WebSocket of a worker, preconnect, DNS prefetch, WebRTC or request of the browser itself.
 * So no name and no address resolves inside the browser, its proxy does not exist, and nothing may go around that proxy.
 */
const WITHOUT_NETWORK = [
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--proxy-server=socks5://no-network.invalid:9',
  '--proxy-bypass-list=<-loopback>',
  // One switch, two names, by version.
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--disable-quic',
];
const ARGS = [
  ...WITHOUT_NETWORK,
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Nothing the data depends on. */
const SKIPPED_RESOURCES = new Set(['image', 'media', 'font', 'stylesheet']);
/** Headers that were true of the bytes on the wire and are not of what the browser serialises. */
const OF_THE_WIRE = /^(?:content-(?:encoding|length|type)|transfer-encoding)$/i;

export interface RendererOptions {
  /** Browser to run. */
  readonly chromiumPath: string;
  /** Fetches what the browser asks for, under the same guard as every other request. */
  readonly fetchResource: (url: string) => Promise<FetchedPage>;
}

export interface Renderer {
  /**
   * The page after its scripts ran: status and headers of its document as they came, body as the browser serialises it.
   * @throws the fault of the document's own fetch; PermanentError when the page is too large.
   */
  render(url: string): Promise<FetchedPage>;
  release(): Promise<void>;
}

/** A page that is being rendered. */
interface Rendering {
  readonly url: string;
  readonly startedAt: number;
  readonly resolve: (page: FetchedPage) => void;
  readonly reject: (error: Error) => void;
  resources: number;
  /** What the last navigation of the page itself was answered with. */
  document: FetchedPage | null;
  fault: Error | null;
}

/** Starts no browser before the first page. */
export function createRenderer({ chromiumPath, fetchResource }: RendererOptions): Renderer {
  const renderings = new Map<string, Rendering>();
  let started: { crawler: PlaywrightCrawler; running: Promise<unknown> } | null = null;
  const start = () => {
    const crawler = createCrawler(chromiumPath, fetchResource, renderings);
    return { crawler, running: crawler.run() };
  };
  let count = 0;
  return {
    render: async (url) => {
      if (!/^https?:/i.test(url))
        throw new PermanentError(`${url} is no http or https address`, { code: 'INVALID_URL' });
      started ??= start();
      const { crawler } = started;
      count += 1;
      const uniqueKey = `${count} ${url}`;
      try {
        return await new Promise<FetchedPage>((resolve, reject) => {
          const rendering = { url, startedAt: Date.now(), resolve, reject, resources: 0, document: null, fault: null };
          renderings.set(uniqueKey, rendering);
          crawler.addRequests([{ url, uniqueKey }]).catch(reject);
        });
      } finally {
        renderings.delete(uniqueKey);
      }
    },
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
  renderings: ReadonlyMap<string, Rendering>,
): PlaywrightCrawler {
  // It would write to standard output, which belongs to the result of a command.
  log.setLevel(LogLevel.OFF);
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
      browserPoolOptions: {
        useFingerprints: false,
        prePageCreateHooks: [
          (_id, _controller, options) => {
            // A service worker would answer requests before we see them.
            if (options) Object.assign(options, { serviceWorkers: 'block', acceptDownloads: false });
          },
        ],
      },
      preNavigationHooks: [
        async ({ page, request }, goto) => {
          const rendering = renderings.get(request.uniqueKey);
          if (rendering === undefined) throw new Error(`${request.url} is rendered for nobody`);
          if (goto !== undefined) Object.assign(goto, { waitUntil: 'networkidle', timeout: RENDER_TIMEOUT_MS });
          await answerRequests(page, rendering, fetchResource);
        },
      ],
      requestHandler: async ({ request, page }) => {
        const rendering = renderings.get(request.uniqueKey);
        rendering?.resolve(renderedPage(rendering, page.url(), await page.content()));
      },
      failedRequestHandler: ({ request }, error) => {
        const rendering = renderings.get(request.uniqueKey);
        rendering?.reject(rendering.fault ?? asError(error));
      },
    },
    new Configuration({ persistStorage: false }),
  );
}

/** Of the whole context, not of the page: what other windows ask for is refused, nothing of the data is in a window that a page opens. */
async function answerRequests(
  page: BrowserPage,
  rendering: Rendering,
  fetchResource: RendererOptions['fetchResource'],
): Promise<void> {
  await page.context().route('**/*', async (route) => {
    const asked = route.request();
    const frame = frameOf(asked);
    const isDocument = asked.isNavigationRequest() && frame === page.mainFrame();
    try {
      if (frame?.page() !== page || !mayBeAsked(asked, rendering)) return await route.abort('blockedbyclient');
      const answer = await fetchResource(asked.url());
      if (isDocument) takeDocument(rendering, answer);
      if (answer.bodyFault !== null) throw new PermanentError(`${answer.url}: ${answer.bodyFault.message}`);
      await fulfil(route, answer);
    } catch (error) {
      if (isDocument) rendering.fault = asError(error);
      // Refused by the guard or failed: the page sees a failed request, as it would behind any firewall.
      await route.abort('blockedbyclient').catch(ignoreClosedPage);
    }
  });
}

/** Null where the window is not there yet: the first request of one that a page opens. */
function frameOf(asked: Request): Frame | null {
  try {
    return asked.frame();
  } catch {
    return null;
  }
}

/** A document that is no page (a refusal, an error, one that cannot be decoded) is handed on as it came: its scripts, a challenge's among them, never run. */
function takeDocument(rendering: Rendering, answer: FetchedPage): void {
  rendering.document = answer;
  if (answer.bodyFault !== null || answer.status < 200 || answer.status > 299) {
    rendering.resolve(answer);
    throw new PermanentError(`${answer.url} answered ${answer.status}: nothing to render`);
  }
}

function mayBeAsked(asked: Request, rendering: Rendering): boolean {
  if (asked.method() !== 'GET' || SKIPPED_RESOURCES.has(asked.resourceType())) return false;
  rendering.resources += 1;
  return rendering.resources <= MAX_RESOURCES + 1;
}

function ignoreClosedPage(): void {
  // The page was closed while its request was under way: nobody waits for the answer.
}

/** Redirects were followed by the fetch layer: the browser must not follow any, it would do so unseen. */
function fulfil(route: Route, { status, headers, body }: FetchedPage): Promise<void> {
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(?:content-encoding|content-length|transfer-encoding|location)$/.test(name),
  );
  return route.fulfill({ status, headers: Object.fromEntries(kept), body });
}

/** @throws PermanentError when the browser holds more than is taken. */
function renderedPage({ url, startedAt, document, resources }: Rendering, shownUrl: string, html: string): FetchedPage {
  if (document === null) throw new Error(`${url} was rendered from nothing (${resources} requests)`);
  const body = Buffer.from(html, 'utf8');
  if (body.length > MAX_PAGE_BYTES)
    throw new PermanentError(`${url} renders to ${body.length} bytes, ${MAX_PAGE_BYTES} are taken at most`, {
      code: 'TOO_LARGE',
    });
  const contentType = 'text/html; charset=utf-8';
  const headers = Object.entries(document.headers).filter(([name]) => !OF_THE_WIRE.test(name));
  return {
    ...document,
    url,
    // The browser was not told of redirects; what it shows under its own address may have come from another one.
    finalUrl: shownUrl === url && document.redirects.length > 0 ? document.finalUrl : shownUrl,
    headers: { ...Object.fromEntries(headers), 'content-type': contentType },
    rawHeaders: [...document.rawHeaders.filter(([name]) => !OF_THE_WIRE.test(name)), ['Content-Type', contentType]],
    rawBody: body,
    contentEncoding: null,
    body,
    durationMs: Date.now() - startedAt,
    fetchedAt: new Date(startedAt),
  };
}
