/** Queries in Elasticsearch's language, ranked as the Postgres adapter ranks. */
import type { estypes } from '@elastic/elasticsearch';
import type { ParsedQuery } from './text.ts';

export type Query = NonNullable<estypes.QueryDslQueryContainer>;

/** Every word as typed, the last one also as a beginning; the name itself first, then the words side by side, then words in the name. */
export function everyWord({ key, words }: ParsedQuery): Query {
  const whole = words.slice(0, -1).join(' ');
  const last = words.at(-1) ?? '';
  return {
    bool: {
      must: [
        ...(whole === '' ? [] : [{ match: { texts: { query: whole, operator: 'and' as const } } }]),
        {
          bool: {
            should: [{ match: { texts: last } }, { match: { 'texts.prefix': { query: last, operator: 'and' } } }],
          },
        },
      ],
      should: [
        { constant_score: { filter: { term: { 'name.exact': key } }, boost: 100 } },
        { match_phrase_prefix: { texts: { query: key, boost: 3 } } },
        { match: { name: { query: key, boost: 2 } } },
      ],
    },
  };
}

/** Every word alike to some word (one wrong letter from three letters on, two from six): forgives typing errors. */
export function anyWordAlike({ key }: ParsedQuery): Query {
  return {
    bool: {
      must: [{ match: { texts: { query: key, operator: 'and', fuzziness: 'AUTO' } } }],
      should: [{ match: { name: { query: key, fuzziness: 'AUTO', boost: 2 } } }],
    },
  };
}
