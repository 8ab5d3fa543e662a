/** Puts an answer on the wire: whole, or in one of the ways in which real ones arrive broken. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Bodies of this size and less are cheaper to send than to compress. */
const SMALL_BYTES = 1024;
const DRIPS = 16;
const compress = promisify(gzip);

export type Delivery = 'whole' | 'late' | 'drip' | 'cut' | 'reset';

export interface WireAnswer {
  readonly status: number;
  /** Lower-case names. A `content-encoding` means that the body is sent as it is. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly delivery: Delivery;
  /** Time that "late" and "drip" take. */
  readonly seconds: number;
}

export async function send(answer: WireAnswer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (answer.delivery === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (answer.delivery === 'late') await pause(answer.seconds, response);
  const { headers, bytes } = await encode(answer, request);
  response.writeHead(answer.status, headers);
  if (request.method === 'HEAD' || answer.status === 304) response.end();
  else if (answer.delivery === 'cut') cut(bytes, response);
  else if (answer.delivery === 'drip') await drip(bytes, answer.seconds, response);
  else response.end(bytes);
}

async function encode({ headers, body, status }: WireAnswer, request: IncomingMessage) {
  const accepts = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const zips = accepts && body.length > SMALL_BYTES && headers['content-encoding'] === undefined;
  const bytes = zips ? await compress(body, { level: 1 }) : body;
  return {
    bytes,
    headers: {
      vary: 'Accept-Encoding',
      ...(status === 304 ? {} : { 'content-length': String(bytes.length) }),
      ...headers,
      ...(zips ? { 'content-encoding': 'gzip' } : {}),
    },
  };
}

/** Announces all of it, sends half. */
function cut(bytes: Buffer, response: ServerResponse): void {
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

async function drip(bytes: Buffer, seconds: number, response: ServerResponse): Promise<void> {
  const step = Math.max(1, Math.ceil(bytes.length / DRIPS));
  for (let from = 0; from < bytes.length && !response.destroyed; from += step) {
    response.write(bytes.subarray(from, from + step));
    await pause(seconds / DRIPS, response);
  }
  response.end();
}

/** Ends early when nobody waits for the answer any more. */
async function pause(seconds: number, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  const leave = (): void => left.abort();
  response.once('close', leave);
  await sleep(seconds * 1_000, undefined, { signal: left.signal }).catch(() => undefined);
  response.off('close', leave);
}
