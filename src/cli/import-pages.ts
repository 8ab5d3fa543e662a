/** Pages that come as files: each is archived, read by its source's parser and landed, as if it had been fetched. */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { JobCtx } from '../../jobs/job.ts';
import { type JudgedPage, judgePage } from '../../jobs/judging.ts';
import { Lander } from '../../jobs/lander.ts';
import { PRIORITY } from '../../jobs/queues.ts';
import { MusicDbError } from '../core/errors.ts';
import type { ParseResult, Problem } from '../core/parse-result.ts';
import type { Source } from '../core/source.ts';
import { type Judgement, USABLE } from '../core/verdict.ts';
import { type Revisit, readWarcPages, type SkipReason, type WarcPage } from '../fetching/warc-pages.ts';
import { decodeBody } from '../platform/content-encoding.ts';
import { looksLikeWarc, openWarcFile, type WarcBytes, warcBytes } from '../platform/warc-reader.ts';
import { readInput } from './input.ts';
import { describeProblem } from './output.ts';

export interface FileProblem {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

export interface Imported {
  files: number;
  items: Record<string, number>;
  /** Files and parts of files of kinds no parser reads yet, by kind. */
  notReadYet: Record<string, number>;
  /** Files and records that gave nothing usable. */
  problems: FileProblem[];
  /** What was odd about those that did give something. */
  remarks: FileProblem[];
  /** Records of WARC files; null when there was none. */
  warc: WarcCounts | null;
}

/** Records by what became of them. */
export type WarcCounts = Record<'pages' | 'revisits' | 'broken' | SkipReason, number>;

interface ImportOptions {
  readonly runId: string;
  /** A remark for the person who watches. */
  readonly say: (line: string) => void;
  /** How far a large file is read, bytes. */
  readonly onRead: (done: number, total: number) => void;
}

/** Says by its message which kind it is of. */
const NOT_READ = /^not read yet: /;
/** Remarks on links to further pages, which an import does not follow. */
const OF_FURTHER_PAGES = new Set(['next-page-unknown', 'no-url']);
/** Problems of pages that are whole and hold nothing for the catalogue: no error, but never silence. */
const KIND_OF_UNREAD: Readonly<Record<string, string>> = { fragment: 'row-fragment' };
/** Bytes that show whether a file is a WARC. */
const START_BYTES = 512;
/** Payloads that later records may repeat; of older ones that is told as a problem: memory stays bounded. */
const REMEMBERED = 200_000;

/** Whether a file is a WARC, whatever its name. */
export async function isWarcFile(file: string): Promise<boolean> {
  if (file === '-') return false;
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return looksLikeWarc(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

export class PageImport {
  readonly imported: Imported = { files: 0, items: {}, notReadYet: {}, problems: [], remarks: [], warc: null };
  readonly lander: Lander;
  readonly #ctx: JobCtx;
  readonly #source: Source;
  readonly #options: ImportOptions;

  constructor(ctx: JobCtx, source: Source, options: ImportOptions) {
    this.lander = new Lander(ctx, PRIORITY.manual);
    this.#ctx = ctx;
    this.#source = source;
    this.#options = options;
  }

  /** Takes one file: a page, or a WARC of many. @param url address of the page, null when it is not known. */
  async take(file: string, url: string | null): Promise<void> {
    this.imported.files += 1;
    if (await isWarcFile(file)) return this.#takeWarc(file, await openWarcFile(file));
    const body = await this.#readOrTell(file);
    if (body === null) return;
    if (looksLikeWarc(body)) return this.#takeWarc(file, warcBytes(body));
    const fetchedAt = file === '-' ? this.#ctx.clock.now() : (await stat(file)).mtime;
    await this.#takePage(file, savedPage(body, url, fetchedAt));
  }

  /** The bytes of a file; null where it is too large for a page: told, and the others go on. */
  async #readOrTell(file: string): Promise<Buffer | null> {
    try {
      return await readInput(file);
    } catch (error) {
      if (!(error instanceof MusicDbError) || error.code !== 'TOO_LARGE') throw error;
      this.#tell(this.imported.problems, file, { code: 'too-large', message: error.message, where: null });
      return null;
    }
  }

  async #takeWarc(file: string, bytes: WarcBytes): Promise<void> {
    this.imported.warc ??= noRecords();
    const counts = this.imported.warc;
    const known = new Map<string, Buffer>();
    try {
      for await (const entry of readWarcPages(bytes, this.#source.facts)) {
        if (this.#ctx.signal.aborted) return;
        const name = `${file}@${entry.offset}`;
        if ('page' in entry) {
          counts.pages += 1;
          remember(known, entry.page.payloadDigest, await this.#takePage(name, entry.page));
        } else if ('revisited' in entry) {
          counts.revisits += 1;
          await this.#takeRevisit(name, entry.revisited, known.get(entry.revisited.payloadDigest ?? ''));
        } else if ('problem' in entry) {
          counts.broken += 1;
          this.#tell(this.imported.problems, file, entry.problem);
        } else {
          counts[entry.skipped] += 1;
        }
        this.#options.onRead(entry.offset, bytes.size);
      }
    } finally {
      await bytes.release();
    }
  }

  async #takeRevisit(name: string, page: Revisit, digest: Buffer | undefined): Promise<void> {
    if (digest === undefined) {
      const message = 'the record that it repeats did not come before it in this file';
      this.#tell(this.imported.problems, name, { code: 'revisit-unknown', message, where: null });
      return;
    }
    const rawBody = await this.#ctx.archive.get(digest);
    const { body } = await decodeBody(rawBody, page.contentEncoding);
    await this.#takePage(name, { ...page, rawBody, body, refused: null });
  }

  /** Archives, reads and lands a page; returns the digest it is archived under. */
  async #takePage(name: string, page: WarcPage): Promise<Buffer> {
    const storeAgain = () => this.#ctx.archive.put(page.rawBody);
    const stored = await storeAgain();
    const result = this.#read(page);
    const judged = page.refused === null ? this.#judge(page, result) : refusedPage(page.refused);
    await this.lander.add({
      source: this.#source.facts.name,
      via: 'import',
      url: page.askedUrl ?? page.url,
      finalUrl: page.url,
      kind: null,
      status: page.status,
      contentType: page.contentType,
      exchange: page.exchange,
      remoteAddress: page.remoteAddress,
      durationMs: null,
      fetchedAt: page.fetchedAt,
      runId: this.#options.runId,
      document: { ...stored, contentEncoding: page.contentEncoding, storeAgain },
      ...judged,
      judgement: judgementIn(name, judged.judgement),
      // What a person saved says nothing of what the source gives now.
      measures: null,
      problems: result.problems.map((problem) => ({ ...problem, message: inFile(name, problem.message) })),
      // What a saved page links to is not fetched: importing asks nothing of the network.
      requests: [],
      lease: null,
    });
    this.#count(name, withDoubt(result, judged.judgement));
    return stored.digest;
  }

  #judge({ url, status, body }: WarcPage, result: ParseResult): JudgedPage {
    const kind = url === null ? null : (this.#source.requestFor(url)?.kind ?? null);
    return judgePage(this.#source, { kind, url, finalUrl: url, status, headers: {}, body, result });
  }

  #read({ body, url, status, contentType, fetchedAt, refused }: WarcPage): ParseResult {
    if (refused !== null) return { source: this.#source.facts.name, items: [], requests: [], problems: [refused] };
    return this.#source.parse({ body, url, status, contentType, fetchedAt: fetchedAt.toISOString() });
  }

  #count(name: string, { items, ...said }: ParseResult): void {
    const { imported } = this;
    const problems = said.problems.filter(({ code }) => !OF_FURTHER_PAGES.has(code));
    for (const { kind } of items) imported.items[kind] = (imported.items[kind] ?? 0) + 1;
    const unread = problems.filter((problem) => unreadKind(problem) !== null);
    for (const kind of unread.map(unreadKind))
      if (kind !== null) imported.notReadYet[kind] = (imported.notReadYet[kind] ?? 0) + 1;
    const faults: Problem[] = problems.filter((problem) => unreadKind(problem) === null);
    if (items.length + problems.length === 0)
      faults.push({ code: 'no-items', message: 'nothing is listed on it', where: null });
    const gaveNothing = items.length === 0 && unread.length === 0 && problems.length > 0;
    // One line a file is enough to find it again by; the others of a file that gave nothing follow from the first.
    for (const problem of gaveNothing ? faults.slice(0, 1) : faults)
      (gaveNothing ? imported.problems : imported.remarks).push({
        file: name,
        code: problem.code,
        message: problem.message,
      });
    for (const problem of [...unread, ...faults]) this.#options.say(describeProblem(name, problem));
  }

  #tell(list: FileProblem[], file: string, problem: Problem): void {
    list.push({ file, code: problem.code, message: problem.message });
    this.#options.say(describeProblem(file, problem));
  }
}

/** What a page in doubt holds goes nowhere: the person is told so, and why. */
function withDoubt(result: ParseResult, { verdict, reason }: Judgement): ParseResult {
  const kept = result.items.filter(({ kind }) => kind === 'block' || kind === 'error');
  if (USABLE.has(verdict) || kept.length === result.items.length) return result;
  const problem = { code: verdict, message: reason ?? 'not whole', where: null };
  return { ...result, items: kept, problems: [problem, ...result.problems] };
}

/** Kept as evidence; what it might say is not asked. */
function refusedPage({ code, message: reason }: Problem): JudgedPage {
  return {
    judgement: { verdict: code === 'truncated' ? 'truncated' : 'unreadable', reason },
    measures: null,
    items: [],
  };
}

function savedPage(body: Buffer, url: string | null, fetchedAt: Date): WarcPage {
  return {
    url,
    askedUrl: null,
    status: null,
    contentType: null,
    contentEncoding: null,
    exchange: null,
    remoteAddress: null,
    rawBody: body,
    body,
    fetchedAt,
    payloadDigest: null,
    refused: null,
  };
}

function remember(known: Map<string, Buffer>, label: string | null, digest: Buffer): void {
  if (label === null) return;
  known.set(label, digest);
  const [oldest] = known.size > REMEMBERED ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
}

function noRecords(): WarcCounts {
  return {
    pages: 0,
    revisits: 0,
    broken: 0,
    other: 0,
    notOfThisSource: 0,
    noPage: 0,
    noAnswer: 0,
    unchanged: 0,
  };
}

/** A saved page has no address to be known by; its name is what the person knows it by. */
function inFile(file: string, message: string): string {
  return file === '-' ? message : `${basename(file)}: ${message}`;
}

/** Worded like the problem that it rests on, by which that page is held back once. A block's reason is a name that others count by. */
function judgementIn(file: string, judgement: Judgement): Judgement {
  const { verdict, reason } = judgement;
  return verdict === 'block' || reason === null ? judgement : { verdict, reason: inFile(file, reason) };
}

/** The kind of what a problem says is not read, null for other problems. */
function unreadKind({ code, message }: Problem): string | null {
  return code === 'not-read-yet' ? message.replace(NOT_READ, '') : (KIND_OF_UNREAD[code] ?? null);
}
