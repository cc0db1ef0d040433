// One way to move bytes, as the tables show it. Promises that an opponent which is not here, or fails, is a row that says so and never
// the end of the others.
import type { Usage } from './measured';

/** Bytes that were moved. */
export interface Moved {
  readonly seconds: number;
  readonly sender: Usage;
  readonly receiver: Usage;
}

/** A way that was measured. */
export interface Run extends Moved {
  readonly name: string;
  readonly bytes: number;
}

/** A way that was not. */
export interface Missing {
  readonly name: string;
}

/** What an opponent throws that cannot be had on this machine. */
export class NotHere extends Error {}

/** Measures an opponent, or says why not. */
export async function opponent(name: string, bytes: number, move: () => Promise<Moved>): Promise<Run | Missing> {
  console.error(`measuring ${name} …`);
  try {
    return { name, bytes, ...(await move()) };
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return { name: `${name}: ${error instanceof NotHere ? 'not to be had here' : 'failed here'}` };
  }
}

/** MB/s. */
export function speed({ bytes, seconds }: Run): number {
  return bytes / 1e6 / seconds;
}

/** The cells of a row: name, MB/s, CPU s/GB and peak MiB of each side, and how many times as fast `ours` is. */
export function cells(way: Run | Missing, ours: Run): (string | number)[] {
  if (!('seconds' in way)) return [way.name, ...COLUMNS.slice(1).map(() => '')];
  const perGb = ({ cpuSeconds }: Usage): number => cpuSeconds / (way.bytes / 1e9);
  const mib = ({ peakBytes }: Usage): number => peakBytes / 2 ** 20;
  const { sender, receiver } = way;
  return [way.name, speed(way), perGb(sender), perGb(receiver), mib(sender), mib(receiver), `${(speed(ours) / speed(way)).toFixed(2)} ×`];
}

/** The heads of `cells`. */
export const COLUMNS = ['way', 'MB/s', 'CPU s/GB send', 'CPU s/GB receive', 'peak MiB send', 'peak MiB receive', 'parlor-cli is'] as const;
