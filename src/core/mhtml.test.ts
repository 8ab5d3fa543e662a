import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSavedPage } from './mhtml.ts';

const HTML = '<!DOCTYPE html><html><body class="x">Ōsé = 100 %</body></html>';

function file(content: string, encoding: string): Buffer {
  const part = (type: string, headers: string, body: string) =>
    `------Cut\r\nContent-Type: ${type}\r\n${headers}\r\n\r\n${body}\r\n`;
  return Buffer.from(
    [
      'From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example/page\r\nSubject: A page\r\nMIME-Version: 1.0\r\n',
      'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----Cut"\r\n\r\n\r\n',
      part('text/css', 'Content-Transfer-Encoding: 8bit', 'a {}'),
      part('text/html', `Content-Transfer-Encoding: ${encoding}\r\nContent-Location: https://x.example/other`, content),
      part('image/png', 'Content-Transfer-Encoding: base64', 'AAAA'),
      '------Cut--\r\n',
    ].join(''),
  );
}

describe('a page saved as a single file', () => {
  it.each([
    ['base64', Buffer.from(HTML).toString('base64')],
    ['8bit', HTML],
  ])('in %s gives its HTML and its address', (encoding, content) => {
    const saved = readSavedPage(file(content, encoding));
    expect(
      Buffer.from(saved?.body ?? [])
        .toString()
        .trim(),
    ).toBe(HTML);
    expect(saved?.url).toBe('https://x.example/page');
  });

  it('in quoted-printable gives its letters, lines joined', () => {
    const content = '<p class=3D"x">=C5=8Cs=C3=A9 =3D 100 =\r\n%</p>';
    expect(
      Buffer.from(readSavedPage(file(content, 'quoted-printable'))?.body ?? [])
        .toString()
        .trim(),
    ).toBe('<p class="x">Ōsé = 100 %</p>');
  });

  it.each([
    ['HTML', HTML],
    ['a mail of one part', 'From: a\r\nContent-Type: text/html\r\n\r\n<p>'],
    ['a file without its parts', 'From: a\r\nContent-Type: multipart/related; boundary=x\r\n\r\n'],
    ['nothing', ''],
  ])('%s is none', (_what, text) => {
    expect(readSavedPage(Buffer.from(text))).toBeNull();
  });

  it('never throws, whatever the damage', () => {
    const whole = file('<p class=3D"x">=C5</p>', 'quoted-printable');
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(60), fc.uint8Array({ maxLength: 8 }), (at, drop, put) => {
        readSavedPage(Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + drop)]));
      }),
    );
  });
});
