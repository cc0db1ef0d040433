// What the machine leaves room for: the channel, the hash and the disk each alone, and the processor time they need together. Measured in the
// same run as what is held against them.
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { binary } from '../web/harness/binaries';
import { Measured } from './measured';
import { type Place, inMemory, onDisk } from './places';
import { type Run, speed } from './run';

/** A block of a transfer. */
const PIECE = 2 ** 20;

/** MB/s of each. */
export interface Ceiling {
  readonly channel: number;
  readonly hash: number;
  readonly disk: number;
  /** All cores busy with the channel's two ends and the hashes of both, and with reading and writing where the first run's files lay. */
  readonly coresInMemory: number;
  /** The same on the disk. */
  readonly coresOnDisk: number;
}

/** The ceiling of `bytes`, given the run of the bare channel. */
export async function ceiling(bytes: number, bare: Run): Promise<Ceiling> {
  const hash = await hashAlone(bytes);
  const channelCpuPerGb = (bare.sender.cpuSeconds + bare.receiver.cpuSeconds) / (bytes / 1e9);
  const hashCpuPerGb = 2 / (hash / 1000);
  const memory = filesAlone(bytes, inMemory(bytes));
  const disk = filesAlone(bytes, onDisk(bytes));
  const cores = (cpuPerGb: number): number => (availableParallelism() * 1000) / cpuPerGb;
  return {
    channel: speed(bare),
    hash,
    disk: disk.speed,
    coresInMemory: cores(channelCpuPerGb + hashCpuPerGb + memory.cpuPerGb),
    coresOnDisk: cores(channelCpuPerGb + hashCpuPerGb + disk.cpuPerGb),
  };
}

/** What a file has to reach, and what sets it: nine tenths of the channel, or of what leaves the channel no room. */
export function wanted({ channel, ...others }: Ceiling, isOnDisk: boolean): { readonly speed: number; readonly of: string } {
  const limits: readonly (readonly [string, number])[] = [
    ['the hash alone', others.hash],
    ['what the cores can do', isOnDisk ? others.coresOnDisk : others.coresInMemory],
    ...(isOnDisk ? [['the disk alone', others.disk] as const] : []),
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

/** A hole read, as the file that is sent, and zeros written and synced, with the processor time that this process took for both. */
function filesAlone(bytes: number, place: Place): { readonly speed: number; readonly cpuPerGb: number } {
  const piece = Buffer.alloc(PIECE);
  try {
    const cpuBefore = process.cpuUsage();
    const read = openSync(place.source, 'r');
    for (let left = bytes; left > 0; left -= PIECE) readSync(read, piece, 0, Math.min(left, PIECE), null);
    closeSync(read);
    const began = performance.now();
    const file = openSync(join(place.into, 'alone'), 'wx');
    for (let left = bytes; left > 0; left -= PIECE) writeSync(file, piece, 0, Math.min(left, PIECE));
    fsyncSync(file);
    closeSync(file);
    const [seconds, cpu] = [(performance.now() - began) / 1000, process.cpuUsage(cpuBefore)];
    return { speed: bytes / 1e6 / seconds, cpuPerGb: (cpu.user + cpu.system) / 1e6 / (bytes / 1e9) };
  } finally {
    place.remove();
  }
}
