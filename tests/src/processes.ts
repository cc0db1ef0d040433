// What a program and everything it started holds of the machine, as Linux accounts it in /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { memoryOf } from '../web/harness/memory';

/** 5353, as /proc writes it. */
const MDNS_PORT = '14E9';

/** Of one family of processes. */
export interface Holdings {
  readonly processes: number;
  /** Sockets of UDP, both families, but for those that listen to multicast DNS. */
  readonly udpSockets: number;
  /** Open files and sockets of all kinds. */
  readonly descriptors: number;
  readonly threads: number;
  readonly residentBytes: number;
}

/** Of `root` and everything below it. */
export function holdingsOf(root: number): Holdings {
  const udp = new Set([...udpInodes('udp'), ...udpInodes('udp6')]);
  const total = { processes: 0, udpSockets: 0, descriptors: 0, threads: 0, residentBytes: 0 };
  for (const pid of familyOf(root)) {
    const sockets = descriptorsOf(pid);
    const threads = threadsOf(pid);
    if (threads === 0) continue; // Ended while we looked.
    total.processes += 1;
    total.threads += threads;
    total.descriptors += sockets.length;
    total.udpSockets += sockets.filter((target) => udp.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '')).length;
    total.residentBytes += memoryOf(pid).nowBytes;
  }
  return total;
}

/** How many threads of each name there are below `root`, for a failure's message. */
export function threadsByName(root: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const pid of familyOf(root)) {
    for (const thread of gone(() => readdirSync(`/proc/${pid}/task`), [])) {
      const name = gone(() => readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim(), '');
      found[name] = (found[name] ?? 0) + 1;
    }
  }
  return found;
}

/** Resident bytes of each program below `root`, for a failure's message. */
export function memoryByName(root: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const pid of familyOf(root)) {
    const name = gone(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), '');
    if (name !== '') found[name] = (found[name] ?? 0) + gone(() => memoryOf(pid).nowBytes, 0);
  }
  return found;
}

/** Those of `root` and its descendants that have this name, which the kernel cuts after 15 characters. */
export function pidsByName(root: number, name: string): number[] {
  return familyOf(root).filter((pid) => gone(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), '') === name);
}

/** `root` and all its descendants that live. */
export function familyOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  const family = new Set([root]);
  // Parents may be listed after their children: repeat until nothing is added.
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return [...family];
}

/** Zero for a process that ended meanwhile. */
function parentOf(pid: number): number {
  return gone(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything; the fields follow the last one.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }, 0);
}

function threadsOf(pid: number): number {
  return gone(() => readdirSync(`/proc/${pid}/task`).length, 0);
}

function descriptorsOf(pid: number): string[] {
  return gone(() => readdirSync(`/proc/${pid}/fd`), []).map((name) => gone(() => readlinkSync(`/proc/${pid}/fd/${name}`), ''));
}

function udpInodes(family: 'udp' | 'udp6'): string[] {
  return readFileSync(`/proc/net/${family}`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '']) => !local.endsWith(`:${MDNS_PORT}`))
    .map((fields) => fields[9] ?? '');
}

function gone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
