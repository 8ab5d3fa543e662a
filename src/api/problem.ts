/** Errors as clients see them (RFC 9457): type, title, status, detail; never a stack trace, never a secret. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type MusicDbError, TransientError, UsageError } from '../core/errors.ts';
import type { Logger } from '../platform/logger.ts';

/** Body of every error answer, as `application/problem+json`. */
export interface ProblemBody {
  /** `urn:musicdb:problem:<name>`; the name is what programs compare. */
  type: string;
  title: string;
  status: number;
  /** What was wrong with this request, and what was expected. */
  detail: string;
}

/** Words of a status, and the name programs know it by. */
const KINDS: Record<number, readonly [name: string, title: string]> = {
  400: ['invalid-request', 'The request cannot be understood'],
  401: ['unauthorised', 'A token is needed'],
  403: ['forbidden', 'The token does not allow this'],
  404: ['not-found', 'There is no such thing'],
  405: ['method-not-allowed', 'This method is not served here'],
  413: ['too-large', 'The request is too large'],
  415: ['unsupported-media-type', 'This kind of body is not read here'],
  429: ['too-many-attempts', 'Too many attempts'],
  500: ['internal', 'Something went wrong here'],
  503: ['unavailable', 'Not available right now'],
};

/** Postgres: the statement ran into its time limit. */
const QUERY_CANCELED = '57014';
/** Postgres: a value that is no date, no text, out of range. */
const BAD_VALUE = /^22\w{3}$/;
/** Postgres: going down, starting up, no connection left, connection lost; and what the socket says. */
const NO_DATABASE = /^(57P0[123]|53300|08\w{3}|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** Thrown by handlers to answer with a problem. */
export class Problem extends Error {
  readonly status: number;
  /** Seconds after which trying again makes sense, for the Retry-After header. */
  readonly retryAfter: number | null;

  constructor(status: number, detail: string, retryAfter: number | null = null) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** What a fault means to the client. Unexpected ones are written to the log with the request's id, and say no more than that. */
export function toProblem(error: unknown, request: FastifyRequest, log: Logger): Problem {
  if (error instanceof Problem) return error;
  const fault = error as Partial<FastifyError> & { code?: string };
  if (fault.validation !== undefined) return new Problem(400, validationDetail(fault as FastifyError, request));
  if (error instanceof UsageError) return new Problem(400, withHint(error));
  if (fault.code === QUERY_CANCELED) {
    return new Problem(503, 'The answer took longer than 5 s to find. Narrow the question by a filter.', 5);
  }
  if (BAD_VALUE.test(fault.code ?? '')) return new Problem(400, `A value cannot be used: ${fault.message}.`);
  if (NO_DATABASE.test(fault.code ?? '') || /timeout exceeded when trying to connect/.test(fault.message ?? '')) {
    return new Problem(503, 'The database does not answer. Try again shortly; /health says when it is back.', 5);
  }
  if (error instanceof TransientError) return new Problem(503, withHint(error), 5);
  if (fault.statusCode !== undefined && fault.statusCode >= 400 && fault.statusCode < 500) {
    return new Problem(fault.statusCode, fault.message ?? 'The request was refused.');
  }
  log.error({ err: error, request: request.id, path: pathOf(request) }, 'a request failed unexpectedly');
  return new Problem(500, `An unexpected fault. The log has it under request ${request.id}.`);
}

/** Sends a problem as JSON. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfter !== null) reply.header('retry-after', String(problem.retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="musicdb"');
  // A string, so that no route's response schema is applied to it.
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer(String)
    .send(JSON.stringify(problemBody(problem)));
}

export function problemBody({ status, message }: Problem): ProblemBody {
  const [name, title] = KINDS[status] ?? ['refused', 'The request was refused'];
  return { type: `urn:musicdb:problem:${name}`, title, status, detail: message };
}

/** Path of a request without its query, which may hold what a person typed. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

function withHint({ message, hint }: MusicDbError): string {
  return hint === null ? message : `${message}. ${hint}`;
}

/** All faults of the parameters in one sentence each: name, value given, what was expected. */
function validationDetail({ validation, validationContext }: FastifyError, request: FastifyRequest): string {
  const given = (validationContext === 'params' ? request.params : request.query) as
    | Record<string, unknown>
    | undefined;
  const faults = (validation ?? []).map(({ instancePath, params, message }) => {
    if (typeof params.additionalProperty === 'string') return `there is no parameter "${params.additionalProperty}"`;
    if (typeof params.missingProperty === 'string') return `parameter "${params.missingProperty}" is missing`;
    const name = instancePath.slice(1);
    const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : '';
    return `parameter "${name}" ${message}${allowed}, given ${JSON.stringify(given?.[name] ?? null).slice(0, 100)}`;
  });
  return `${[...new Set(faults)].join('; ')}.`;
}
