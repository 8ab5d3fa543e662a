/** `musicdb list`: the sources as facts, and which conditions are missing before each may run live. Needs no service. */
import { loadAllSources } from '../../../spiders/registry.ts';
import { readConfig } from '../../config/config.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';
import { factLines, withAccess } from '../source-lines.ts';

export async function run(_args: string[], { json }: CommonOptions): Promise<undefined> {
  const { credentials } = readConfig();
  const sources = (await loadAllSources()).map(({ facts }) => withAccess(facts, credentials));
  if (json) printJson({ sources });
  else for (const source of sources) for (const line of [...factLines(source), '']) printLine(line);
}
