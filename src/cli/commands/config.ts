/** `musicdb config`: the configuration in force, secrets redacted. Needs no service. */
import { readConfig, redactConfig } from '../../config/config.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';

export async function run(_args: string[], { json }: CommonOptions): Promise<undefined> {
  const shown = redactConfig(readConfig());
  if (json) {
    printJson(shown);
    return;
  }
  const width = Math.max(...Object.keys(shown).map((key) => key.length));
  for (const [key, value] of Object.entries(shown))
    printLine(`${key.padEnd(width)}  ${typeof value === 'string' ? value : JSON.stringify(value)}`);
}
