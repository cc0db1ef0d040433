// The Python packages that opponents are made of, in a virtual environment of the tests' own.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const VENV = join(import.meta.dirname, '../output/venv');

/** The folder of its programs, with `packages` in it, known by the `modules` they bring; installs what is missing. */
export function venv(packages: readonly string[], modules: readonly string[]): string {
  const python = join(VENV, 'bin/python');
  if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', VENV], { stdio: ['ignore', 2, 2] });
  const imports = modules.map((name) => `import ${name}`).join('\n');
  if (spawnSync(python, ['-c', imports], { stdio: 'ignore' }).status !== 0) {
    execFileSync(python, ['-m', 'pip', 'install', '-q', ...packages], { stdio: ['ignore', 2, 2] });
  }
  return join(VENV, 'bin');
}
