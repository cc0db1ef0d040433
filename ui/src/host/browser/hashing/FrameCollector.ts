// Frames of one peer on their way to the machine: whole blocks are hashed elsewhere first, everything else waits for its turn.
//
// Promises: what is handed on comes in the order it arrived; a frame that does not fit a block is handed on as it is, for the machine to
// judge; what is held is bounded, and a peer that sends more is told of. After `drop` nothing of before is handed on.
import { BLOCK_BYTES, WINDOW_BYTES } from '../../../protocol/limits';
import { decodeFrame, PROOF_BYTES, type FrameHeader } from '../../../transfer/frame';
import type { Input } from '../../../transfer/input';
import type { Bytes } from '../../../trust/bytes';
import { SMALL_BYTES, type BlockHasher } from './BlockHasher';
import type { HashedBlock } from './blockHash';

type Received = Extract<Input, { type: 'frame-received' | 'block-received' }>;

export interface FrameCollectorOwner {
  handOn(received: Received): void;
  /** The peer sends far beyond its window, or a worker failed: the connection cannot go on. */
  broken(detail: string): void;
}

/** As much as the machine takes over all transfers. */
const HELD_BYTES = 4 * WINDOW_BYTES;

interface Run {
  readonly of: FrameHeader;
  readonly frames: Bytes[];
  readonly pieces: Bytes[];
  bytes: number;
}

export class FrameCollector {
  #run: Run | null = null;
  /** What waits behind the block at its front; a block's promise never rejects. */
  #queue: (Bytes | Promise<Received | null>)[] = [];
  #heldBytes = 0;
  #isDraining = false;
  /** Counts connections, so that late hashes find theirs gone. */
  #round = 0;

  constructor(
    private readonly hasher: Pick<BlockHasher, 'hash'>,
    private readonly owner: FrameCollectorOwner,
  ) {}

  /** Takes the next frame; its buffer is given away. */
  take(frame: Bytes): void {
    this.#heldBytes += frame.length;
    if (this.#heldBytes > HELD_BYTES) {
      this.drop();
      this.owner.broken('frames beyond the window');
      return;
    }
    const decoded = decodeFrame(frame);
    if (decoded.ok && decoded.header.kind === 'data') this.#data(decoded.header, frame, decoded.payload as Bytes);
    else if (decoded.ok && decoded.header.kind === 'block-proof') this.#proof(decoded.header, frame, decoded.payload);
    else this.#asItIs(frame);
    void this.#drain();
  }

  /** The connection is gone, and what came over it. */
  drop(): void {
    this.#round += 1;
    this.#run = null;
    this.#queue = [];
    this.#heldBytes = 0;
    this.#isDraining = false;
  }

  #data(header: FrameHeader, frame: Bytes, payload: Bytes): void {
    const run = this.#run;
    const goesOn = run !== null && isSameBlock(run.of, header) && header.offset === run.bytes && run.bytes + payload.length <= BLOCK_BYTES;
    if (goesOn) {
      run.frames.push(frame);
      run.pieces.push(payload);
      run.bytes += payload.length;
    } else {
      this.#giveUpRun();
      if (header.offset === 0 && payload.length > 0) this.#run = { of: header, frames: [frame], pieces: [payload], bytes: payload.length };
      else this.#queue.push(frame);
    }
  }

  #proof(header: FrameHeader, frame: Bytes, claimed: Uint8Array): void {
    const run = this.#run;
    if (run === null || !isSameBlock(run.of, header) || claimed.length !== PROOF_BYTES || run.bytes <= SMALL_BYTES) {
      this.#asItIs(frame);
      return;
    }
    this.#run = null;
    const { transfer, entry, block } = header;
    const received = ({ bytes, proof }: HashedBlock): Received => ({ type: 'block-received', transfer, entry, block, bytes, proof, claimed });
    this.#heldBytes += run.bytes - frame.length - run.frames.reduce((sum, { length }) => sum + length, 0);
    this.#queue.push(this.hasher.hash(run.pieces).then(received, () => null));
  }

  #asItIs(frame: Bytes): void {
    this.#giveUpRun();
    this.#queue.push(frame);
  }

  /** No block comes of what was collected: the machine judges its frames. */
  #giveUpRun(): void {
    this.#queue.push(...(this.#run?.frames ?? []));
    this.#run = null;
  }

  async #drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    const round = this.#round;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const received = next instanceof Uint8Array ? ({ type: 'frame-received', frame: next } as const) : await next;
      if (round !== this.#round) return;
      if (received === null) {
        this.drop();
        this.owner.broken('a block could not be hashed');
        return;
      }
      this.#heldBytes -= received.type === 'frame-received' ? received.frame.length : received.bytes.length;
      this.owner.handOn(received);
      // Handing on can end the connection, and begin the next one.
      if (this.#isOver(round)) return;
    }
    this.#isDraining = false;
  }

  #isOver(round: number): boolean {
    return round !== this.#round;
  }
}

function isSameBlock(one: FrameHeader, other: FrameHeader): boolean {
  return one.transfer === other.transfer && one.entry === other.entry && one.block === other.block;
}
