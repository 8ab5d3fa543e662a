/** The browser against servers on this machine: what it shows of a page, and that nothing gets out of it but through the fetch layer. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium } from '../ops/dev-services/chromium.ts';
import { PermanentError } from '../src/core/errors.ts';
import type { FetchedPage } from '../src/core/fetching.ts';
import { createRenderer, type Renderer } from './render-page.ts';

const ORIGIN = 'https://sets.example';
const pages = new Map<string, Partial<FetchedPage>>();
const asked: string[] = [];
/** Connections and datagrams that reached servers of this machine: there may be none. */
const leaks: string[] = [];
let forbidden: Server;
let stun: UdpSocket;
let renderer: Renderer;
let tcp: string;
let udp: string;

/** What the client answers, without a network: a page of the map, or the guard's refusal. */
async function fetchResource(url: string): Promise<FetchedPage> {
  asked.push(url);
  const path = url.startsWith(ORIGIN) ? url.slice(ORIGIN.length) : '';
  const page = pages.get(path);
  if (page === undefined) throw new PermanentError(`refused to connect to ${url}`, { code: 'EGRESS_BLOCKED' });
  const body = page.body ?? Buffer.alloc(0);
  return {
    url,
    finalUrl: url,
    request: { method: 'GET', headers: { accept: '*/*' }, body: null },
    httpVersion: '1.1',
    status: 200,
    statusText: 'OK',
    headers: { 'content-type': 'text/html; charset=utf-8', 'x-page': '1' },
    rawHeaders: [
      ['Content-Type', 'text/html'],
      ['X-Page', '1'],
    ],
    rawBody: body,
    contentEncoding: null,
    body,
    bodyFault: null,
    redirects: [],
    remoteAddress: '203.0.113.9',
    durationMs: 5,
    fetchedAt: new Date('2026-01-01T00:00:00Z'),
    ...page,
  };
}

const serve = (path: string, html: string, more: Partial<FetchedPage> = {}) =>
  pages.set(path, { body: Buffer.from(html), ...more });

beforeAll(async () => {
  forbidden = createServer((socket) => {
    leaks.push('a connection');
    socket.on('error', () => undefined).on('data', (data) => leaks.push(data.toString('latin1').slice(0, 60)));
  });
  await new Promise<void>((resolve) => forbidden.listen(0, '127.0.0.1', resolve));
  tcp = `127.0.0.1:${(forbidden.address() as AddressInfo).port}`;
  stun = createSocket('udp4').on('message', () => leaks.push('a datagram'));
  await new Promise<void>((resolve) => stun.bind(0, '127.0.0.1', resolve));
  udp = `127.0.0.1:${stun.address().port}`;
  renderer = createRenderer({ chromiumPath: (await findChromium()).path, fetchResource });
});

afterAll(async () => {
  await renderer?.release();
  stun?.close();
  await new Promise((resolve) => forbidden?.close(resolve));
});

beforeEach(() => {
  pages.clear();
  asked.length = 0;
  leaks.length = 0;
});

describe('a rendered page', () => {
  it('is what its scripts made of it, with the headers and address of its document', async () => {
    serve('/set', '<p id=a></p><script src="/a.js"></script>');
    serve('/a.js', 'a.textContent = "1. Artist - Title"', { headers: { 'content-type': 'text/javascript' } });
    const page = await renderer.render(`${ORIGIN}/set`);
    expect(page.body.toString()).toContain('<p id="a">1. Artist - Title</p>');
    expect(page).toMatchObject({ status: 200, remoteAddress: '203.0.113.9', headers: { 'x-page': '1' } });
    expect(page.fetchedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('keeps its own address, or has the one its document was redirected to', async () => {
    serve('/set', '<p>a</p>');
    expect((await renderer.render(`${ORIGIN}/set#rendered`)).finalUrl).toBe(`${ORIGIN}/set#rendered`);
    const hop = { url: `${ORIGIN}/set`, status: 301, location: '/other', remoteAddress: null };
    serve('/set', '<p>a</p>', { finalUrl: `${ORIGIN}/other`, redirects: [hop] });
    expect((await renderer.render(`${ORIGIN}/set`)).finalUrl).toBe(`${ORIGIN}/other`);
  });

  it('that may not be asked fails as its own fetch did', async () => {
    await expect(renderer.render('https://inward.example/')).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  });

  it('that is a refusal is handed on as it came, and its scripts do not run', async () => {
    serve('/set', '<script src="/challenge.js"></script>', { status: 403 });
    const page = await renderer.render(`${ORIGIN}/set`);
    expect(page).toMatchObject({ status: 403, body: Buffer.from('<script src="/challenge.js"></script>') });
    expect(asked).toEqual([`${ORIGIN}/set`]);
  });

  it('cannot ask without end', async () => {
    serve('/set', '<script>for (let n = 0; n < 500; n += 1) fetch("/more?" + n).catch(() => 0)</script>');
    await renderer.render(`${ORIGIN}/set`);
    expect(asked).toHaveLength(101);
  });
});

describe('nothing leaves the browser but through the fetch layer', () => {
  const attempts: Readonly<Record<string, () => string>> = {
    'fetch, XHR and beacon': () =>
      `<script>fetch('http://${tcp}/').catch(() => 0); navigator.sendBeacon('http://${tcp}/b', 'x');
       const x = new XMLHttpRequest(); x.open('POST', 'http://${tcp}/x'); x.send('y')</script>`,
    'a WebSocket of the page': () => `<script>new WebSocket('ws://${tcp}/')</script>`,
    'a WebSocket and a fetch of a worker': () =>
      `<script>new Worker(URL.createObjectURL(new Blob(["new WebSocket('ws://${tcp}/'); fetch('http://${tcp}/')"])))</script>`,
    'a service worker': () => `<script>navigator.serviceWorker.register('/worker.js').catch(() => 0)</script>`,
    'hints: preconnect, prefetch, DNS, speculation': () =>
      `<link rel=preconnect href="http://${tcp}"><link rel=dns-prefetch href="//${tcp}"><link rel=prefetch href="http://${tcp}/p">
       <link rel=preload as=fetch href="http://${tcp}/l"><link rel=modulepreload href="http://${tcp}/m.js">
       <script type=speculationrules>{"prefetch": [{"urls": ["http://${tcp}/s"], "eagerness": "immediate"}]}</script>`,
    'frames, images, media and styles': () =>
      `<iframe src="http://${tcp}/f"></iframe><img src="http://${tcp}/i"><video src="http://${tcp}/v" autoplay></video>
       <link rel=stylesheet href="http://${tcp}/c"><object data="http://${tcp}/o"></object>`,
    'an event stream': () => `<script>new EventSource('http://${tcp}/')</script>`,
    WebRTC: () =>
      `<script>const p = new RTCPeerConnection({ iceServers: [{ urls: 'stun:${udp}' },
        { urls: 'turn:${tcp}?transport=tcp', username: 'a', credential: 'b' }] });
       p.createDataChannel('x'); p.createOffer().then((offer) => p.setLocalDescription(offer))</script>`,
    'a window of its own': () => `<script>window.open('http://${tcp}/w')</script>`,
    'a download': () => `<a id=d download href="http://${tcp}/d">x</a><script>d.click()</script>`,
    'a form': () => `<form id=f method=post target=_blank action="http://${tcp}/f"></form><script>f.submit()</script>`,
  };

  it.each(Object.keys(attempts))('%s', async (name) => {
    serve('/set', `<p>set</p>${attempts[name]?.()}`);
    serve('/worker.js', `fetch('http://${tcp}/')`, { headers: { 'content-type': 'text/javascript' } });
    await renderer.render(`${ORIGIN}/set`);
    await sleep(300);
    expect(leaks).toEqual([]);
  });

  it('a redirect, even one that the fetch layer let through', async () => {
    serve('/set', '<iframe src="/moved"></iframe>');
    serve('/moved', '', { status: 302, headers: { location: `http://${tcp}/` } });
    await renderer.render(`${ORIGIN}/set`);
    expect(leaks).toEqual([]);
  });
});
