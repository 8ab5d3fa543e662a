import { describe, expect, it } from 'vitest';
import { familyOf, machineBusySeconds, parseMemory, parseProcessStat, parseProportional } from './proc.ts';

const STAT =
  '4242 (a (odd) name) S 17 4242 4242 0 -1 4194560 100 200 0 0 150 50 30 20 20 0 1 0 99 1000 200 18446744073709551615 0 0';

describe('figures of /proc', () => {
  it('the machine is busy with user, nice, system and interrupts, not while it waits or is robbed', () => {
    const stat = 'cpu  100 20 300 9999 8888 4 6 7777 5 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 1\n';
    expect(machineBusySeconds(stat)).toBeCloseTo(4.3);
  });

  it('a stat without the line of all cores is an error, not zero', () => {
    expect(() => machineBusySeconds('intr 1\n')).toThrow(TypeError);
  });

  it('a process with spaces and brackets in its name is read right', () => {
    expect(parseProcessStat(STAT)).toEqual({ pid: 4242, parent: 17, cpuSeconds: 2.5, childSeconds: 0.5 });
  });

  it('memory is in MB, and nothing for a process that ended', () => {
    expect(parseMemory('Name:\tx\nVmHWM:\t 2000000 kB\nVmRSS:\t 1000000 kB\n')).toEqual({ rss: 1_024, peak: 2_048 });
    expect(parseMemory('Name:\tx\nState:\tZ (zombie)\n')).toEqual({ rss: 0, peak: 0 });
  });

  it('shared memory is told by share', () => {
    expect(parseProportional('00-ff ---p 0 00:00 0 [rollup]\nRss: 9 kB\nPss:   1000000 kB\nPss_Anon: 4 kB\n')).toBe(
      1_024,
    );
    expect(parseProportional('')).toBe(0);
  });

  it('a family is the processes named and all their descendants, each once', () => {
    const process = (pid: number, parent: number) => ({ pid, parent, cpuSeconds: 1, childSeconds: 0 });
    const all = [process(1, 0), process(2, 1), process(3, 2), process(4, 1), process(5, 4)];
    expect(familyOf([2, 3], all).map(({ pid }) => pid)).toEqual([2, 3]);
    expect(familyOf([4], all).map(({ pid }) => pid)).toEqual([4, 5]);
    expect(familyOf([9], all)).toEqual([]);
  });
});
