/** What a source asks to be shown beside its data. */
import type { SourceFacts } from '../core/source.ts';

export interface Attribution {
  /** Page to link to: the set's own, else the source's first page. */
  readonly url: string | null;
  readonly text: string | null;
  readonly licence: string | null;
}

export function attributionOf(
  sources: readonly SourceFacts[],
  { source, url }: { source: string; url: string | null },
): Attribution {
  const facts = sources.find(({ name }) => name === source);
  return {
    url: url ?? facts?.homepage ?? null,
    text: facts?.terms.attribution ?? null,
    licence: facts?.terms.licence ?? null,
  };
}
