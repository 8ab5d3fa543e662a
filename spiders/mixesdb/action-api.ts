/**
 * The Action API (`/w/api.php?action=query`): pages by the dozen and members of categories. robots.txt forbids it to everybody, so it is off
 * until a person says that the wiki's operator agreed; robots.txt binds even then. Answers that people saved are read in any case.
 */
import { PermanentError } from '../../src/core/errors.ts';
import { asList, asNumber, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { fold } from '../../src/core/text.ts';
import type { Credentials } from '../../src/core/tokens.ts';
import { listed, problem, type Reading } from './reading.ts';
import { ACTION_API, actionRequest, keyOfTitle, pageRequest } from './spider.ts';
import { readWikiPage } from './wiki-page.ts';

/** @throws PermanentError for a call of the Action API while nobody has switched it on. */
export function assertSwitchedOn({ kind, url }: PageRequest, credentials: Credentials): void {
  if (kind !== ACTION_API || credentials.MUSICDB_MIXESDB_ACTION_API !== undefined) return;
  throw new PermanentError(`${url} is a call of MixesDB's Action API, which robots.txt forbids: it is off`, {
    code: 'ACCESS',
    hint: "Ask for the page by the REST interface, or set MUSICDB_MIXESDB_ACTION_API once the wiki's operator has agreed.",
  });
}

/** Reads an answer: its pages as sets, its lists as requests for their mixes by REST, and where it goes on. */
export function readActionAnswer(value: JsonRecord, page: Page): Reading {
  const query = asRecord(value.query);
  const pages = (Array.isArray(query.pages) ? query.pages : Object.values(asRecord(query.pages))).map(asRecord);
  const readings = pages.map((given, index) => readPage(given, index, page));
  const warnings = Object.entries(asRecord(value.warnings)).map(([module, said]) => ({
    code: 'warning',
    message: `${module}: ${asText(asRecord(said).warnings) ?? asText(asRecord(said)['*']) ?? 'no words'}`,
    where: '$.warnings',
  }));
  const lists = [query.categorymembers, query.search].filter(Array.isArray).map((list) => readList(list, query, page));
  return merged([...readings, ...lists, { requests: continuation(value.continue, page), problems: warnings }]);
}

function readPage(given: JsonRecord, index: number, page: Page): Reading {
  const revision = asRecord(asList(given.revisions)[0]);
  const wikitext = asText(asRecord(asRecord(revision.slots).main).content) ?? asText(revision.content);
  const title = fold(asText(given.title));
  const where = `$.query.pages[${index}]`;
  if (given.missing === true) return problem('not-found', `the wiki has no page "${title ?? ''}"`, where);
  if (wikitext === null || title === null) return problem('bad-value', 'a page without text', where);
  return readWikiPage({
    key: keyOfTitle(title),
    title,
    wikitext,
    pageId: asNumber(given.pageid),
    revisionId: asNumber(revision.revid),
    revisedAt: asText(revision.timestamp),
    fetchedAt: page.fetchedAt,
  });
}

/** Members of a category, hits of a search. Other namespaces (half of a category are pictures) are left out of the requests. */
function readList(members: readonly unknown[], query: JsonRecord, page: Page): Reading {
  const hits = members.flatMap((member) => {
    const title = fold(asText(asRecord(member).title));
    return title === null ? [] : [{ key: keyOfTitle(title), title }];
  });
  const entries = hits.map(listed);
  const asked = page.url === null ? null : URL.parse(page.url)?.searchParams;
  const list = asked?.get('cmtitle') ?? asked?.get('srsearch') ?? Object.keys(query).join(' ');
  // Each page of a list is a listing of its own: a later one does not take the place of the first.
  const id = ['action-api', list, asked?.get('cmcontinue') ?? asked?.get('sroffset')].filter(Boolean).join(' ');
  return {
    items: [{ kind: 'listing', source: 'mixesdb', id, entries }],
    requests: hits.filter((_, index) => entries[index]?.date !== null).map(({ key }) => pageRequest(key)),
  };
}

/** The whole `continue` object goes back to where the answer came from. */
function continuation(given: unknown, { url }: Page): PageRequest[] {
  const next = isRecord(given) && url !== null ? URL.parse(url) : null;
  if (next === null || next === undefined) return [];
  for (const [name, value] of Object.entries(asRecord(given))) next.searchParams.set(name, asText(value) ?? '');
  return [actionRequest(next)].filter((request) => request !== null);
}

function merged(readings: readonly Reading[]): Reading {
  return {
    items: readings.flatMap((reading) => reading.items ?? []),
    requests: readings.flatMap((reading) => reading.requests ?? []),
    problems: readings.flatMap((reading) => reading.problems ?? []),
  };
}
