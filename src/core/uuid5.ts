/** Name-based identifiers (RFC 9562, version 5): the same key gives the same id on every machine, in any order of arrival. */
import { hash } from 'node:crypto';

/** The namespace of every id of this project. Changing it changes every id there is. */
const MUSICDB = Buffer.from('8f0c6d1e5a8b5b5f9c6a3d2b7e41f0a9', 'hex');
const VARIANT_DIGITS = '89ab';

/**
 * UUIDv5 of a name.
 * @param namespace 16 bytes; the project's own unless said otherwise.
 */
export function uuid5(name: string, namespace: Uint8Array = MUSICDB): string {
  const hex = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'hex');
  const variant = VARIANT_DIGITS[Number.parseInt(hex[16] ?? '0', 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Id of an entity from the key of the item that first created it, e.g. `entityId('artist', 'sven vath')`. */
export function entityId(kind: string, key: string): string {
  return uuid5(`${kind}:${key}`);
}
