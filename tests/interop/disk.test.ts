// Disks that fail: every call of the file system in turn, and one that is really full. The shell tools say what happened, keep what is
// proven, never give a wrong file its name, and go on when they are called again.
//
// Calls are failed by `strace` in the running program, so nothing in it knows of the test. `PARLOR_SOAK=long` fails more of them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningCli } from '../web/harness/cli';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { sha256 } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';

const MIB = 1024 * 1024;
const IS_LONG = process.env['PARLOR_SOAK'] === 'long';

/** What fails, and where: a call, its error, and whether only those that name this folder or file are meant. */
interface Fault {
  readonly side: 'sender' | 'receiver';
  readonly call: string;
  readonly error: 'EIO' | 'ENOSPC' | 'EACCES' | 'EROFS';
  readonly path?: 'into' | 'journal' | 'source';
  /** Which of the calls of each thread, as `strace` counts: `2`, or `1+` for all. */
  readonly when: string;
}

/** Not every container lets one process trace another. */
const CAN_TRACE = spawnSync('strace', ['-qqq', '-o', '/dev/null', 'true']).status === 0;

function faults(): Fault[] {
  const short: Fault[] = [
    { side: 'receiver', call: 'openat', error: 'EACCES', path: 'into', when: '2' },
    { side: 'receiver', call: 'mkdirat', error: 'EROFS', path: 'into', when: '1+' },
    { side: 'receiver', call: 'pwrite64', error: 'EIO', when: '2' },
    { side: 'receiver', call: 'pwrite64', error: 'ENOSPC', when: '3' },
    { side: 'receiver', call: 'fsync', error: 'EIO', when: '1' },
    { side: 'receiver', call: 'fdatasync', error: 'EIO', when: '1+' },
    { side: 'receiver', call: 'renameat2', error: 'EIO', when: '1' },
    { side: 'receiver', call: 'write', error: 'EIO', path: 'journal', when: '2' },
    { side: 'sender', call: 'pread64', error: 'EIO', path: 'source', when: '2' },
    { side: 'sender', call: 'openat', error: 'EACCES', path: 'source', when: '1' },
  ];
  if (!IS_LONG) return short;
  const calls = ['openat', 'mkdirat', 'statx', 'newfstatat', 'unlinkat', 'renameat2', 'flock', 'fallocate', 'ftruncate', 'utimensat', 'pwrite64', 'fsync', 'fdatasync', 'fstatfs', 'getdents64'];
  const long = calls.flatMap((call) =>
    ['1', '2', '3', '5', '8', '1+'].map((when): Fault => {
      const needsPath = ['openat', 'statx', 'newfstatat', 'getdents64'].includes(call);
      return { side: 'receiver', call, error: 'EIO', when, ...(needsPath ? { path: 'into' } : {}) };
    }),
  );
  const full = ['pwrite64', 'fallocate', 'fsync', 'renameat2', 'mkdirat'].map((call): Fault => ({ side: 'receiver', call, error: 'ENOSPC', when: '2' }));
  const reads = ['1', '3', '1+'].map((when): Fault => ({ side: 'sender', call: 'pread64', error: 'EIO', path: 'source', when }));
  return [...short, ...long, ...full, ...reads];
}

/** Files below a folder, by their path in it. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const isFinal = (path: string): boolean => !path.endsWith('.part') && !basename(path).startsWith('.parlor-');

describe('a disk that fails', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let trip: string;
  /** Content of every source, by its hash. */
  let known: Map<string, string>;

  beforeAll(async () => {
    server = await RunningServer.start();
    trip = join(folder.path, 'trip');
    mkdirSync(join(trip, 'small'), { recursive: true });
    for (let n = 0; n < 6; n += 1) randomFile(join(trip, 'small'), `${n}.bin`, 1 + 700 * n);
    randomFile(trip, 'large.bin', 40 * MIB + 3);
    known = new Map();
    for (const path of filesBelow(trip)) known.set(await sha256(path), basename(path));
  });

  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  /** Both tools once, perhaps with a fault; their exit codes and what they said. */
  async function handOver(into: string, fault: Fault | null, journal: string | null): Promise<{ codes: (number | null)[]; said: string }> {
    const under = (side: Fault['side']): string[] => {
      if (fault?.side !== side) return [];
      const paths = { into, journal: journal ?? into, source: join(trip, 'large.bin') };
      const only = fault.path === undefined ? [] : ['-P', paths[fault.path]];
      return ['strace', '-f', '-qqq', '-o', '/dev/null', ...only, '-e', `trace=${fault.call}`, '-e', `inject=${fault.call}:error=${fault.error}:when=${fault.when}`];
    };
    const sender = new RunningCli(['send', trip, '--server', server.url], under('sender'));
    const receiver = new RunningCli(['receive', await sender.link(), '--into', into, '--yes'], under('receiver'));
    const codes = [await receiver.end()];
    // A sender whose receiver is gone would wait for another.
    sender.kill();
    await sender.end();
    return { codes, said: receiver.stderr };
  }

  /** Every file under its own name is one of the sources, whole. */
  async function finished(into: string): Promise<string[]> {
    const names: string[] = [];
    if (!existsSync(into)) return names;
    for (const path of filesBelow(into).filter(isFinal)) {
      const name = known.get(await sha256(path));
      expect(name, `${path} is whole`).toBeDefined();
      names.push(name ?? '');
    }
    return names;
  }

  if (!CAN_TRACE) console.warn('skipped, no process can be traced here: disks that fail');

  it.skipIf(!CAN_TRACE).each(faults())('$side: $call fails with $error ($when, $path)', { timeout: 120_000 }, async (fault) => {
    const into = join(folder.path, 'into');
    rmSync(into, { recursive: true, force: true });
    let journal: string | null = null;
    if (fault.path === 'journal') {
      // Its name is that of the offer, so a first run, which a failing write ends, tells it.
      mkdirSync(into);
      await handOver(into, { side: 'receiver', call: 'pwrite64', error: 'EIO', when: '5' }, null);
      journal = filesBelow(into).find((path) => path.endsWith('.journal')) ?? null;
      expect(journal).not.toBeNull();
    }
    const { codes, said } = await handOver(into, fault, journal);
    const hint = `${JSON.stringify(codes)} ${said}`;
    // Ended by itself, with words; a call that does not matter may fail unseen.
    expect(codes.every((code) => code !== null && code < 100), hint).toBe(true);
    expect(said, hint).not.toMatch(/panick|backtrace|RUST_/);
    if (codes.some((code) => code !== 0)) expect(said.trim(), hint).not.toBe('');
    await finished(into);
    // Called again on a disk that works.
    const again = await handOver(into, null, null);
    expect(again.codes, again.said).toEqual([0]);
    const there = new Set(await finished(into));
    expect([...known.values()].filter((name) => !there.has(name))).toEqual([]);
    expect(filesBelow(into).filter((path) => !isFinal(path))).toEqual([]);
  });
});

/** A disk of its own, of so many bytes; null where this machine does not let us. */
function smallDisk(path: string, bytes: number): (() => void) | null {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    console.warn(`skipped, no tmpfs can be mounted here: ${String(error)}`);
    return null;
  }
  return () => execFileSync('umount', ['-l', path]);
}

describe('a disk that is full', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let disk: string;
  let unmount: (() => void) | null;

  beforeAll(async () => {
    server = await RunningServer.start();
    disk = join(folder.path, 'disk');
    unmount = smallDisk(disk, 64 * MIB);
  });

  afterAll(async () => {
    unmount?.();
    await server.stop();
    folder.remove();
  });

  it('is told before anything is sent, when what is offered cannot fit', { timeout: 120_000 }, async ({ skip }) => {
    if (unmount === null) skip();
    const large = randomFile(folder.path, 'large.bin', 80 * MIB);
    const sender = new RunningCli(['send', large, '--server', server.url]);
    const receiver = new RunningCli(['receive', await sender.link(), '--into', disk, '--yes']);
    const code = await receiver.end();
    expect(code, receiver.stderr).not.toBe(0);
    expect(receiver.stderr).toContain('no room');
    expect(filesBelow(disk).filter(isFinal)).toEqual([]);
    sender.kill();
    await sender.end();
  });

  it('ends a transfer that it had room for at first, which goes on where it was when there is room again', { timeout: 120_000 }, async ({ skip }) => {
    if (unmount === null) skip();
    // Many files: room is reserved for each only when it begins.
    const many = join(folder.path, 'many');
    mkdirSync(many);
    for (let n = 0; n < 24; n += 1) randomFile(many, `${n}.bin`, 2 * MIB + 1);
    const send = (...words: string[]): RunningCli => new RunningCli(['send', many, '--server', server.url, ...words]);
    // Slow enough that the disk is full before the last file has begun, on whatever machine.
    let sender = send('--limit', '8M');
    let receiver = new RunningCli(['receive', await sender.link(), '--into', disk, '--yes', '--json']);
    const filler = join(disk, 'filler');
    let isFilled = false;
    for await (const line of receiver.jsonLines()) {
      const { stored_bytes: stored = 0 } = (line['transfer'] ?? {}) as { stored_bytes?: number };
      if (isFilled || stored < 4 * MIB) continue;
      isFilled = true;
      // Somebody else takes all that is left.
      try {
        writeFileSync(filler, new Uint8Array(64 * MIB));
      } catch (error) {
        expect(String(error)).toContain('ENOSPC');
      }
    }
    expect(await receiver.end(), receiver.stderr).not.toBe(0);
    expect(receiver.stderr).toMatch(/full|space|room/i);
    sender.kill();
    await sender.end();
    const before = filesBelow(disk).filter((path) => isFinal(path) && path !== filler).length;
    expect(before).toBeGreaterThan(0);
    rmSync(filler);
    sender = send();
    receiver = new RunningCli(['receive', await sender.link(), '--into', disk, '--yes']);
    expect(await receiver.end(), receiver.stderr).toBe(0);
    await sender.end();
    const arrived = filesBelow(disk);
    expect(arrived.map((path) => basename(path)).sort()).toEqual(readdirSync(many).sort());
    for (const path of arrived) expect(await sha256(path)).toBe(await sha256(join(many, basename(path))));
  });
});
