/** Who we say we are: product, version, and how to reach the operator. Never anybody else. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const VERSION = version;

/** The name robots.txt files know us by, and the first word of the User-Agent: one must not obey as one and ask as another. */
export const PRODUCT = 'MusicDB';

/** @param contact address or page of the operator; null when none is configured. */
export function userAgent(contact: string | null): string {
  return `${PRODUCT}/${version}${contact === null ? '' : ` (+${contact})`}`;
}
