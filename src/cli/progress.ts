/** Progress of long work: bars on a terminal, a plain line now and then otherwise. Always on stderr. */
import cliProgress from 'cli-progress';
import { note } from './output.ts';

/** One line of progress: `done` of `total`, with a remark. */
export interface Gauge {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly remark: string;
}

export interface Progress {
  show(gauges: readonly Gauge[]): void;
  /** A remark; it comes below the bars, so that it does not tear them apart. */
  say(line: string): void;
  end(): void;
}

/** Time between two plain lines, milliseconds. */
const PLAIN_EVERY_MS = 2_000;

export function createProgress(isTerminal = process.stderr.isTTY === true): Progress {
  return isTerminal ? bars() : plainLines();
}

function bars(): Progress {
  const multi = new cliProgress.MultiBar(
    {
      format: '{name} {bar} {value}/{total} {remark}',
      clearOnComplete: false,
      hideCursor: true,
      barsize: 30,
      stream: process.stderr,
      emptyOnZero: true,
    },
    cliProgress.Presets.shades_classic,
  );
  const known = new Map<string, cliProgress.SingleBar>();
  const said: string[] = [];
  return {
    show: (gauges) => {
      const width = Math.max(...gauges.map(({ name }) => name.length));
      for (const { name, done, total, remark } of gauges) {
        const payload = { name: name.padEnd(width), remark };
        const bar = known.get(name) ?? multi.create(Math.max(total, 1), done, payload);
        known.set(name, bar);
        bar.setTotal(Math.max(total, 1));
        bar.update(done, payload);
      }
    },
    say: (line) => said.push(line),
    end: () => {
      multi.stop();
      for (const line of said) note(line);
    },
  };
}

function plainLines(): Progress {
  let last = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  const text = (gauges: readonly Gauge[]) =>
    gauges
      .map(({ name, done, total, remark }) => `${name} ${done}/${total}${remark === '' ? '' : ` ${remark}`}`)
      .join(' · ');
  let pending = '';
  return {
    show: (gauges) => {
      pending = text(gauges);
      if (pending === last || performance.now() - lastAt < PLAIN_EVERY_MS) return;
      note(pending);
      last = pending;
      lastAt = performance.now();
    },
    say: note,
    end: () => {
      if (pending !== last) note(pending);
    },
  };
}
