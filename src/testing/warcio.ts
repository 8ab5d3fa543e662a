/** Python's warcio in a virtual environment of its own, made once per user: the other tool that our WARC files must please. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../ops/dev-services/os-user.ts';
import { whichOf } from '../../ops/dev-services/programs.ts';

/** A Python that can `import warcio`, or why there is none. */
export type Warcio =
  | { readonly python: string; readonly missing: null }
  | { readonly python: null; readonly missing: string };

export function prepareWarcio(): Warcio {
  const folder = join(cacheDir(null), 'warcio');
  const python = join(folder, 'bin', 'python');
  if (existsSync(python) && works(python)) return { python, missing: null };
  const system = whichOf(['python3'], process.env);
  if (system === null) return { python: null, missing: 'there is no python3' };
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    execFileSync(system, ['-m', 'venv', folder], { stdio: 'pipe' });
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', 'warcio'], { stdio: 'pipe', timeout: 120_000 });
    return { python, missing: null };
  } catch (error) {
    return { python: null, missing: `warcio cannot be installed: ${String(error).split('\n')[0]}` };
  }
}

function works(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import warcio'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
