/** What a concrete Elasticsearch index looks like. Only features that every build has: no mapper-extras, no ICU. */
import type { estypes } from '@elastic/elasticsearch';
import type { SearchDocument } from './search.ts';
import { searchKey } from './text.ts';

/** Part of every concrete index's name; raised when the mapping changes, so that old and new can stand side by side. */
const MAPPING_VERSION = 1;

/** As stored. `id` breaks ties of rank; `name` is the first text, `texts` all of them, both folded like queries are; `body` is returned, never searched. */
export interface StoredDocument {
  id: string;
  name: string;
  texts: string[];
  version: number;
  body: Readonly<Record<string, unknown>>;
}

export const INDEX_SETTINGS: estypes.IndicesIndexSettings = {
  number_of_shards: 1,
  // One copy where there is a second node to hold it; on a single node the index is green without.
  auto_expand_replicas: '0-1',
  // What was removed and comes in anew starts at version 1 again: the memory of its deletion must not refuse it.
  gc_deletes: '0s',
  analysis: {
    filter: { beginnings: { type: 'edge_ngram', min_gram: 1, max_gram: 20, preserve_original: true } },
    analyzer: {
      folded: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'asciifolding'] },
      folded_beginnings: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'asciifolding', 'beginnings'] },
    },
  },
};

export const INDEX_MAPPINGS: estypes.MappingTypeMapping = {
  dynamic: 'strict',
  properties: {
    id: { type: 'keyword' },
    name: {
      type: 'text',
      analyzer: 'folded',
      fields: { exact: { type: 'keyword', ignore_above: 512 } },
    },
    texts: {
      type: 'text',
      analyzer: 'folded',
      fields: { prefix: { type: 'text', analyzer: 'folded_beginnings', search_analyzer: 'folded' } },
    },
    version: { type: 'long' },
    body: { type: 'object', enabled: false },
  },
};

/** Name of a new concrete index, e.g. `musicdb-tracks-v1-20261120t204501123`; readers and writers never use it. */
export function concreteName(alias: string, at: Date): string {
  const stamp = at.toISOString().replaceAll(/[-:.]/g, '').replace('Z', '').toLowerCase();
  return `${alias}-v${MAPPING_VERSION}-${stamp}`;
}

export function toStored({ id, texts, version, body }: SearchDocument): StoredDocument {
  const keys = texts.map(searchKey);
  return { id, name: keys[0] ?? '', texts: keys, version, body };
}
