/** Who we say we are: product, version, and how to reach the operator. Never anybody else. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const VERSION = version;

/** @param contact address or page of the operator; null when none is configured. */
export function userAgent(contact: string | null): string {
  return `MusicDB/${version}${contact === null ? '' : ` (+${contact})`}`;
}
