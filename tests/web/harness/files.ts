// Files to send: random content, so that nothing compresses or repeats, made once a size and run.
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder below `base` that is gone after `remove`. */
export function temporaryFolder(base = tmpdir()): { path: string; remove: () => void } {
  const path = mkdtempSync(join(base, 'parlor-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes `bytes` random bytes to `folder/name`; gives its path. */
export function randomFile(folder: string, name: string, bytes: number): string {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  for (let left = bytes; left > 0; ) {
    const chunk = randomBytes(Math.min(left, 1 << 20));
    writeSync(file, chunk);
    left -= chunk.length;
  }
  closeSync(file);
  return path;
}
