/** What the command line prints: results on stdout, everything else on stderr. */
import { MusicDbError, UsageError } from '../core/errors.ts';
import type { Problem } from '../core/parse-result.ts';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** A remark for the person who watches; never part of the result. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** One problem of one file: where, what, and at which place in it. A message that says its code in words is not told twice. */
export function describeProblem(file: string, { code, message, where }: Problem): string {
  const what = message.startsWith(code.replaceAll('-', ' ')) ? message : `${code}: ${message}`;
  return `${file === '-' ? 'standard input' : file}: ${what}${where === null ? '' : ` (at ${where})`}`;
}

/** "1 file", "2 files". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Columns as wide as their widest cell; numbers to the right. "" for no rows. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = [headings, ...rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const isNumber = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === null),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return cells.map((row) => line(row as string[])).join('\n');
}

/** Prints a failure once, in the form that was asked for, and returns the exit status: 2 for usage and configuration, 1 for the rest. */
export function reportFailure(error: unknown, json: boolean): number {
  const failure = describeFailure(error);
  if (json) printJson({ error: failure });
  else note(`musicdb: ${failure.message}${failure.hint === null ? '' : `\n  ${failure.hint}`}`);
  return isUsage(error) ? 2 : 1;
}

/** Codes by which the system and Postgres say that nobody answers any more. */
const AWAY = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|57P0[123])$/;

function describeFailure(error: unknown): { code: string; message: string; hint: string | null } {
  if (error instanceof MusicDbError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!AWAY.test(code)) return { code: 'INTERNAL', message, hint: null };
  return {
    code: 'UNREACHABLE',
    message: `a service does not answer any more: ${message}`,
    hint: '`musicdb doctor` looks at all of them. Nothing that was taken in is lost: run the command again.',
  };
}

function isUsage(error: unknown): boolean {
  return (
    error instanceof UsageError ||
    (error instanceof MusicDbError && (error.name === 'ConfigError' || error.code === 'INVALID_URL'))
  );
}
