/** Pages that a browser saved "as a single file" (MHTML, RFC 2557): the page's own HTML out of them. */

export interface SavedPage {
  readonly body: Uint8Array;
  /** Address that the browser saved it from; null when the file does not say. */
  readonly url: string | null;
}

const FIRST_HEADER = /^(?:From|MIME-Version|Snapshot-Content-Location|Subject|Date|Content-Type)[ \t]*:/i;
const BOUNDARY = /^Content-Type[ \t]*:[ \t]*multipart\/related\b[^\r\n]*(?:\r?\n[ \t][^\r\n]*){0,5}/im;
/** Headers of a part are a few hundred bytes. */
const LONGEST_HEAD = 8_192;

/** The first HTML part of such a file, decoded; null when the bytes are no such file, or hold no HTML. */
export function readSavedPage(body: Uint8Array): SavedPage | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const head = bytes.toString('latin1', 0, LONGEST_HEAD);
  if (!FIRST_HEADER.test(head)) return null;
  const boundary = /boundary="?([^"\r\n;]{1,200})"?/i.exec(BOUNDARY.exec(head)?.[0] ?? '')?.[1];
  if (boundary === undefined) return null;
  const mark = `--${boundary}`;
  for (let at = bytes.indexOf(mark); at >= 0; ) {
    const start = at + mark.length;
    const next = bytes.indexOf(mark, start);
    const part = readPart(bytes.subarray(start, next < 0 ? bytes.length : next), head);
    if (part !== null) return part;
    at = next;
  }
  return null;
}

/** A part that is HTML; null for pictures, style sheets and the like. */
function readPart(part: Buffer, fileHead: string): SavedPage | null {
  const start = part.toString('latin1', 0, LONGEST_HEAD);
  const gap = /\r?\n\r?\n/.exec(start);
  if (gap === null) return null;
  const head = start.slice(0, gap.index);
  if (!/^text\/html\b/i.test(header(head, 'Content-Type') ?? '')) return null;
  const content = part.subarray(gap.index + gap[0].length);
  const url = header(fileHead, 'Snapshot-Content-Location') ?? header(head, 'Content-Location');
  return { body: decode(content, header(head, 'Content-Transfer-Encoding') ?? ''), url };
}

function header(head: string, name: string): string | null {
  return new RegExp(`^${name}[ \\t]*:[ \\t]*([^\\r\\n]{1,4000})`, 'im').exec(head)?.[1]?.trim() ?? null;
}

function decode(content: Buffer, encoding: string): Uint8Array {
  if (/^base64$/i.test(encoding)) return Buffer.from(content.toString('latin1'), 'base64');
  if (!/^quoted-printable$/i.test(encoding)) return content;
  const text = content.toString('latin1').replace(/=\r?\n/g, '');
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
