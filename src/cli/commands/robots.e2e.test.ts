import { describe, expect, it } from 'vitest';
import { jsonOf, runCli } from '../../testing/cli.ts';

const FILE = 'User-agent: *\nCrawl-delay: 8\nDisallow: /js/\n';

function robots(...options: string[]) {
  return runCli(['robots', '-', '--json', ...options], { stdin: FILE });
}

describe('musicdb robots', () => {
  it.each([
    ['https://www.example.org/js/a.js', { allowed: false, rule: 'Disallow: /js/', crawlDelaySeconds: 8 }],
    ['/tracklist/1', { allowed: true, rule: null, crawlDelaySeconds: 8 }],
  ])('answers for %s, and exits 0 either way', async (url, verdict) => {
    const result = await robots('--agent', 'MusicDB', '--url', url);
    expect(jsonOf(result)).toEqual(verdict);
    expect(result.status).toBe(0);
  });

  it.each([
    [['--url', '/'], 'USAGE'],
    [['--agent', 'MusicDB'], 'USAGE'],
    [['--agent', '', '--url', '/'], 'USAGE'],
    [['--agent', 'MusicDB', '--url', 'tracklist/1'], 'INVALID_URL'],
    [['--agent', 'MusicDB', '--url', '//'], 'INVALID_URL'],
  ])('refuses %j', async (options, code) => {
    const result = await robots(...options);
    expect(result.status).toBe(2);
    expect(jsonOf(result)).toMatchObject({ error: { code } });
  });
});
