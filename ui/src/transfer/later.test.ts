// A receiver that comes back in a later session with part of the files: it is sent only what it lacks, and proofs of the whole.
import { describe, expect, it, vi } from 'vitest';

import type { BlockRange } from '../protocol/BlockRange';
import type { Control } from '../protocol/Control';
import { BLOCK_BYTES } from '../protocol/limits';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { TransferCode } from '../protocol/TransferCode';
import { concatBytes, equalBytes, type Bytes } from '../trust/bytes';
import { blockCount, blockLength, blockOffset, entryProof, jsBlake3, type Hash } from './block';
import { guardControl } from './controlGuard';
import { decodeFrame } from './frame';
import { seeded, seededBytes, TestNetwork } from './testNetwork';

vi.setConfig({ testTimeout: 120_000 });

const T = '1'.repeat(32);

/** A cheap stand-in where the hash itself is not the subject: the block's first bytes. */
const firstBytes: Hash = (bytes) => concatBytes(bytes.slice(0, 32), new Uint8Array(32 - Math.min(32, bytes.length)));

/** A sender of `files` on a network, and the receiver, who is played here: what it says, and what it is sent. */
class Returning {
  readonly network: TestNetwork;
  /** Blocks the sender's disk was asked for, as "entry/block". */
  reads: string[] = [];
  /** Blocks that came whole with their right proof, as "entry/block". */
  readonly blocks: string[] = [];
  /** Entries whose right proof came. */
  readonly proofs: number[] = [];
  readonly codes: TransferCode[] = [];
  /** Says `stored` for what comes; a disk that hangs does not. */
  isStoring = true;
  readonly #frames: Uint8Array[] = [];
  #collected: Uint8Array[] = [];
  #storedBytes = 0;

  constructor(
    private readonly files: readonly Bytes[],
    private readonly hash: Hash = firstBytes,
    seed = 1,
  ) {
    this.network = new TestNetwork(seed, hash);
    const { a } = this.network;
    a.sources.set(T, [...files]);
    a.refuse = (order) => {
      if (order.type === 'read-block') this.reads.push(`${order.entry}/${order.block}`);
      if (order.type === 'send-control' && order.message.type === 'cancel') this.codes.push(order.message.code);
      if (order.type === 'send-frame') this.#frames.push(order.frame);
      // What goes out comes here; a harmless tick stands in for it.
      return order.type === 'send-control' || order.type === 'send-frame' ? { type: 'tick' } : null;
    };
    this.network.linkUp();
    const entries = files.map(({ length: size }, index) => ({ path: [`${index}`], size }));
    this.network.tell(a, { type: 'offer-files', transfer: T, entries });
  }

  /** The last state the sender told. */
  get told(): ReturnType<TestNetwork['a']['transfer']> {
    return this.network.a.transfer(T);
  }

  accept(...resume: ResumePoint[]): void {
    this.#storedBytes = 0;
    this.say({ type: 'accept', transfer: T, resume });
  }

  proven(entry: number): void {
    this.say({ type: 'proven', transfer: T, entry });
  }

  /** Says something as it comes from the wire, and takes what the sender answers. */
  say(message: Control): void {
    const guarded = guardControl(JSON.parse(JSON.stringify(message)));
    if (guarded.type !== 'message') throw new Error(`does not pass the guard: ${JSON.stringify(message)}`);
    this.network.tell(this.network.a, { type: 'control-received', message: guarded.message });
    this.network.run();
    for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
      this.#take(frame);
      this.network.run();
    }
  }

  /** Time for the sender to tell its progress. */
  wait(): void {
    this.network.nowMs += 1_000;
    this.network.tell(this.network.a, { type: 'tick' });
  }

  /** A new connection. */
  linkAgain(): void {
    this.network.linkLost();
    this.#frames.length = 0;
    this.#collected = [];
    this.network.linkUp();
  }

  #take(frame: Uint8Array): void {
    const decoded = decodeFrame(frame);
    if (!decoded.ok) throw new Error(decoded.error);
    const { header: { kind, entry, block }, payload } = decoded;
    const file = this.files[entry] ?? new Uint8Array(0);
    if (kind === 'data') {
      this.#collected.push(payload);
    } else if (kind === 'block-proof') {
      const bytes = concatBytes(...this.#collected);
      this.#collected = [];
      expect(equalBytes(bytes, blockOf(file, block)), `entry ${entry}, block ${block}`).toBe(true);
      expect(payload).toEqual(this.hash(bytes));
      this.blocks.push(`${entry}/${block}`);
      this.#storedBytes += bytes.length;
      if (this.isStoring) this.network.tell(this.network.a, { type: 'control-received', message: { type: 'stored', transfer: T, bytes: this.#storedBytes } });
    } else {
      const hashes = Array.from({ length: blockCount(file.length) }, (_, index) => this.hash(blockOf(file, index)));
      expect(block).toBe(hashes.length);
      expect(payload).toEqual(entryProof(this.hash, hashes));
      this.proofs.push(entry);
    }
  }
}

function blockOf(file: Bytes, block: number): Bytes {
  return file.slice(blockOffset(block), blockOffset(block) + blockLength(file.length, block));
}

/** What a receiver says that has these blocks of an entry of `count`. */
function resumePoint(entry: number, had: ReadonlySet<number>, count: number): ResumePoint {
  let next_block = 0;
  while (had.has(next_block)) next_block += 1;
  const stored: BlockRange[] = [];
  for (let first = next_block; first < count; first += 1) {
    if (!had.has(first)) continue;
    let end = first + 1;
    while (had.has(end)) end += 1;
    stored.push({ first, end });
    first = end;
  }
  return { entry, next_block, proven: false, stored };
}

describe('a receiver that comes back with part of the files', () => {
  it('is sent only the blocks it lacks, and then the proof over all of them', () => {
    const file = seededBytes(1, 6 * BLOCK_BYTES + 17);
    const receiver = new Returning([file], jsBlake3);
    receiver.accept({ entry: 0, next_block: 2, proven: false, stored: [{ first: 3, end: 5 }, { first: 6, end: 7 }] });
    expect(receiver.blocks).toEqual(['0/2', '0/5']);
    expect(receiver.proofs).toEqual([0]);
    const moving = receiver.network.a.events.flatMap((event) => (event.type === 'transfer-changed' && event.transfer.state === 'moving' ? [event.transfer.stored_bytes] : []));
    expect(moving[0]).toBe(4 * BLOCK_BYTES + 17);
    receiver.proven(0);
    expect(receiver.told).toMatchObject({ state: 'proven', stored_bytes: file.length });
  });

  it('is sent just what is missing, whatever that is and in whatever order the disk reads', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const chance = seeded(seed);
      const files = Array.from({ length: 3 }, (_, entry) => {
        const file = new Uint8Array(Math.floor(chance() * 12 * BLOCK_BYTES));
        for (let block = 0; block < blockCount(file.length); block += 1) file.set([entry, block].slice(0, blockLength(file.length, block)), blockOffset(block));
        return file;
      });
      const receiver = new Returning(files, firstBytes, seed);
      const share = chance();
      const missing: string[] = [];
      const points = files.map(({ length }, entry) => {
        const all = Array.from({ length: blockCount(length) }, (_, block) => block);
        const had = new Set(all.filter(() => chance() < share));
        missing.push(...all.filter((block) => !had.has(block)).map((block) => `${entry}/${block}`));
        return resumePoint(entry, had, all.length);
      });
      receiver.accept(...points);
      expect(receiver.blocks, `seed ${seed}`).toEqual(missing);
      expect(receiver.proofs, `seed ${seed}`).toEqual([0, 1, 2]);
      receiver.wait();
      expect(receiver.told?.stored_bytes, `seed ${seed}`).toBe(receiver.told?.total_bytes);
    }
  });

  it('lets a sender that knows the hashes read only what is missing', () => {
    const receiver = new Returning([seededBytes(2, 7 * BLOCK_BYTES)]);
    receiver.accept();
    expect(receiver.proofs).toEqual([0]);
    receiver.linkAgain();
    receiver.reads = [];
    receiver.accept({ entry: 0, next_block: 1, proven: false, stored: [{ first: 2, end: 4 }, { first: 6, end: 7 }] });
    expect(receiver.reads).toEqual(['0/1', '0/4', '0/5']);
    expect(receiver.blocks.slice(7)).toEqual(receiver.reads);
    expect(receiver.proofs).toEqual([0, 0]);
  });

  it('is sent again what it no longer names on a new connection', () => {
    const receiver = new Returning([seededBytes(3, 3 * BLOCK_BYTES)]);
    receiver.accept({ entry: 0, next_block: 0, proven: false, stored: [{ first: 1, end: 3 }] });
    receiver.linkAgain();
    receiver.accept();
    expect(receiver.blocks).toEqual(['0/0', '0/0', '0/1', '0/2']);
  });

  it('is heard when it says "proven" before its first "accept"', () => {
    const receiver = new Returning([seededBytes(4, BLOCK_BYTES), seededBytes(5, 2 * BLOCK_BYTES), new Uint8Array(0)]);
    receiver.proven(1);
    receiver.proven(1);
    receiver.proven(2);
    expect(receiver.told?.state).toBe('waiting');
    receiver.accept();
    expect(receiver.reads).toEqual(['0/0']);
    expect(receiver.proofs).toEqual([0]);
    receiver.proven(0);
    expect(receiver.told).toMatchObject({ state: 'proven', proven_count: 3 });
    expect(receiver.codes).toEqual([]);
  });

  it('is sent nothing when it has everything', () => {
    const said = new Returning([seededBytes(6, BLOCK_BYTES), new Uint8Array(0)]);
    said.proven(0);
    said.proven(1);
    const named = new Returning([seededBytes(6, BLOCK_BYTES), new Uint8Array(0)]);
    named.accept({ entry: 0, next_block: 1, proven: true }, { entry: 1, next_block: 0, proven: true });
    for (const receiver of [said, named]) {
      expect(receiver.told).toMatchObject({ state: 'proven', proven_count: 2 });
      expect([receiver.reads, receiver.proofs, receiver.codes]).toEqual([[], [], []]);
      expect(receiver.network.a.released).toEqual([T]);
    }
    // That it says where to go on as well is no breach.
    said.accept();
    expect(said.codes).toEqual([]);
  });

  it('ends the transfer with "protocol" when it says "proven" of what is not sent yet', () => {
    const receiver = new Returning([new Uint8Array(9 * BLOCK_BYTES), new Uint8Array(1)]);
    receiver.isStoring = false;
    receiver.accept();
    expect(receiver.blocks).toHaveLength(8);
    receiver.proven(1);
    expect(receiver.codes).toEqual(['protocol']);
  });

  const breaches: Record<string, Partial<ResumePoint>> = {
    'a first missing block behind the end': { next_block: 9 },
    'stored blocks out of order': { stored: [{ first: 5, end: 6 }, { first: 2, end: 3 }] },
    'stored blocks said twice': { stored: [{ first: 2, end: 5 }, { first: 4, end: 6 }] },
    'stored blocks that are not apart': { stored: [{ first: 2, end: 3 }, { first: 3, end: 4 }] },
    'stored blocks that touch the first missing one': { next_block: 2, stored: [{ first: 2, end: 3 }] },
    'stored blocks before the first missing one': { next_block: 4, stored: [{ first: 1, end: 3 }] },
    'a first missing block 0 that is stored': { stored: [{ first: 0, end: 1 }] },
    'no blocks at all': { stored: [{ first: 3, end: 3 }] },
    'blocks that end before they begin': { stored: [{ first: 3, end: 2 }] },
    'stored blocks behind the end': { stored: [{ first: 7, end: 9 }] },
    'stored blocks far behind the end': { stored: [{ first: 0xfffffffe, end: 0xffffffff }] },
    'an entry that was not offered': { entry: 1 },
  };

  it.each(Object.entries(breaches))('ends the transfer with "protocol" for %s', (_, breach) => {
    const receiver = new Returning([new Uint8Array(8 * BLOCK_BYTES)]);
    receiver.accept({ entry: 0, next_block: 0, proven: false, ...breach });
    expect(receiver.codes).toEqual(['protocol']);
    expect(receiver.told).toMatchObject({ state: 'cancelled', code: 'protocol', ended_by_us: true });
    expect([receiver.reads, receiver.blocks]).toEqual([[], []]);
  });
});
