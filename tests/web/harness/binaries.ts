// Where the programs under test are.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The path of a built program: in the folder `PARLOR_BIN` names, else in the workspace's target folder. */
export function binary(name: string): string {
  const folder = process.env['PARLOR_BIN'] ?? join(ROOT, 'target/debug');
  const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
  if (!existsSync(path)) throw new Error(`${path} is missing: build it, or name its folder in PARLOR_BIN`);
  return path;
}
