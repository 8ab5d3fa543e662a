/** Payloads of the jobs, and their checks. References only. */
import { SOURCE_NAMES } from '../spiders/registry.ts';
import { PermanentError } from '../src/core/errors.ts';
import type { SourceName } from '../src/core/source-name.ts';

export interface RawItemsPayload {
  readonly rawItemIds: number[];
}

export interface CrawlPayload {
  readonly source: SourceName;
  readonly via: 'live' | 'sandbox' | 'replay';
  readonly runId: string | null;
  /** Pages to fetch at most; null for no bound. */
  readonly limit: number | null;
  /** What a replay answers from: `archive` (our own), the path of a WARC file or of an archive's folder. */
  readonly from?: string;
}

export function parseRawItemsPayload(data: unknown): RawItemsPayload {
  const { rawItemIds } = fields(data);
  if (!Array.isArray(rawItemIds) || !rawItemIds.every(Number.isSafeInteger))
    throw notThisJob(data, '{rawItemIds: [number, …]}');
  return { rawItemIds };
}

export function parseCrawlPayload(data: unknown): CrawlPayload {
  const { source, via, runId, limit, from } = fields(data);
  if (
    !SOURCE_NAMES.includes(source as SourceName) ||
    !isVia(via) ||
    (via === 'replay') !== (typeof from === 'string')
  ) {
    throw notThisJob(
      data,
      `{source: ${SOURCE_NAMES.join(' | ')}, via: live | sandbox} or {source, via: replay, runId, from}`,
    );
  }
  return {
    source: source as SourceName,
    via,
    runId: typeof runId === 'string' ? runId : null,
    limit: typeof limit === 'number' ? limit : null,
    ...(typeof from === 'string' ? { from } : {}),
  };
}

function isVia(via: unknown): via is CrawlPayload['via'] {
  return via === 'live' || via === 'sandbox' || via === 'replay';
}

export function parseEmptyPayload(data: unknown): Record<string, never> {
  fields(data);
  return {};
}

export function parseTickPayload(data: unknown): { readonly scheduleId: string } {
  const { scheduleId } = fields(data);
  if (typeof scheduleId !== 'string') throw notThisJob(data, '{scheduleId: text}');
  return { scheduleId };
}

function fields(data: unknown): Record<string, unknown> {
  if (typeof data !== 'object' || data === null) throw notThisJob(data, 'an object');
  return data as Record<string, unknown>;
}

function notThisJob(data: unknown, expected: string): PermanentError {
  return new PermanentError(`job payload ${JSON.stringify(data)?.slice(0, 300)} cannot be used: expected ${expected}`, {
    code: 'BAD_PAYLOAD',
  });
}
