// Where a benchmark's files lie: in memory, so that the way is measured and not the disk, or on the disk of temporary files (TMPDIR).
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '../web/harness/files';

const MEMORY = '/dev/shm';
/** What is left free beside the file, in bytes. */
const SPARE = 256 * 2 ** 20;

/** A folder with a file to send and an empty folder to receive into. */
export interface Place {
  readonly source: string;
  readonly into: string;
  readonly inMemory: boolean;
  readonly remove: () => void;
}

/** Whether `bytes` more find room in `folder`. */
export function hasRoom(folder: string, bytes: number): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > bytes + SPARE;
}

/** In memory, or where that has no room on the disk; the file is a hole, which reads as zeros and costs no room. */
export function inMemory(bytes: number): Place {
  return hasRoom(MEMORY, bytes) ? place(MEMORY, bytes, true) : onDisk(bytes);
}

/** On the disk of temporary files. */
export function onDisk(bytes: number): Place {
  return place(tmpdir(), bytes, false);
}

function place(base: string, bytes: number, isMemory: boolean): Place {
  const { path, remove } = temporaryFolder(base);
  const source = join(path, 'bytes.bin');
  const file = openSync(source, 'w');
  ftruncateSync(file, bytes);
  closeSync(file);
  const into = join(path, 'into');
  mkdirSync(into);
  return { source, into, inMemory: isMemory, remove };
}
