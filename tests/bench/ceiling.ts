// What the machine leaves room for: the channel, the hash and the disk each alone, and the processor time they need together. Measured in the
// same run as what is held against them.
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { binary } from '../web/harness/binaries';
import { temporaryFolder } from '../web/harness/files';
import { Measured } from './measured';
import { type Run, speed } from './run';

/** A block of a transfer. */
const PIECE = 2 ** 20;

/** MB/s of each. */
export interface Ceiling {
  readonly channel: number;
  readonly hash: number;
  readonly disk: number;
  /** All cores busy with the channel's two ends and the hashes of both. The disk's own processor time is left out. */
  readonly cores: number;
}

/** The ceiling of `bytes`, given the run of the bare channel. */
export async function ceiling(bytes: number, bare: Run): Promise<Ceiling> {
  const hash = await hashAlone(bytes);
  const channelCpuPerGb = (bare.sender.cpuSeconds + bare.receiver.cpuSeconds) / (bytes / 1e9);
  const hashCpuPerGb = 2 / (hash / 1000);
  return { channel: speed(bare), hash, disk: diskAlone(bytes), cores: (availableParallelism() * 1000) / (channelCpuPerGb + hashCpuPerGb) };
}

/** What a file has to reach, and what sets it: nine tenths of the channel, or of what leaves the channel no room. */
export function wanted({ channel, ...others }: Ceiling, onDisk: boolean): { readonly speed: number; readonly of: string } {
  const limits: readonly (readonly [string, number])[] = [
    ['the hash alone', others.hash],
    ['what the cores can do', others.cores],
    ...(onDisk ? [['the disk alone', others.disk] as const] : []),
  ];
  const [of, least] = limits.reduce((one, other) => (other[1] < one[1] ? other : one), ['', Number.POSITIVE_INFINITY]);
  const whole = least >= channel * 0.9 ? { speed: channel, of: 'the bare channel' } : { speed: least, of };
  return { ...whole, speed: whole.speed * 0.9 };
}

async function hashAlone(bytes: number): Promise<number> {
  const program = new Measured(binary('examples/hash_rate'), [String(bytes)]);
  const { seconds } = await program.line((line) => (line.startsWith('{') ? (JSON.parse(line) as { seconds: number }) : undefined));
  await program.usage;
  return bytes / 1e6 / seconds;
}

/** Zeros, as the file that is sent. */
function diskAlone(bytes: number): number {
  const folder = temporaryFolder();
  const piece = Buffer.alloc(PIECE);
  try {
    const began = performance.now();
    const file = openSync(join(folder.path, 'alone'), 'wx');
    for (let left = bytes; left > 0; left -= PIECE) writeSync(file, piece, 0, Math.min(left, PIECE));
    fsyncSync(file);
    closeSync(file);
    return bytes / 1e3 / (performance.now() - began);
  } finally {
    folder.remove();
  }
}
