import { expect, it } from 'vitest';
import { Attempts } from './attempts.ts';

const digest = (text: string) => Buffer.from(text);

function standing() {
  let at = 0;
  const attempts = new Attempts({ now: () => new Date(at) });
  return { attempts, pass: (ms: number) => (at += ms) };
}

it('ten wrong tokens a minute are heard, the eleventh waits until the minute is over', () => {
  const { attempts, pass } = standing();
  for (let n = 0; n < 10; n++) {
    expect(attempts.secondsToWait('a', digest('x'))).toBe(0);
    attempts.failed('a');
  }
  pass(15_000);
  expect(attempts.secondsToWait('a', digest('x'))).toBe(45);
  expect(attempts.secondsToWait('b', digest('x'))).toBe(0);
  pass(45_000);
  expect(attempts.secondsToWait('a', digest('x'))).toBe(0);
});

it('a token that has worked is heard from an address that guesses', () => {
  const { attempts } = standing();
  attempts.worked(digest('good'));
  for (let n = 0; n < 20; n++) attempts.failed('a');
  expect(attempts.secondsToWait('a', digest('good'))).toBe(0);
  expect(attempts.secondsToWait('a', digest('other'))).toBe(60);
});

it('remembers ten thousand addresses, then forgets the oldest', () => {
  const { attempts } = standing();
  for (let n = 0; n < 10; n++) attempts.failed('first');
  for (let n = 0; n < 10_000; n++) attempts.failed(`other-${n}`);
  expect(attempts.secondsToWait('first', digest('x'))).toBe(0);
});
