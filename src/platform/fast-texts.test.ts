import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const REDIS = new URL('./redis.ts', import.meta.url).href;

/** In a process of its own: once undone, it stays undone. */
const PROGRAM = `
const areFast = () => %HasFastProperties(String.prototype);
const { openRedis } = await import('${REDIS}');
const loaded = areFast();
openRedis('redis://127.0.0.1:1').client.disconnect();
console.log(JSON.stringify({ loaded, opened: areFast() }));
`;

it('ioredis makes the methods of texts slow, and opening a connection makes them fast again', () => {
  const args = ['--allow-natives-syntax', '--input-type=module', '-e', PROGRAM];
  const said = execFileSync(process.execPath, args, { encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual({ loaded: false, opened: true });
});
