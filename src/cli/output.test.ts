import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, PermanentError, UsageError } from '../core/errors.ts';
import { counted, describeProblem, note, printJson, printLine, reportFailure, table } from './output.ts';

afterEach(() => vi.restoreAllMocks());

/** What `print` writes, by stream. */
function written(print: () => unknown): { stdout: string; stderr: string } {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      texts[name] += text;
      return true;
    });
  }
  print();
  vi.restoreAllMocks();
  return texts;
}

describe('what is printed', () => {
  it('results go to stdout, one JSON value on one line; remarks to stderr', () => {
    expect(written(() => printJson({ a: [1, null], b: 'x\ny' }))).toEqual({
      stdout: '{"a":[1,null],"b":"x\\ny"}\n',
      stderr: '',
    });
    expect(written(() => printLine('done'))).toEqual({ stdout: 'done\n', stderr: '' });
    expect(written(() => printLine())).toEqual({ stdout: '\n', stderr: '' });
    expect(written(() => note('looking'))).toEqual({ stdout: '', stderr: 'looking\n' });
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell, numbers to the right, no space at the end of a line', () => {
    const rows = [
      ['reddit', 7, 'short'],
      ['1001tracklists', 1_234, null],
    ];
    expect(table(['source', 'items', 'remark'], rows)).toBe(
      ['source          items  remark', 'reddit              7  short', '1001tracklists   1234'].join('\n'),
    );
  });

  it('of no rows is its headings', () => {
    expect(table(['id', 'queue'], [])).toBe('id  queue');
  });

  it('keeps a column that holds a text among numbers to the left', () => {
    expect(table(['n'], [[5], ['many']])).toBe('n\n5\nmany');
  });
});

describe('a problem of a file', () => {
  it('says the file, the code, what is wrong and where', () => {
    const problem = { code: 'bad-value', message: 'a song that is no object', where: '$.song[1]' };
    expect(describeProblem('a.json', problem)).toBe('a.json: bad-value: a song that is no object (at $.song[1])');
  });

  it('does not say its code twice, and calls "-" standard input', () => {
    const problem = { code: 'not-read-yet', message: 'not read yet: cassette', where: null };
    expect(describeProblem('-', problem)).toBe('standard input: not read yet: cassette');
  });
});

it('one is a thing, more are things', () => {
  expect([counted(1, 'file'), counted(0, 'file'), counted(2, 'file')]).toEqual(['1 file', '0 files', '2 files']);
});

describe('a failure', () => {
  const report = (error: unknown, json: boolean) => {
    let status = 0;
    const texts = written(() => {
      status = reportFailure(error, json);
    });
    return { status, ...texts };
  };

  it('of ours says what to do, in two lines for people', () => {
    const error = new PermanentError('no dead letter 7', { code: 'NOT_FOUND', hint: 'See `musicdb dlq list`.' });
    expect(report(error, false)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'musicdb: no dead letter 7\n  See `musicdb dlq list`.\n',
    });
    expect(report(error, true)).toEqual({
      status: 1,
      stdout: '{"error":{"code":"NOT_FOUND","message":"no dead letter 7","hint":"See `musicdb dlq list`."}}\n',
      stderr: '',
    });
  });

  it('of usage, configuration or an address is exit 2', () => {
    expect(report(new UsageError('x'), true).status).toBe(2);
    expect(report(new ConfigError('x'), true).status).toBe(2);
    expect(report(new PermanentError('x', { code: 'INVALID_URL' }), true).status).toBe(2);
  });

  it.each(['ECONNREFUSED', '57P01'])('of the system that says %s is a service that went away', (code) => {
    const { status, stdout } = report(Object.assign(new Error('connect 127.0.0.1:5433'), { code }), true);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'UNREACHABLE', hint: expect.stringContaining('musicdb doctor') },
    });
  });

  it('that nobody foresaw is INTERNAL, with its message and without its stack', () => {
    const { stderr } = report(new TypeError('x is undefined'), false);
    expect(stderr).toBe('musicdb: x is undefined\n');
    expect(JSON.parse(report('just a text', true).stdout)).toEqual({
      error: { code: 'INTERNAL', message: 'just a text', hint: null },
    });
  });
});
