/**
 * `musicdb fetch`: one address asked once, under the same guard and limits as every crawl; stores nothing and needs no service. Any
 * status is an answer; an address that may not be asked, and an answer that cannot be read, are failures.
 */
import { writeFile } from 'node:fs/promises';
import { readConfig } from '../../config/config.ts';
import { PermanentError, UsageError } from '../../core/errors.ts';
import type { FetchedPage } from '../../core/fetching.ts';
import { createEgressGuard } from '../../platform/egress-guard.ts';
import { userAgent } from '../../platform/user-agent.ts';
import { type CommonOptions, note, printJson, printLine } from '../output.ts';

interface Options extends CommonOptions {
  readonly output?: string;
}

export async function run([url = '']: string[], { json, output }: Options): Promise<undefined> {
  if (json && output === '-')
    throw new UsageError('--json and --output - both want standard output', { hint: 'Write the body to a file.' });
  const page = await fetchOnce(url);
  if (page.bodyFault !== null) throw new PermanentError(`${url}: ${page.bodyFault.message}`, page.bodyFault);
  if (output !== undefined) await write(page.body, output);
  const told = summaryOf(page);
  if (json) printJson(told);
  else describe(told, output === '-' ? note : printLine);
}

async function fetchOnce(url: string): Promise<FetchedPage> {
  const { egressAllow, sandboxHosts, contact } = readConfig();
  const guard = createEgressGuard([
    ...egressAllow,
    ...Object.values(sandboxHosts).map((origin) => new URL(origin).host),
  ]);
  // Refused before the client is even loaded.
  guard.checkUrl(url);
  const { createHttpClient } = await import('../../platform/http-client.ts');
  const http = createHttpClient({
    guard,
    clock: { now: () => new Date() },
    userAgent: userAgent(contact),
    sandboxHosts,
  });
  try {
    return await http.fetch({ url, headers: {}, allowedHosts: null });
  } finally {
    await http.release();
  }
}

type Summary = ReturnType<typeof summaryOf>;

function summaryOf(page: FetchedPage) {
  const { status, statusText, headers, url, finalUrl, redirects, remoteAddress, durationMs, fetchedAt } = page;
  return {
    status,
    statusText,
    headers,
    url,
    finalUrl,
    redirects,
    remoteAddress,
    contentType: headers['content-type'] ?? null,
    contentEncoding: page.contentEncoding,
    /** Of the body as it is read. */
    sizeBytes: page.body.length,
    /** Of the body as it came. */
    receivedBytes: page.rawBody.length,
    durationMs,
    fetchedAt,
  };
}

function describe(told: Summary, say: (line: string) => void): void {
  for (const { url, status, location } of told.redirects) say(`${url}  ${status}, goes to ${location}`);
  say(`${told.finalUrl}  ${told.status} ${told.statusText}`.trimEnd());
  for (const [name, value] of Object.entries(told.headers)) say(`  ${name}: ${value}`);
  say(`${told.sizeBytes} bytes from ${told.remoteAddress} in ${told.durationMs} ms`);
}

async function write(body: Buffer, output: string): Promise<void> {
  if (output === '-') {
    process.stdout.write(body);
    return;
  }
  try {
    await writeFile(output, body);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`--output ${output} cannot be written (${code ?? 'error'})`, { cause });
  }
}
