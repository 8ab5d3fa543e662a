/**
 * Pages of one source in a WARC file: what a crawler (ours or another) received, as if it came now. Every record is a page, a fault with its
 * offset, or counted; digests that a record gives are checked before anything believes it.
 */
import { type Exchange, withoutSecrets } from '../core/exchange.ts';
import type { Problem } from '../core/parse-result.ts';
import type { SourceFacts } from '../core/source.ts';
import { decodeBody } from '../platform/content-encoding.ts';
import { readWarc, type WarcBytes } from '../platform/warc-reader.ts';
import { type Fields, fieldOf, hasDigest, readHttp, unchunk, type WarcRecord } from '../platform/warc-record.ts';
import { ASKED_FIELD, DIGEST_URN, SOURCE_FIELD } from './recorded-warc.ts';

/** A page as a record holds it. */
export interface WarcPage {
  /** Address that answered; null for a page that was recorded without one. */
  readonly url: string | null;
  /** Address that was asked, where it is known to be another. */
  readonly askedUrl: string | null;
  /** Null for what did not come over HTTP. */
  readonly status: number | null;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly exchange: Exchange | null;
  readonly remoteAddress: string | null;
  /** As received, content-encoding still on. */
  readonly rawBody: Buffer;
  readonly body: Buffer;
  readonly fetchedAt: Date;
  /** Digest of the payload as the record gives it: later records may repeat it. */
  readonly payloadDigest: string | null;
  /** Why it must not be read though it is kept; null when it may. */
  readonly refused: Problem | null;
}

/** Why a record is no page to read; each is counted. */
export type SkipReason =
  /** A record of another kind (request, metadata, warcinfo…). */
  | 'other'
  /** A page of another site. */
  | 'notOfThisSource'
  /** A picture, a script, robots.txt… of the source. */
  | 'noPage'
  /** A redirect, a refusal, a fault of the server. */
  | 'noAnswer'
  /** The same bytes as before: nothing new. */
  | 'unchanged';

export type WarcPageEntry = { readonly offset: number } & (
  | { readonly page: WarcPage }
  | { readonly revisited: Revisit }
  | { readonly skipped: SkipReason }
  | { readonly problem: Problem }
);

/** A page that had the bytes of an earlier one, which are found by `payloadDigest`. */
export type Revisit = Omit<WarcPage, 'rawBody' | 'body' | 'refused'>;

const NO_PAGE_TYPE = /^(?:image|video|audio|font)\/|^text\/css|javascript|ecmascript/i;

export async function* readWarcPages(bytes: WarcBytes, facts: SourceFacts): AsyncGenerator<WarcPageEntry> {
  const isOfSource = ofSource(facts);
  for await (const { offset, record, fault } of readWarc(bytes)) {
    if (fault !== null)
      yield { offset, problem: { code: fault.code, message: fault.message, where: `offset ${offset}` } };
    else yield { offset, ...(await readEntry(record, offset, isOfSource)) };
  }
}

type Read = WarcPageEntry extends infer Entry ? (Entry extends unknown ? Omit<Entry, 'offset'> : never) : never;

async function readEntry(
  record: WarcRecord,
  offset: number,
  isOfSource: (record: WarcRecord) => boolean,
): Promise<Read> {
  const type = fieldOf(record.fields, 'warc-type');
  if (type !== 'response' && type !== 'resource' && type !== 'revisit') return { skipped: 'other' };
  if (!isOfSource(record)) return { skipped: 'notOfThisSource' };
  const problem = unusable(record.fields, offset);
  if (problem !== null) return { problem };
  if (type === 'resource') return readResource(record, offset);
  const answer = readAnswer(record);
  if (answer === null)
    return { problem: { code: 'broken-record', message: 'it holds no HTTP answer', where: `offset ${offset}` } };
  return type === 'revisit' ? readRevisit(record, answer) : readResponse(record, offset, answer);
}

/** Whether a record is of a source: by the name we wrote into it, else by its host (the source's own, or one under the same domain). */
function ofSource({ name, hosts, homepage }: SourceFacts): (record: WarcRecord) => boolean {
  const domains = [...hosts, new URL(homepage).hostname].map((host) => host.replace(/^www\./, ''));
  return ({ fields }) => {
    const named = fieldOf(fields, SOURCE_FIELD);
    if (named !== null) return named === name;
    const uri = uriOf(fields);
    const host = URL.canParse(uri) ? new URL(uri).hostname : '';
    return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  };
}

/** Some writers put the address into angle brackets. */
function uriOf(fields: Fields): string {
  return (fieldOf(fields, 'warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1');
}

function unusable(fields: Fields, offset: number): Problem | null {
  const date = fieldOf(fields, 'warc-date') ?? '';
  const where = `offset ${offset}`;
  if (Number.isNaN(Date.parse(date)))
    return { code: 'bad-value', message: `WARC-Date is "${date}", expected a time`, where };
  if (fieldOf(fields, 'warc-segment-number') !== null)
    return { code: 'broken-record', message: 'the record is split over several, which is not read', where };
  return null;
}

function readResource({ fields, block }: WarcRecord, offset: number): Read {
  const uri = uriOf(fields);
  const contentType = fieldOf(fields, 'content-type');
  if (NO_PAGE_TYPE.test(contentType ?? '')) return { skipped: 'noPage' };
  const page: WarcPage = {
    url: uri.startsWith(DIGEST_URN) || uri === '' ? null : uri,
    askedUrl: null,
    status: null,
    contentType: contentType === 'application/octet-stream' ? null : contentType,
    contentEncoding: null,
    exchange: null,
    remoteAddress: null,
    rawBody: block,
    body: block,
    fetchedAt: dateOf(fields),
    payloadDigest: fieldOf(fields, 'warc-payload-digest'),
    refused: refusalOf({ fields, block }, block, offset),
  };
  return { page };
}

interface HttpAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly exchange: Exchange;
  readonly payload: Buffer;
}

function readAnswer({ block }: WarcRecord): HttpAnswer | null {
  const http = readHttp(block);
  const start = /^HTTP\/(\d(?:\.\d)?) +(\d{3})(?: +(.*))?$/.exec(http?.startLine ?? '');
  if (http === null || start === null) return null;
  const [, httpVersion = '1.1', status, statusText = ''] = start;
  const { headers, payload } = http;
  return {
    status: Number(status),
    contentType: fieldOf(headers, 'content-type'),
    contentEncoding: fieldOf(headers, 'content-encoding')?.trim().toLowerCase() || null,
    exchange: {
      request: null,
      httpVersion,
      statusText,
      headers: withoutSecrets(headers),
      redirects: [],
      bodyFault: null,
    },
    payload,
  };
}

async function readResponse(record: WarcRecord, offset: number, answer: HttpAnswer): Promise<Read> {
  const skipped = skipReason(record.fields, answer);
  if (skipped !== null) return { skipped };
  const rawBody = unchunked(answer.exchange.headers, answer.payload);
  const { body, bodyFault } = await decodeBody(rawBody, answer.contentEncoding);
  const where = `offset ${offset}`;
  const unreadable = bodyFault === null ? null : { code: 'bad-encoding', message: bodyFault.message, where };
  const page: WarcPage = {
    ...pageOf(record.fields, { ...answer, exchange: { ...answer.exchange, bodyFault } }),
    rawBody,
    body,
    refused: refusalOf(record, rawBody, offset) ?? unreadable,
  };
  return { page };
}

/** The body that a record holds, as received. */
export function recordedBody(record: WarcRecord): Buffer {
  const http = fieldOf(record.fields, 'content-type')?.startsWith('application/http') ? readHttp(record.block) : null;
  return http === null ? record.block : unchunked(http.headers, http.payload);
}

function unchunked(headers: Fields, payload: Buffer): Buffer {
  const isChunked = /chunked/i.test(fieldOf(headers, 'transfer-encoding') ?? '');
  return (isChunked ? unchunk(payload) : null) ?? payload;
}

function skipReason(fields: Fields, { status, contentType }: HttpAnswer): SkipReason | null {
  const uri = uriOf(fields);
  if (URL.canParse(uri) && new URL(uri).pathname === '/robots.txt') return 'noPage';
  if ((status >= 300 && status < 400) || status === 429 || status >= 500) return 'noAnswer';
  return NO_PAGE_TYPE.test(contentType ?? '') ? 'noPage' : null;
}

function readRevisit({ fields }: WarcRecord, answer: HttpAnswer): Read {
  const isSame = /identical-payload-digest$/.test(fieldOf(fields, 'warc-profile') ?? '');
  if (!isSame || fieldOf(fields, 'warc-payload-digest') === null) return { skipped: 'unchanged' };
  const skipped = skipReason(fields, answer);
  if (skipped !== null) return { skipped };
  return { revisited: pageOf(fields, answer) };
}

function pageOf(fields: Fields, answer: HttpAnswer): Revisit {
  const { status, contentType, contentEncoding, exchange } = answer;
  return {
    url: uriOf(fields),
    askedUrl: fieldOf(fields, ASKED_FIELD),
    status,
    contentType,
    contentEncoding,
    exchange,
    remoteAddress: fieldOf(fields, 'warc-ip-address'),
    fetchedAt: dateOf(fields),
    payloadDigest: fieldOf(fields, 'warc-payload-digest'),
  };
}

/** A record whose digests do not hold, or that was cut off when it was written, is kept as evidence and not read. */
function refusalOf({ fields, block }: WarcRecord, rawBody: Buffer, offset: number): Problem | null {
  const where = `offset ${offset}`;
  const payload = fieldOf(fields, 'content-type')?.startsWith('application/http') ? readHttp(block)?.payload : block;
  const ofBlock = fieldOf(fields, 'warc-block-digest');
  const ofPayload = fieldOf(fields, 'warc-payload-digest');
  // Some writers take the digest of a payload with its chunks, some without.
  const held = [payload ?? block, rawBody];
  const wrong =
    ofBlock !== null && hasDigest(block, ofBlock) === false
      ? ofBlock
      : ofPayload !== null && held.every((bytes) => hasDigest(bytes, ofPayload) === false)
        ? ofPayload
        : null;
  if (wrong !== null) return { code: 'digest-mismatch', message: `the bytes are not those of ${wrong}`, where };
  const truncated = fieldOf(fields, 'warc-truncated');
  if (truncated === null) return null;
  return { code: 'truncated', message: `the record was cut off when it was written (${truncated})`, where };
}

function dateOf(fields: Fields): Date {
  return new Date(fieldOf(fields, 'warc-date') ?? '');
}
