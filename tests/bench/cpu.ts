// Processor time and memory of other processes, as Linux accounts them in /proc, with all descendants alive.
import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

function stat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything; the fields follow the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      parent: Number(fields[1]),
      seconds: (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND,
    };
  } catch {
    // It ended between being listed and being read.
    return null;
  }
}

/** CPU seconds of `root` and of everything it started that still lives, ended children included. */
export function cpuSeconds(root: number): number {
  return family(root).reduce((sum, entry) => sum + entry.seconds, 0);
}

/** Bytes of memory that the largest process of `root` and of everything it started that still lives had at most. */
export function peakBytes(root: number): number {
  return Math.max(...family(root).map(({ pid }) => highWater(pid)));
}

function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // It ended between being listed and being read.
    return 0;
  }
}

function family(root: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => stat(Number(name)))
    .filter((entry) => entry !== null);
  const pids = new Set([root]);
  // Parents may be listed after their children: repeat until nothing is added.
  for (let size = 0; size !== pids.size; ) {
    size = pids.size;
    for (const entry of all) if (pids.has(entry.parent)) pids.add(entry.pid);
  }
  return all.filter((entry) => pids.has(entry.pid));
}
