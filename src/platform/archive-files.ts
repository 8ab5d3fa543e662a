/** What the archive and its writing thread agree on: where a document lies, and what they say to each other. */
import { join } from 'node:path';

/** A document that is stored again is marked so at least this often, milliseconds. Nothing younger than twice this is garbage. */
export const FRESH_MS = 3_600_000;

export interface StoreRequest {
  readonly id: number;
  readonly directory: string;
  readonly bytes: Uint8Array;
}

export interface DigestedDocument {
  /** SHA-256 of the bytes as received. */
  readonly digest: Uint8Array;
  /** Size of the file. */
  readonly storedBytes: number;
}

export type StoreReply =
  | { readonly id: number; readonly stored: DigestedDocument }
  | { readonly id: number; readonly fault: unknown };

/** `<directory>/<2 hex>/<62 hex>.zst` */
export function storedPath(directory: string, digest: Uint8Array): string {
  const hex = Buffer.from(digest).toString('hex');
  return join(directory, hex.slice(0, 2), `${hex.slice(2)}.zst`);
}
