import { describe, expect, it } from 'vitest';

import { BLOCK_BYTES } from '../../../protocol/limits';
import { jsBlake3 } from '../../../transfer/block';
import { encodeFrame } from '../../../transfer/frame';
import { seededBytes } from '../../../transfer/testNetwork';
import { concatBytes, type Bytes } from '../../../trust/bytes';
import { BlockHasher, SMALL_BYTES, type HashWorker } from './BlockHasher';
import { hashBlock, type HashedBlock } from './blockHash';
import { FrameCollector } from './FrameCollector';

const T = '1'.repeat(32);
const FRAME = 32 * 1024;

function noWorker(): HashWorker {
  throw new Error('none here');
}

/** Answers when it is told to. */
class FakeWorker implements HashWorker {
  onmessage: HashWorker['onmessage'] = null;
  onerror: HashWorker['onerror'] = null;
  readonly asked: (readonly Bytes[])[] = [];
  isEnded = false;

  postMessage(pieces: readonly Bytes[], transfer: Transferable[]): void {
    this.asked.push(structuredClone(pieces, { transfer }));
  }

  answer(): void {
    const data = hashBlock(this.asked.shift() ?? []);
    this.onmessage?.({ data } as MessageEvent<HashedBlock>);
  }

  terminate(): void {
    this.isEnded = true;
  }
}

describe('blocks', () => {
  const pieces = (): Bytes[] => [seededBytes(1, SMALL_BYTES + 1).subarray(1), Uint8Array.of(3)];
  const bytes = concatBytes(...pieces());
  const hashed = { bytes, proof: jsBlake3(bytes) };

  it('are hashed in workers, which take and give the buffers themselves', async () => {
    const workers = [new FakeWorker(), new FakeWorker()];
    const started = [...workers];
    const hasher = new BlockHasher(() => started.shift() ?? noWorker(), 3);
    hasher.begin();
    for (const worker of workers) worker.answer();
    await Promise.resolve();
    const given = [pieces(), pieces(), pieces()];
    const answers = given.map((block) => hasher.hash(block));
    expect(workers.map(({ asked }) => asked.length)).toEqual([2, 1]);
    expect(given.flat().map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0, 0, 0]);
    for (const worker of workers) while (worker.asked.length > 0) worker.answer();
    expect(await Promise.all(answers)).toEqual([hashed, hashed, hashed]);
  });

  it('are hashed by the page where there is no worker, and after one has failed', async () => {
    const without = new BlockHasher(noWorker, 8);
    without.begin();
    expect(await without.hash(pieces())).toEqual(hashed);
    const worker = new FakeWorker();
    const hasher = new BlockHasher(() => worker, 1);
    hasher.begin();
    worker.answer();
    await Promise.resolve();
    const lost = hasher.hash(pieces());
    worker.onerror?.({} as ErrorEvent);
    await expect(lost).rejects.toThrow();
    expect(worker.isEnded).toBe(true);
    expect(await hasher.hash(pieces())).toEqual(hashed);
  });

  it('are not lost with a worker that is never there, of which another is started the next time', async () => {
    const [never, another] = [new FakeWorker(), new FakeWorker()];
    const started = [never, another];
    const hasher = new BlockHasher(() => started.shift() ?? noWorker(), 1);
    hasher.begin();
    expect(await hasher.hash(pieces())).toEqual(hashed);
    never.onerror?.({} as ErrorEvent);
    expect(await hasher.hash(pieces())).toEqual(hashed);
    expect(never.asked).toEqual([[]]);
    hasher.begin();
    hasher.begin();
    another.answer();
    await Promise.resolve();
    const last = hasher.hash(pieces());
    expect(another.asked.length).toBe(1);
    another.answer();
    expect(await last).toEqual(hashed);
  });

  it('that are small do not go to a worker', async () => {
    const worker = new FakeWorker();
    const hasher = new BlockHasher(() => worker, 1);
    hasher.begin();
    worker.answer();
    await Promise.resolve();
    expect(await hasher.hash([Uint8Array.of(1)])).toEqual({ bytes: Uint8Array.of(1), proof: jsBlake3(Uint8Array.of(1)) });
    expect(worker.asked).toEqual([]);
  });

  it('of one whole piece are not copied', () => {
    const piece = Uint8Array.of(1, 2, 3);
    expect(hashBlock([piece]).bytes).toBe(piece);
  });
});

/** A cheap stand-in for the hash. */
const stamp = (bytes: Bytes): Bytes => concatBytes(bytes.slice(0, 16), new Uint8Array(32 - Math.min(16, bytes.length)));

/** A collector whose hashes come when `go` is called, and what it handed on. */
function collecting() {
  const handed: string[] = [];
  const broken: string[] = [];
  const waiting: (() => void)[] = [];
  const hasher = {
    hash: (pieces: readonly Bytes[]) => new Promise<HashedBlock>((resolve) => {
        const bytes = concatBytes(...pieces);
        waiting.push(() => resolve({ bytes, proof: stamp(bytes) }));
      }),
  };
  const collector = new FrameCollector(hasher, {
    handOn: (received) => {
      const isBlock = received.type === 'block-received';
      handed.push(isBlock ? `block ${received.entry}/${received.block} ${received.bytes.length} ${String(received.proof.every((byte, at) => byte === received.claimed[at]))}` : `frame ${received.frame[1] ?? 0}`);
    },
    broken: (detail) => broken.push(detail),
  });
  return { collector, handed, broken, waiting };
}

function frames(entry: number, block: number, bytes: Bytes): Bytes[] {
  const made: Bytes[] = [];
  for (let offset = 0; offset < bytes.length; offset += FRAME) {
    made.push(encodeFrame({ kind: 'data', transfer: T, entry, block, offset }, bytes.subarray(offset, offset + FRAME)));
  }
  return [...made, encodeFrame({ kind: 'block-proof', transfer: T, entry, block, offset: 0 }, stamp(bytes))];
}

const entryProof = (entry: number, block: number): Bytes => encodeFrame({ kind: 'entry-proof', transfer: T, entry, block, offset: 0 }, new Uint8Array(32));

describe('frames', () => {
  it('come as hashed blocks, in the order they arrived whatever hash is ready first', async () => {
    const { collector, handed, waiting } = collecting();
    const [one, other] = [seededBytes(1, BLOCK_BYTES), seededBytes(2, 3 * FRAME + 5)];
    for (const frame of [...frames(0, 0, one), ...frames(0, 1, other), entryProof(0, 2)]) collector.take(frame);
    expect(handed).toEqual([]);
    for (const hash of waiting.toReversed()) hash();
    await expect.poll(() => handed).toEqual([`block 0/0 ${BLOCK_BYTES} true`, `block 0/1 ${other.length} true`, 'frame 3']);
  });

  it('of small blocks, and those that fit nothing, are handed on as they are', () => {
    const { collector, handed } = collecting();
    for (const frame of frames(0, 0, Uint8Array.of(1, 2))) collector.take(frame);
    const [first, second, third] = frames(0, 1, seededBytes(3, 3 * FRAME));
    for (const frame of [first, third, second]) collector.take(frame ?? new Uint8Array(0));
    collector.take(Uint8Array.of(7));
    expect(handed).toEqual(['frame 1', 'frame 2', 'frame 1', 'frame 1', 'frame 1', 'frame 0']);
  });

  it('beyond every window break the connection, but an honest window over and over does not', async () => {
    const { collector, broken, handed, waiting } = collecting();
    for (let block = 0; block < 64; block += 1) {
      for (const frame of frames(0, block, new Uint8Array(BLOCK_BYTES))) collector.take(frame);
      waiting.shift()?.();
      await expect.poll(() => handed.length).toBe(block + 1);
    }
    expect(broken).toEqual([]);
    for (let block = 0; block < 33; block += 1) {
      for (let offset = 0; offset < BLOCK_BYTES; offset += FRAME) {
        collector.take(encodeFrame({ kind: 'data', transfer: T, entry: 0, block, offset }, new Uint8Array(FRAME)));
      }
      collector.take(encodeFrame({ kind: 'block-proof', transfer: T, entry: 0, block, offset: 0 }, new Uint8Array(32)));
    }
    expect(broken).toEqual(['frames beyond the window']);
  });

  it('of a connection that is gone are not handed on over the next', async () => {
    const { collector, handed, waiting } = collecting();
    for (const frame of frames(0, 0, seededBytes(4, 2 * FRAME))) collector.take(frame);
    collector.drop();
    for (const frame of frames(0, 1, seededBytes(5, 2 * FRAME))) collector.take(frame);
    for (const hash of waiting) hash();
    await expect.poll(() => handed).toEqual([`block 0/1 ${2 * FRAME} true`]);
  });
});
