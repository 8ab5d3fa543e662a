/**
 * Recorded fetches as WARC records. A page that came over HTTP becomes a response with its request, or a revisit where the same bytes are in
 * the file already; an imported page becomes a resource; what else is known of a fetch (source, run, redirects) becomes its metadata.
 */
import type { Exchange } from '../core/exchange.ts';
import { VERSION } from '../platform/user-agent.ts';
import { type Fields, sha256Label, writeFields, writeHttp } from '../platform/warc-record.ts';
import { type NewWarcRecord, newRecordId, type WarcWriter } from '../platform/warc-writer.ts';
import type { FetchRange, RecordedFetch } from '../repositories/exchanges.ts';

/** Field that names the source of an imported page: it may have no address to be known by. */
export const SOURCE_FIELD = 'MusicDB-Source';
/** Field that names the address that was asked, where redirects led from it to the one that answered. */
export const ASKED_FIELD = 'MusicDB-Asked-URI';
/** Address of a page that has none: this and its digest, hex. */
export const DIGEST_URN = 'urn:sha256:';

const PROFILES = 'http://netpreserve.org/warc/1.1/revisit';
const WARC_FIELDS = 'application/warc-fields';
/** Responses that later records may refer to; older ones are written again instead, so that memory stays bounded. */
const REMEMBERED = 100_000;
/** Headers of the connection: the body is kept without its transfer coding, and with this one they would not be true. */
const HOP_HEADERS = /^(transfer-encoding|connection|keep-alive)$/i;

/** A response in the file that later records may refer to. */
interface Written {
  readonly id: string;
  readonly uri: string;
  readonly date: Date;
  readonly payloadDigest: string;
}

/** The file as it grows. */
export class RecordedWarc {
  /** Records by type. */
  readonly records: Record<string, number> = {};
  /** Requests that had no answer. */
  withoutAnswer = 0;
  readonly #writer: WarcWriter;
  readonly #byDigest = new Map<string, Written>();
  readonly #byUri = new Map<string, Written>();

  constructor(writer: WarcWriter) {
    this.#writer = writer;
  }

  async describe(date: Date, { source, since }: FetchRange): Promise<void> {
    const about: Fields = [
      ['software', `MusicDB/${VERSION}`],
      ['format', 'WARC File Format 1.1'],
      ['conformsTo', 'http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/'],
      ['description', `Fetches of ${source ?? 'all sources'}${since === null ? '' : ` since ${since.toISOString()}`}`],
    ];
    await this.#add({ type: 'warcinfo', date, contentType: WARC_FIELDS, fields: [], block: fieldsBlock(about) });
  }

  /** @param body as received; null when there was none. */
  async write(fetch: RecordedFetch, body: Buffer | null): Promise<void> {
    const id = newRecordId();
    const { status, exchange, digest } = fetch;
    if (status === 304) await this.#add(this.#notModified(fetch, id));
    else if (body === null || digest === null) {
      this.withoutAnswer += 1;
      return;
    } else if (exchange === null || status === null) await this.#add(resource(fetch, { id, digest, body }));
    else await this.#add(this.#response(fetch, { id, digest, payload: body }));
    if (exchange !== null && exchange.request !== null) await this.#add(request(fetch, exchange, id));
    await this.#add(metadata(fetch, id));
  }

  #response(
    fetch: RecordedFetch,
    { id, digest, payload }: { id: string; digest: Buffer; payload: Buffer },
  ): NewWarcRecord {
    const uri = uriOf(fetch);
    const payloadDigest = sha256Label(digest);
    const known = this.#byDigest.get(payloadDigest);
    remember(this.#byUri, uri, known ?? { id, uri, date: fetch.fetchedAt, payloadDigest });
    if (known !== undefined) return revisit(fetch, { id, known, profile: 'identical-payload-digest' });
    remember(this.#byDigest, payloadDigest, { id, uri, date: fetch.fetchedAt, payloadDigest });
    const fields: Fields = [...truncation(fetch), ['WARC-Payload-Digest', payloadDigest]];
    return { ...httpRecord(fetch, { id, fields, payload }), type: 'response' };
  }

  #notModified(fetch: RecordedFetch, id: string): NewWarcRecord {
    return revisit(fetch, { id, known: this.#byUri.get(uriOf(fetch)), profile: 'server-not-modified' });
  }

  async #add(record: NewWarcRecord): Promise<void> {
    await this.#writer.write(record);
    this.records[record.type] = (this.records[record.type] ?? 0) + 1;
  }
}

function remember(written: Map<string, Written>, key: string, record: Written): void {
  written.delete(key);
  written.set(key, record);
  const [oldest] = written.size > REMEMBERED ? written.keys() : [];
  if (oldest !== undefined) written.delete(oldest);
}

function revisit(
  fetch: RecordedFetch,
  { id, known, profile }: { id: string; known: Written | undefined; profile: string },
): NewWarcRecord {
  const refers: Fields =
    known === undefined
      ? []
      : [
          ['WARC-Refers-To', known.id],
          ['WARC-Refers-To-Target-URI', known.uri],
          ['WARC-Refers-To-Date', known.date.toISOString()],
          ['WARC-Payload-Digest', known.payloadDigest],
        ];
  const fields: Fields = [['WARC-Profile', `${PROFILES}/${profile}`], ...refers];
  return { ...httpRecord(fetch, { id, fields, payload: Buffer.alloc(0) }), type: 'revisit' };
}

function httpRecord(
  fetch: RecordedFetch,
  { id, fields, payload }: { id: string; fields: Fields; payload: Buffer },
): Omit<NewWarcRecord, 'type'> {
  const { httpVersion = '1.1', statusText = '', headers = [] } = fetch.exchange ?? {};
  return {
    id,
    date: fetch.fetchedAt,
    contentType: 'application/http; msgtype=response',
    fields: [['WARC-Target-URI', uriOf(fetch)], ...askedUri(fetch), ...address(fetch), ...fields],
    block: writeHttp({
      startLine: `HTTP/${httpVersion} ${fetch.status} ${statusText}`,
      headers: headers.filter(([name]) => !HOP_HEADERS.test(name)),
      payload,
    }),
  };
}

function request(fetch: RecordedFetch, { request: sent, httpVersion }: Exchange, responseId: string): NewWarcRecord {
  const uri = uriOf(fetch);
  const { pathname, search, host } = new URL(uri);
  const payload = Buffer.from(sent?.body ?? '');
  const headers: Fields = [
    ['host', host],
    ...Object.entries(sent?.headers ?? {}),
    ...(payload.byteLength === 0 ? [] : [['content-length', String(payload.byteLength)] as const]),
  ];
  return {
    type: 'request',
    date: fetch.fetchedAt,
    contentType: 'application/http; msgtype=request',
    fields: [['WARC-Target-URI', uri], ['WARC-Concurrent-To', responseId], ...address(fetch)],
    block: writeHttp({ startLine: `${sent?.method} ${pathname}${search} HTTP/${httpVersion}`, headers, payload }),
  };
}

function resource(
  fetch: RecordedFetch,
  { id, digest, body }: { id: string; digest: Buffer; body: Buffer },
): NewWarcRecord {
  return {
    type: 'resource',
    id,
    date: fetch.fetchedAt,
    contentType: fetch.contentType ?? 'application/octet-stream',
    fields: [
      ['WARC-Target-URI', uriOf(fetch)],
      [SOURCE_FIELD, fetch.source],
      ['WARC-Payload-Digest', sha256Label(digest)],
    ],
    block: body,
  };
}

function metadata(fetch: RecordedFetch, describedId: string): NewWarcRecord {
  const { source, via, kind, outcome, runId, durationMs, exchange } = fetch;
  const about: [string, string | null][] = [
    ['source', source],
    ['via', via],
    ['kind', kind],
    ['outcome', outcome],
    ['run', runId],
    ['fetchTimeMs', durationMs === null ? null : String(durationMs)],
    ...(exchange?.redirects ?? []).map((hop): [string, string] => [
      'redirect',
      [hop.status, hop.url, hop.location, hop.remoteAddress ?? ''].join(' ').trimEnd(),
    ]),
  ];
  return {
    type: 'metadata',
    date: fetch.fetchedAt,
    contentType: WARC_FIELDS,
    fields: [
      ['WARC-Target-URI', uriOf(fetch)],
      ['WARC-Refers-To', describedId],
    ],
    block: fieldsBlock(about.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))),
  };
}

/** As the format wants it: an address in its encoded form, whatever was typed. */
function uriOf({ url, finalUrl, digest }: RecordedFetch): string {
  const uri = finalUrl ?? url ?? `${DIGEST_URN}${digest?.toString('hex') ?? ''}`;
  return URL.canParse(uri) ? new URL(uri).href : uri;
}

function askedUri({ url, finalUrl }: RecordedFetch): Fields {
  return url === null || finalUrl === null || url === finalUrl ? [] : [[ASKED_FIELD, url]];
}

function address({ remoteAddress }: RecordedFetch): Fields {
  return remoteAddress === null ? [] : [['WARC-IP-Address', remoteAddress]];
}

/** A connection or a time that ended; or a page without the marks that it ends with, cut off somewhere on its way. */
function truncation({ outcome, exchange }: RecordedFetch): Fields {
  const isCut = outcome === 'truncated' || exchange?.bodyFault?.code === 'TRUNCATED';
  return isCut ? [['WARC-Truncated', 'unspecified']] : [];
}

function fieldsBlock(fields: Fields): Buffer {
  return Buffer.from(writeFields(fields));
}
