/** `musicdb source new <name>`: the folder of a further source, from `spiders/_template/`, and what is left to do by hand. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOURCE_NAMES } from '../../../spiders/registry.ts';
import { UsageError } from '../../core/errors.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';

export interface NewSourceOptions extends CommonOptions {
  readonly title?: string;
  readonly host?: string;
  /** Folder of the spiders; another one only in tests. */
  readonly into?: string;
}

const SPIDERS = fileURLToPath(new URL('../../../spiders/', import.meta.url));
/** A name is a folder, a queue (`crawl-<name>`), a metric's label and a word on the command line. */
const NAME = /^[a-z0-9][a-z0-9-]{1,39}$/;
const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** @throws UsageError when the name or host cannot be one, or the source exists. */
export function createSource(name: string, options: NewSourceOptions): void {
  const { title = name, host = `${name}.example`, into = SPIDERS, json } = options;
  assertUsable(name, host, into);
  const folder = join(into, name);
  cpSync(join(SPIDERS, '_template'), folder, { recursive: true, errorOnExist: true, force: false });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) writeFileSync(file, named(readFileSync(file, 'utf8'), { name, title, host }));
  const line = `  ${/^[a-z]+$/.test(name) ? name : `'${name}'`}: async () => (await import('./${name}/index.ts')).source,`;
  const made = { name, folder, files: files.map((file) => relative(into, file)).sort(), registryLine: line };
  if (json) printJson(made);
  else tell(made);
}

function tell({
  name,
  folder,
  files,
  registryLine,
}: {
  name: string;
  folder: string;
  files: string[];
  registryLine: string;
}): void {
  printLine(`${folder}:`);
  for (const file of files) printLine(`  ${file}`);
  printLine();
  printLine('Now:');
  printLine('1. add this line to LOADERS in spiders/registry.ts:');
  printLine(registryLine);
  printLine(
    `2. put two saved pages into spiders/${name}/fixtures/ (its README says how), and make parser.ts read them`,
  );
  printLine(
    '3. `npm run test:unit -- spiders` writes what they are expected to give, and fails until you have read and kept it',
  );
  printLine(
    `4. fill in the facts in spiders/${name}/index.ts: terms, robots.txt, limits; then \`musicdb source show ${name}\``,
  );
  printLine(
    `5. say in spiders/${name}/seed-rules.ts where a crawl may start, by artist and search too, or why it cannot`,
  );
}

function assertUsable(name: string, host: string, into: string): void {
  if (!NAME.test(name))
    throw new UsageError(`"${name}" cannot be the name of a source`, {
      hint: 'Expected lower-case letters, digits and hyphens, two to forty of them.',
    });
  if (!HOST.test(host))
    throw new UsageError(`"${host}" is no host name`, { hint: 'Expected a name such as www.example.org.' });
  if (SOURCE_NAMES.includes(name) || existsSync(join(into, name)))
    throw new UsageError(`there is a source "${name}" already`, { hint: 'Choose another name, or change its folder.' });
}

/** The template's words for its own name, title and host, replaced. */
function named(text: string, { name, title, host }: { name: string; title: string; host: string }): string {
  return text
    .replaceAll('template.example', host)
    .replaceAll("'template'", `'${name}'`)
    .replaceAll("'Template'", `'${title.replace(/[\\']/g, '\\$&')}'`)
    .replace(/\bTemplate\b/g, () => title.replaceAll('*/', ''));
}
