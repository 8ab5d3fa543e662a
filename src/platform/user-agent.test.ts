import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { userAgent, VERSION } from './user-agent.ts';

describe('who we say we are', () => {
  it('is the product in the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(VERSION).toBe(version);
    expect(userAgent(null)).toBe(`MusicDB/${version}`);
  });

  it('names how to reach the operator, where one is configured', () => {
    expect(userAgent('me@example.org')).toBe(`MusicDB/${VERSION} (+me@example.org)`);
  });
});
