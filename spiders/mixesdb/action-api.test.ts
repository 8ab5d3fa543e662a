import { describe, expect, it } from 'vitest';
import { requestsForSeed } from '../../src/core/seeds.ts';
import { source } from './index.ts';
import { parse } from './parser.ts';

const API = 'https://www.mixesdb.com/w/api.php';
const asked = source.requestFor(`${API}?action=query&list=categorymembers&cmtitle=Category:X`);

function read(value: unknown, url: string | null = null) {
  return parse({ body: Buffer.from(JSON.stringify(value)), url, status: 200, contentType: null, fetchedAt: null });
}

describe('the Action API', () => {
  it('is refused before anything is asked while nobody has switched it on', () => {
    if (asked === null) throw new Error('expected a request');
    expect(() => source.headers(asked, { MUSICDB_CONTACT: 'me@example.org' })).toThrow(/is off/);
    expect(source.headers(asked, { MUSICDB_MIXESDB_ACTION_API: 'true' }).accept).toBe('application/json');
  });

  it('is asked for queries only, with its parameters in one order', () => {
    expect(asked).toEqual({
      url: `${API}?action=query&cmtitle=Category%3AX&format=json&formatversion=2&list=categorymembers&maxlag=5`,
      kind: 'action-api',
    });
    expect(source.normaliseUrl(asked?.url ?? '')).toBe(asked?.url);
    expect(source.requestFor(`${API}?action=parse&page=X`)).toBeNull();
  });

  it('lists members: mixes are asked for by REST, pictures are not, and the list goes on', () => {
    const categorymembers = ['2020 - A @ B', 'File:X.jpg'].map((title, id) => ({ pageid: id, ns: 0, title }));
    const answer = { continue: { cmcontinue: 'page|2', continue: '-||' }, query: { categorymembers } };
    const { items, requests } = read(answer, asked?.url);
    expect(items).toMatchObject([{ kind: 'listing', id: 'action-api Category:X', entries: [{ date: '2020' }, {}] }]);
    expect(requests.map(({ url, kind }) => [kind, URL.parse(url)?.searchParams.get('cmcontinue') ?? url])).toEqual([
      ['page', 'https://www.mixesdb.com/w/rest.php/v1/page/2020_-_A_%40_B'],
      ['action-api', 'page|2'],
    ]);
  });

  it('"members:" asks for all mixes of a category, newest first; each page of the answer is a list of its own', () => {
    const [members] = requestsForSeed(source, 'members:Nora_Velt');
    expect(requestsForSeed(source, 'members:Nora Velt')).toEqual([members]);
    expect(Object.fromEntries(new URL(members?.url ?? '').searchParams)).toMatchObject({
      list: 'categorymembers',
      cmtitle: 'Category:Nora Velt',
      cmnamespace: '0',
      cmdir: 'desc',
      cmlimit: '500',
    });
    const answer = { query: { categorymembers: [{ pageid: 1, ns: 0, title: '2020 - A @ B' }] } };
    const ids = [members?.url, `${members?.url}&cmcontinue=page%7C2`].map((url) => read(answer, url).items);
    expect(ids).toMatchObject([
      [{ id: 'action-api Category:Nora Velt' }],
      [{ id: 'action-api Category:Nora Velt page|2' }],
    ]);
    expect(() => requestsForSeed(source, 'members:Mixcloud')).toThrow(/no seed/);
  });

  it('says which pages there are not, and what the wiki warns of', () => {
    const query = {
      pages: [
        { ns: 0, title: 'X', missing: true },
        { pageid: 1, title: 'Y' },
      ],
    };
    expect(read({ query, warnings: { main: { warnings: 'Unrecognized parameter: x.' } } })).toMatchObject({
      items: [],
      problems: [
        { code: 'not-found', where: '$.query.pages[0]' },
        { code: 'bad-value', where: '$.query.pages[1]' },
        { code: 'warning', message: 'main: Unrecognized parameter: x.' },
      ],
    });
  });
});
