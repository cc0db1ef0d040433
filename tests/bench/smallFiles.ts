// Ten thousand small files onto the disk: from shell to shell, by rsync and magic-wormhole, and what the disk does alone: make a file, write
// it, sync it, give it its name, as many at once as the receiver does.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../web/harness/files';
import { croc } from './croc';
import { parlorCli } from './parlorCli';
import { rsync } from './rsync';
import { type Missing, type Run, opponent } from './run';
import { wormhole } from './wormhole';

export const FILES = 10_000;
export const FILE_BYTES = 4096;
/** As `parlor-client`'s lanes. */
const AT_ONCE = 8;
const FOLDERS = 100;

/** What came of it. */
export interface SmallFiles {
  readonly ours: Run;
  readonly others: readonly (Run | Missing)[];
  /** The disk alone. */
  readonly diskFilesPerSecond: number;
}

/** One run of each, in a folder of the disk for temporary files. */
export async function smallFiles(): Promise<SmallFiles> {
  const folder = temporaryFolder();
  try {
    const many = join(folder.path, 'many');
    for (let at = 0; at < FOLDERS; at += 1) mkdirSync(join(many, String(at)), { recursive: true });
    for (let at = 0; at < FILES; at += 1) writeFileSync(join(many, String(at % FOLDERS), `${at}.bin`), randomBytes(FILE_BYTES));
    let made = 0;
    const into = (): string => {
      const path = join(folder.path, String((made += 1)));
      mkdirSync(path);
      return path;
    };
    const bytes = FILES * FILE_BYTES;
    const ours = { name: 'parlor-cli ↔ parlor-cli, each file synced', bytes, ...(await parlorCli(many, into())) };
    const others = [
      await opponent('rsync over ssh, each file synced (--fsync)', bytes, () => rsync(many, into(), ['--fsync'])),
      await opponent('rsync over ssh, nothing synced', bytes, () => rsync(many, into())),
      await opponent('magic-wormhole, one zip, nothing synced', bytes, () => wormhole(many, into())),
      await opponent('croc, nothing synced', bytes, () => croc(many, into())),
    ];
    return { ours, others, diskFilesPerSecond: await diskAlone(folder.path) };
  } finally {
    folder.remove();
  }
}

/** A fifth of the files is enough to know the rate. */
async function diskAlone(folder: string): Promise<number> {
  const count = FILES / 5;
  const into = join(folder, 'alone');
  mkdirSync(into);
  const bytes = randomBytes(FILE_BYTES);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const path = join(into, String(next));
      next += 1;
      const file = await open(`${path}.part`, 'wx');
      await file.write(bytes);
      await file.sync();
      await file.close();
      await rename(`${path}.part`, path);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return (count * 1000) / (performance.now() - began);
}
