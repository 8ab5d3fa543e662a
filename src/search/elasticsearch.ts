/**
 * Search in Elasticsearch. Readers and writers use the aliases `<prefix>-tracks|artists|setlists|mentions` only; the concrete indices behind them carry
 * a mapping version and a date, so that a rebuilt one can take an alias over with no reader noticing.
 */
import type { Client, estypes } from '@elastic/elasticsearch';
import { asError, PermanentError, TransientError } from '../core/errors.ts';
import { concreteName, INDEX_MAPPINGS, INDEX_SETTINGS, type StoredDocument, toStored } from './elasticsearch-index.ts';
import { anyWordAlike, everyWord, type Query } from './elasticsearch-query.ts';
import { SEARCH_INDICES, type Search, type SearchAnswer, type SearchDocument, type SearchIndex } from './search.ts';
import { chunks, DEEPEST_HIT, newestOfEach, type ParsedQuery, parseQuery } from './text.ts';

const BATCH = 1_000;
const STALE = 409;
const NOT_FOUND = 404;

/** What the functions below work on: the client once it is loaded, and the alias of an index. */
interface Access {
  readonly client: () => Promise<Client>;
  readonly aliasOf: (index: SearchIndex) => string;
}

/** Opens the adapter; nothing is sent before its first use. The client library is loaded then too: it is large, and most commands search nothing. */
export function openElasticsearch(url: string, prefix: string): Search {
  let opened: Promise<Client> | null = null;
  const access: Access = {
    client: () => {
      opened ??= import('@elastic/elasticsearch').then(
        (library) => new library.Client({ node: url, requestTimeout: 30_000, maxRetries: 2 }),
      );
      return opened;
    },
    aliasOf: (index) => `${prefix}-${index}`,
  };
  return {
    adapter: 'elasticsearch',
    prepare: () => explained(() => forEachIndex((index) => createIfMissing(access, index))),
    index: (index, documents) => explained(() => writeAll(access, index, documents)),
    remove: (index, ids) => explained(() => removeAll(access, index, ids)),
    search: async (index, query) => {
      const parsed = parseQuery(query);
      return explained(() => find(access, index, parsed));
    },
    count: (index) =>
      explained(async () => (await (await access.client()).count({ index: access.aliasOf(index) })).count),
    refresh: () => explained(() => refresh(access, SEARCH_INDICES)),
    clear: () => explained(() => forEachIndex((index) => replaceByEmpty(access, index))),
    release: async () => (await opened)?.close(),
  };
}

async function forEachIndex(work: (index: SearchIndex) => Promise<void>): Promise<void> {
  for (const index of SEARCH_INDICES) await work(index);
}

async function createIfMissing({ client, aliasOf }: Access, index: SearchIndex): Promise<void> {
  const { indices } = await client();
  const alias = aliasOf(index);
  if (await indices.existsAlias({ name: alias })) return;
  try {
    await indices.create({
      index: concreteName(alias, new Date()),
      settings: INDEX_SETTINGS,
      mappings: INDEX_MAPPINGS,
      aliases: { [alias]: { is_write_index: true } },
    });
  } catch (error) {
    // Two processes prepared at once: an alias has one write index, so the second is refused and uses the first one's.
    if (!(await indices.existsAlias({ name: alias }))) throw error;
  }
}

/** A new empty index takes the alias over in one step; then the old one goes. */
async function replaceByEmpty({ client, aliasOf }: Access, index: SearchIndex): Promise<void> {
  const { indices } = await client();
  const alias = aliasOf(index);
  const old = Object.keys(await indices.getAlias({ name: alias }, { ignore: [NOT_FOUND] })).filter((name) =>
    name.startsWith(alias),
  );
  const fresh = concreteName(alias, new Date());
  await indices.create({ index: fresh, settings: INDEX_SETTINGS, mappings: INDEX_MAPPINGS });
  await indices.updateAliases({
    actions: [
      ...old.map((name) => ({ remove_index: { index: name } })),
      { add: { index: fresh, alias, is_write_index: true } },
    ],
  });
}

async function writeAll(access: Access, index: SearchIndex, documents: readonly SearchDocument[]): Promise<number> {
  let written = 0;
  for (const batch of chunks(newestOfEach(documents), BATCH)) {
    const operations = batch.flatMap((document) => [
      {
        index: {
          _index: access.aliasOf(index),
          _id: document.id,
          version: document.version,
          version_type: 'external_gte' as const,
          require_alias: true,
        },
      },
      toStored(document),
    ]);
    written += await sendBulk(access, operations, [STALE]);
  }
  return written;
}

/**
 * Removes each document at the version it has: left to itself Elasticsearch takes the next one and remembers it for a while, so that the document
 * could not come back as it was. One that was written anew meanwhile stays.
 */
async function removeAll(access: Access, index: SearchIndex, ids: readonly string[]): Promise<void> {
  const alias = access.aliasOf(index);
  const target = { _index: alias, version_type: 'external_gte' as const, require_alias: true };
  for (const batch of chunks([...new Set(ids)], BATCH)) {
    const { docs } = await (await access.client()).mget({ index: alias, ids: batch, _source: false });
    const operations = docs.flatMap((doc) =>
      '_version' in doc && doc._version !== undefined
        ? [{ delete: { ...target, _id: doc._id, version: doc._version } }]
        : [],
    );
    if (operations.length > 0) await sendBulk(access, operations, [STALE, NOT_FOUND]);
  }
  await refresh(access, [index]);
}

/** Sends one bulk request; items that answer one of `expected` (stale, already gone) are left out of the count, any other refusal throws. */
async function sendBulk({ client }: Access, operations: unknown[], expected: number[]): Promise<number> {
  const answer = await (await client()).bulk({ operations: operations as estypes.BulkRequest['operations'] & object });
  const results = answer.items.flatMap((item) => Object.values(item));
  const refused = results.filter((result) => result.status >= 300 && !expected.includes(result.status));
  const first = refused[0];
  if (first !== undefined) {
    throw new PermanentError(
      `Elasticsearch refused ${refused.length} of ${results.length} documents; the first is ${first._id} in ${first._index}: ${first.status} ${first.error?.type}: ${first.error?.reason}`,
      { code: 'SEARCH_REFUSED', hint: 'Compare the document with the mapping in src/search/elasticsearch-index.ts.' },
    );
  }
  return results.filter((result) => result.status < 300).length;
}

async function find(access: Access, index: SearchIndex, query: ParsedQuery): Promise<SearchAnswer> {
  const exact = await ask(access, index, query, everyWord(query));
  return exact.total > 0 ? exact : ask(access, index, query, anyWordAlike(query));
}

async function ask(
  { client, aliasOf }: Access,
  index: SearchIndex,
  { limit, offset }: ParsedQuery,
  query: Query,
): Promise<SearchAnswer> {
  const answer = await (await client()).search<StoredDocument>({
    index: aliasOf(index),
    query,
    from: offset,
    size: limit,
    track_total_hits: DEEPEST_HIT,
    _source: ['body'],
    sort: [{ _score: { order: 'desc' } }, { id: { order: 'asc' } }],
    track_scores: true,
    timeout: '5s',
  });
  const total = answer.hits.total;
  return {
    hits: answer.hits.hits.map((hit) => ({
      id: hit._id ?? '',
      score: hit._score ?? 0,
      body: { ...hit._source?.body },
    })),
    total: Math.min(typeof total === 'number' ? total : (total?.value ?? 0), DEEPEST_HIT),
  };
}

async function refresh({ client, aliasOf }: Access, indices: readonly SearchIndex[]): Promise<void> {
  await (await client()).indices.refresh({ index: indices.map(aliasOf) });
}

/** Says of a fault of the server or the wire what it means here. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = asError(thrown);
    if (['ConnectionError', 'TimeoutError', 'NoLivingConnectionsError'].includes(error.name)) {
      throw new TransientError(`Elasticsearch does not answer: ${error.message}`, {
        code: 'SEARCH_UNREACHABLE',
        hint: 'Check that it runs and that ELASTICSEARCH_URL names its address.',
        cause: error,
      });
    }
    throw thrown;
  }
}
