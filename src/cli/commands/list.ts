/** `musicdb list`: the sources as facts, and which conditions are missing before each may run live. Needs no service. */
import { describeMissing, type MissingCondition, missingConditions } from '../../../jobs/access.ts';
import { loadAllSources } from '../../../spiders/registry.ts';
import { readConfig } from '../../config/config.ts';
import type { SourceFacts } from '../../core/source.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';

export async function run(_args: string[], { json }: CommonOptions): Promise<undefined> {
  const { credentials } = readConfig();
  const sources = (await loadAllSources()).map(({ facts }) => {
    const missing = missingConditions(facts, credentials);
    return { ...facts, live: { allowed: missing.length === 0, missing } };
  });
  if (json) printJson({ sources });
  else for (const source of sources) printSource(source);
}

function printSource(facts: SourceFacts & { live: { allowed: boolean; missing: readonly MissingCondition[] } }): void {
  const { limits, terms } = facts;
  printLine(`${facts.name}  ${facts.title} (${facts.accessMode}${facts.experimental ? ', experimental' : ''})`);
  printLine(`  reads     ${facts.pageKinds.join(', ')}`);
  printLine(
    `  limits    one request in ${limits.minDelayMs / 1000} s, ${limits.maxConcurrency} at a time${limits.perDay === null ? '' : `, ${limits.perDay} a day`}`,
  );
  printLine(`  terms     ${terms.summary}${terms.url === null ? '' : ` (${terms.url})`}`);
  if (terms.licence !== null) printLine(`  licence   ${terms.licence}`);
  if (terms.attribution !== null) printLine(`  credit    ${terms.attribution}`);
  if (facts.live.allowed) printLine('  live      yes');
  else for (const condition of facts.live.missing) printLine(`  live      not yet: ${describeMissing([condition])}`);
  printLine();
}
