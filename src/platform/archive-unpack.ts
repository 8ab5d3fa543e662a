/** Reading a stored document: unpacked, and never believed before its bytes match its name. */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { PermanentError } from '../core/errors.ts';

const decompress = promisify(zstdDecompress);

/**
 * @param packed null when there is no such document.
 * @throws PermanentError `DOCUMENT_MISSING`, `DOCUMENT_DAMAGED`.
 */
export async function unpackVerified(packed: Buffer | null, digest: Uint8Array, place: string): Promise<Buffer> {
  const hex = Buffer.from(digest).toString('hex');
  if (packed === null) throw new PermanentError(`document ${hex} is not in the archive`, { code: 'DOCUMENT_MISSING' });
  const bytes = await decompress(packed).catch((cause: Error) => {
    throw damaged(hex, place, cause);
  });
  if (!hash('sha256', bytes, 'buffer').equals(digest)) throw damaged(hex, place);
  return bytes;
}

function damaged(hex: string, place: string, cause?: Error): PermanentError {
  return new PermanentError(`document ${hex} does not match its digest: ${place} is damaged`, {
    code: 'DOCUMENT_DAMAGED',
    hint: 'Restore the file from a backup, or delete it and fetch the page again.',
    cause,
  });
}
