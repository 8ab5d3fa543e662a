/**
 * One request and its answer over a connection: bounded in size and in time from the first byte to the last, headers as received,
 * and the address that was really connected to. Redirects, encodings and meanings are the client's matter.
 */
import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { MusicDbError, PermanentError, TransientError } from '../core/errors.ts';
import { MAX_BODY_BYTES } from './content-encoding.ts';

export interface ExchangeRequest {
  readonly target: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** host:port of the proxy it goes through, null when it goes straight. */
  readonly via: string | null;
  /** Time for the whole answer, milliseconds. */
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  /** As received: order, case and repeats kept; one character a byte. */
  readonly rawHeaders: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly remoteAddress: string | null;
}

/** An answer whose head came, and of its body what there is. */
export class CutOff extends TransientError {
  readonly answer: Answer;

  constructor(message: string, { answer, code, cause }: { answer: Answer; code: string; cause?: unknown }) {
    super(message, { code, cause });
    this.answer = answer;
  }
}

/** Exchanges on connections of a dispatcher. `release` when done with it. */
export interface Exchanges {
  /** @throws CutOff (`TRUNCATED`, `TIMEOUT`); PermanentError, TransientError: `TIMEOUT`, `TOO_LARGE`, `BAD_RESPONSE`, `PROXY_FAILED` (the server was not asked), or the system's own code. */
  run(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Answer>;
  release(): void;
}

/**
 * undici tells nobody which connection a request went out on, except on this channel; it publishes there in the same tick in which
 * it has told the request's handler to start.
 */
const sendHeaders = channel('undici:client:sendHeaders');

export function createExchanges(): Exchanges {
  let starting: Exchange | null = null;
  const onSend = (message: unknown) => {
    if (starting !== null) starting.remoteAddress = (message as { socket: Socket }).socket.remoteAddress ?? null;
    starting = null;
  };
  sendHeaders.subscribe(onSend);
  return {
    run: (dispatcher, request) =>
      new Promise((resolve, reject) => {
        const exchange = new Exchange(request, { resolve, reject }, (started) => {
          starting = started;
        });
        try {
          const { target, method, headers, body } = request;
          dispatcher.dispatch(
            { origin: target.origin, path: `${target.pathname}${target.search}`, method, headers, body },
            exchange,
          );
        } catch (error) {
          exchange.onResponseError(null, error as Error);
        }
      }),
    release: () => {
      sendHeaders.unsubscribe(onSend);
    },
  };
}

interface Settle {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

class Exchange implements Dispatcher.DispatchHandler {
  remoteAddress: string | null = null;
  readonly #request: ExchangeRequest;
  readonly #settle: Settle;
  readonly #onStart: (started: Exchange) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #head: Omit<Answer, 'body' | 'remoteAddress'> | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #fault: Error | null = null;

  constructor(request: ExchangeRequest, settle: Settle, onStart: (started: Exchange) => void) {
    this.#request = request;
    this.#settle = settle;
    this.#onStart = onStart;
    this.#timer = setTimeout(() => this.#end(this.#tooSlow()), request.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It waited for a free connection until its time was over.
    if (this.#fault !== null) {
      controller.abort(this.#fault);
      return;
    }
    this.#controller = controller;
    this.#onStart(this);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText?: string,
  ): void {
    if (status < 200) return;
    this.#head = { status, statusText: statusText ?? '', rawHeaders: pairs(controller.rawHeaders) };
    const announced = Number(this.#header('content-length'));
    if (announced > MAX_BODY_BYTES) this.#end(this.#tooLarge(`announces ${announced} bytes`));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#received > MAX_BODY_BYTES) this.#end(this.#tooLarge('does not end'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    if (this.#head === null || this.#fault !== null) return;
    this.#settle.resolve(this.#answer(this.#head));
  }

  onResponseError(_controller: unknown, error: Error): void {
    clearTimeout(this.#timer);
    this.#settle.reject(this.#fault ?? this.#asFault(error));
  }

  /** Ends it from our side; a request that still waits for a connection is told when it gets one. */
  #end(fault: Error): void {
    clearTimeout(this.#timer);
    this.#fault = fault;
    this.#chunks.length = 0;
    this.#controller?.abort(fault);
    this.#settle.reject(fault);
  }

  /** With as much of its body as came. */
  #answer(head: Omit<Answer, 'body' | 'remoteAddress'>): Answer {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#received);
    return { ...head, body, remoteAddress: this.remoteAddress };
  }

  #header(name: string): string | undefined {
    return this.#head?.rawHeaders.find(([given]) => given.toLowerCase() === name)?.[1];
  }

  #tooSlow(): TransientError {
    const { target, via, timeoutMs } = this.#request;
    if (via !== null && this.#controller === null) return this.#proxyFailed(via, `nothing within ${timeoutMs} ms`);
    const code = 'TIMEOUT';
    const message = (got: string) => `${target.href} took longer than ${timeoutMs} ms (${got} so far)`;
    if (this.#head === null) return new TransientError(message('no answer'), { code });
    return new CutOff(message(`${this.#received} bytes`), { answer: this.#answer(this.#head), code });
  }

  #tooLarge(how: string): PermanentError {
    return new PermanentError(`${this.#request.target.href} ${how}; ${MAX_BODY_BYTES} are taken at most`, {
      code: 'TOO_LARGE',
    });
  }

  #proxyFailed(via: string, how: string, cause?: Error): TransientError {
    return new TransientError(`the proxy ${via} did not connect to ${this.#request.target.host}: ${how}`, {
      code: 'PROXY_FAILED',
      cause,
    });
  }

  #asFault(error: Error): MusicDbError {
    const { target, via } = this.#request;
    const code = (error as NodeJS.ErrnoException).code ?? 'NETWORK';
    const isSent = this.#controller !== null;
    if (code === 'UND_ERR_INVALID_ARG' && !isSent) {
      const message = `${target.href} cannot be asked: ${error.message}`;
      return new PermanentError(message, { code: 'INVALID_REQUEST', cause: error });
    }
    // undici calls a proxy's 407 to a request that it should forward an invalid argument too.
    if (via !== null && (!isSent || code === 'UND_ERR_INVALID_ARG'))
      return this.#proxyFailed(via, error.message, error);
    return ownFault(error) ?? this.#answerFault(error, code);
  }

  #answerFault(error: Error, code: string): MusicDbError {
    const { href } = this.#request.target;
    if (code === 'UND_ERR_HEADERS_OVERFLOW')
      return new PermanentError(`${href} answers with more header than is taken`, { code: 'TOO_LARGE', cause: error });
    if (this.#head !== null) {
      const announced = this.#header('content-length');
      const got = `${this.#received}${announced === undefined ? '' : ` of ${announced}`} bytes`;
      const message = `${href} was cut off after ${got}: ${error.message}`;
      return new CutOff(message, { answer: this.#answer(this.#head), code: 'TRUNCATED', cause: error });
    }
    if (error.name === 'HTTPParserError' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
      const message = `${href} does not answer in HTTP: ${error.message}`;
      return new TransientError(message, { code: 'BAD_RESPONSE', cause: error });
    }
    return new TransientError(`${href} could not be fetched: ${error.message}`, { code, cause: error });
  }
}

/** The guard's refusal of an address arrives as the connection's error, or as one among several. */
function ownFault(error: Error): MusicDbError | null {
  if (error instanceof MusicDbError) return error;
  if (error.cause instanceof MusicDbError) return error.cause;
  return null;
}

function pairs(raw: Dispatcher.DispatchController['rawHeaders']): [string, string][] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
  return Array.from({ length: texts.length / 2 }, (_, at) => [texts[2 * at] ?? '', texts[2 * at + 1] ?? '']);
}
