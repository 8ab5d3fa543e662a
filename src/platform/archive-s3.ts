/**
 * The archive in an S3-compatible bucket: the same documents under `<prefix>/<2 hex>/<62 hex>.zst`, signed by SigV4, addressed by path. What
 * is stored is never changed, so that writing twice is harmless and every read is checked against the name.
 */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import pRetry, { AbortError } from 'p-retry';
import { ConfigError, PermanentError, TransientError } from '../core/errors.ts';
import { FRESH_MS } from './archive-files.ts';
import type { ArchiveStore, StoredDocument, StoredFile } from './archive-store.ts';
import { unpackVerified } from './archive-unpack.ts';

const compress = promisify(zstdCompress);
/** As in the local archive. */
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** Tries of one request, waiting half a second and more between them. */
const RETRIES = { retries: 4, minTimeout: 500 };
/** Time for one answer, milliseconds. */
const TIMEOUT_MS = 60_000;

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Place {
  readonly bucketUrl: string;
  /** "" or ends with a slash. */
  readonly prefix: string;
  readonly region: string;
}

/**
 * @param location `s3://bucket/prefix?endpoint=https://host&region=…`; without an endpoint, Amazon's own of the region.
 * @throws ConfigError when it cannot be read, or there are no credentials.
 */
export function openS3Archive(location: string, credentials: S3Credentials | null): ArchiveStore {
  const place = placeOf(location);
  if (credentials === null)
    throw new ConfigError('MUSICDB_ARCHIVE names a bucket, and there are no credentials for it', {
      hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or their _FILE forms.',
    });
  const aws = new AwsClient({ ...credentials, service: 's3', region: place.region, retries: 0 });
  const ask: Ask = (method, path, said = {}) => request(aws, `${place.bucketUrl}${path}`, { method, ...said });
  const urlOf = (digest: Uint8Array) => `/${place.prefix}${keyOf(digest)}`;
  return {
    location: location.replace(/\?.*$/s, ''),
    put: (bytes) => put(ask, urlOf, bytes),
    get: async (digest) => {
      const answer = await ask('GET', urlOf(digest), { accept: [404] });
      return unpackVerified(answer.status === 404 ? null : await bodyOf(answer), digest, location);
    },
    has: async (digest) => (await head(ask, urlOf(digest))) !== null,
    remove: async (digest) => {
      await ask('DELETE', urlOf(digest), { accept: [404] });
    },
    list: () => list(ask, place.prefix),
    // Between the look and the deletion another may store it.
    isDiscardSafe: false,
    discard: async (digest, before) => {
      const about = await head(ask, urlOf(digest));
      if (about === null || about.storedAt >= before) return false;
      await ask('DELETE', urlOf(digest), { accept: [404] });
      return true;
    },
    // An object is whole or not there: writers that die leave nothing behind.
    tidy: async () => 0,
  };
}

function placeOf(location: string): Place {
  const url = URL.canParse(location) ? new URL(location) : null;
  const region = url?.searchParams.get('region') ?? 'us-east-1';
  const endpoint = url?.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`;
  if (url === null || url.hostname === '' || !/^https?:\/\/[^/?#]+\/?$/.test(endpoint))
    throw new ConfigError(`MUSICDB_ARCHIVE=${location} is no bucket`, {
      hint: 'Expected s3://bucket/prefix?endpoint=https://host:port&region=name.',
    });
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  const bucketUrl = `${endpoint.replace(/\/$/, '')}/${url.hostname}`;
  return { bucketUrl, prefix: prefix === '' ? '' : `${prefix}/`, region };
}

function keyOf(digest: Uint8Array): string {
  const hex = Buffer.from(digest).toString('hex');
  return `${hex.slice(0, 2)}/${hex.slice(2)}.zst`;
}

interface Said {
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers beside 2xx. */
  readonly accept?: readonly number[];
}
type Ask = (method: string, path: string, said?: Said) => Promise<Response>;

/** @throws PermanentError when the server refuses, TransientError when it does not answer after all tries. */
function request(aws: AwsClient, url: string, { method, body, headers, accept = [] }: Said & { method: string }) {
  return pRetry(async () => {
    const sha256 = hash('sha256', body ?? Buffer.alloc(0));
    const sent = {
      method,
      headers: { ...headers, 'x-amz-content-sha256': sha256 },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const answer = await aws
      .fetch(url, body === undefined ? sent : { ...sent, body: new Uint8Array(body) })
      .catch((cause: Error) => {
        throw new TransientError(`the archive's bucket does not answer: ${cause.message}`, {
          code: 'ARCHIVE_AWAY',
          cause,
        });
      });
    if (answer.ok || accept.includes(answer.status)) return answer;
    const why = (await answer.text()).slice(0, 300);
    const message = `the archive's bucket answered ${answer.status} to ${method} ${new URL(url).pathname}: ${why}`;
    if (answer.status === 429 || answer.status >= 500) throw new TransientError(message, { code: 'ARCHIVE_AWAY' });
    throw new AbortError(new PermanentError(message, { code: 'ARCHIVE_REFUSED' }));
  }, RETRIES);
}

/** Written only where it is not there yet; one that is there and old is written again, so that it is not taken for garbage. */
async function put(ask: Ask, urlOf: (digest: Uint8Array) => string, bytes: Uint8Array): Promise<StoredDocument> {
  const digest = hash('sha256', bytes, 'buffer');
  const packed = await compress(bytes, COMPRESSION);
  const stored = { digest, sizeBytes: bytes.byteLength, storedBytes: packed.byteLength };
  const written = await ask('PUT', urlOf(digest), { body: packed, headers: { 'if-none-match': '*' }, accept: [412] });
  if (written.status !== 412) return stored;
  const about = await head(ask, urlOf(digest));
  if (about !== null && Date.now() - about.storedAt.getTime() < FRESH_MS)
    return { ...stored, storedBytes: about.storedBytes };
  await ask('PUT', urlOf(digest), { body: packed });
  return stored;
}

async function head(ask: Ask, path: string): Promise<{ storedBytes: number; storedAt: Date } | null> {
  const answer = await ask('HEAD', path, { accept: [404] });
  if (answer.status === 404) return null;
  return {
    storedBytes: Number(answer.headers.get('content-length')),
    storedAt: new Date(answer.headers.get('last-modified') ?? ''),
  };
}

async function* list(ask: Ask, prefix: string): AsyncGenerator<StoredFile> {
  for (let token: string | null = null; ; ) {
    const query: Record<string, string> = {
      'list-type': '2',
      prefix,
      ...(token === null ? {} : { 'continuation-token': token }),
    };
    const page: string = await (await ask('GET', `?${new URLSearchParams(query)}`)).text();
    for (const [, entry = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) yield* storedFile(entry, prefix);
    token = textOf(page, 'NextContinuationToken');
    if (token === null) return;
  }
}

/** What else lies in the bucket is not ours to look at. */
function storedFile(entry: string, prefix: string): StoredFile[] {
  const key = textOf(entry, 'Key') ?? '';
  const [, folder, name] =
    /^([0-9a-f]{2})\/([0-9a-f]{62})\.zst$/.exec(key.startsWith(prefix) ? key.slice(prefix.length) : '') ?? [];
  if (folder === undefined || name === undefined) return [];
  const storedAt = new Date(textOf(entry, 'LastModified') ?? '');
  return [{ digest: Buffer.from(folder + name, 'hex'), storedBytes: Number(textOf(entry, 'Size')), storedAt }];
}

function textOf(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? null;
  return text === null
    ? null
    : text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

async function bodyOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}
