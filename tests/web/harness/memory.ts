// Memory of processes, as Linux accounts it: resident now, and the most there ever was.
import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of one process. */
export interface Memory {
  readonly nowBytes: number;
  readonly peakBytes: number;
}

/** Memory of a process that lives. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { nowBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') };
}

/** Memory of each page process of the browsers that this test started, by its id. */
export function memoryByPage(): ReadonlyMap<number, Memory> {
  const pages = descendants(process.pid).filter((pid) => commandLine(pid).includes('--type=renderer'));
  return new Map(pages.map((pid) => [pid, memoryOf(pid)]));
}

/** Memory of all of them, added up. */
export function memoryOfPages(): Memory {
  return [...memoryByPage().values()]
    .reduce((sum, one) => ({ nowBytes: sum.nowBytes + one.nowBytes, peakBytes: sum.peakBytes + one.peakBytes }), {
      nowBytes: 0,
      peakBytes: 0,
    });
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  }
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return [...family];
}

/** Zero for a process that ended meanwhile. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
