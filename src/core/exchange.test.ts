import { expect, it } from 'vitest';
import { withoutSecrets } from './exchange.ts';

it('the values of cookies are not kept, and all other headers are as they came', () => {
  expect(
    withoutSecrets([
      ['Set-Cookie', 'sid=s3cret; Path=/; HttpOnly'],
      ['X-Twice', 'a'],
      ['set-cookie', 'flag'],
      ['X-Twice', 'b'],
    ]),
  ).toEqual([
    ['Set-Cookie', 'sid=[redacted]; Path=/; HttpOnly'],
    ['X-Twice', 'a'],
    ['set-cookie', 'flag'],
    ['X-Twice', 'b'],
  ]);
});
