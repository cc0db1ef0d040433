// Ten thousand small files, from shell to shell and onto the disk, beside what the disk does alone: make a file, write it, sync it, give
// it its name, as many at once as the receiver does.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from '../web/harness/binaries';
import { temporaryFolder } from '../web/harness/files';
import { RunningServer } from '../web/harness/server';
import { Measured } from './measured';

export const FILES = 10_000;
export const FILE_BYTES = 4096;
/** As `parlor-client`'s lanes. */
const AT_ONCE = 8;
const FOLDERS = 100;

/** What came of it. */
export interface SmallFiles {
  readonly filesPerSecond: number;
  readonly sendCpuSeconds: number;
  readonly receiveCpuSeconds: number;
  /** The disk alone. */
  readonly diskFilesPerSecond: number;
}

/** One run of each, in a folder of the disk for temporary files. */
export async function smallFiles(): Promise<SmallFiles> {
  const folder = temporaryFolder();
  const server = await RunningServer.start();
  try {
    const many = join(folder.path, 'many');
    for (let at = 0; at < FOLDERS; at += 1) mkdirSync(join(many, String(at)), { recursive: true });
    for (let at = 0; at < FILES; at += 1) writeFileSync(join(many, String(at % FOLDERS), `${at}.bin`), randomBytes(FILE_BYTES));
    const sender = new Measured(binary('parlor-cli'), ['send', many, '--server', server.url, '--quiet']);
    const link = await sender.line((line) => (line.startsWith('http') ? line : undefined));
    let [began, ended] = [0, 0];
    const receiver = new Measured(binary('parlor-cli'), ['receive', link, '--into', join(folder.path, 'into'), '--yes', '--json'], (line) => {
      if (!line.startsWith('{')) return;
      const { type } = JSON.parse(line) as { type: string };
      if (type === 'offer') began = performance.now();
      if (type === 'received' && ended === 0) ended = performance.now();
    });
    const [sendCpuSeconds, receiveCpuSeconds] = await Promise.all([sender.cpuSeconds, receiver.cpuSeconds]);
    const filesPerSecond = (FILES * 1000) / (ended - began);
    return { filesPerSecond, sendCpuSeconds, receiveCpuSeconds, diskFilesPerSecond: await diskAlone(folder.path) };
  } finally {
    await server.stop();
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
