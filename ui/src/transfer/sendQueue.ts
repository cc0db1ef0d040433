// What is read or being read of a transfer from us and not sent, in the order of sending. Twin of `crates/transfer/src/send_queue.rs`.
//
// Promises: things leave in the order they were put in, whatever order their reads return in. Leaves to `Outgoing`: what comes next,
// and the frames.

import type { Bytes } from '../trust/bytes';

/** Something to send, in its place in the order. A proof has no length and is always there. */
export interface Slot {
  readonly entry: number;
  readonly block: number;
  readonly length: number;
  readonly isProof: boolean;
  bytes: Bytes | null;
  /** The hash of the bytes, where whoever read them has it. */
  proof: Bytes | null;
}

const NOTHING: Bytes = new Uint8Array(0);

/** First in, first out. */
export class SendQueue {
  #slots: Slot[] = [];

  pushBlock(entry: number, block: number, length: number): void {
    this.#slots.push({ entry, block, length, isProof: false, bytes: null, proof: null });
  }

  /** The proof of an entry; `block` is the number of its blocks. */
  pushProof(entry: number, block: number): void {
    this.#slots.push({ entry, block, length: 0, isProof: true, bytes: NOTHING, proof: null });
  }

  /** The place of a block that is being read; undefined when nothing waits for it. */
  unread(entry: number, block: number): Slot | undefined {
    return this.#slots.find((slot) => slot.entry === entry && slot.block === block && slot.bytes === null);
  }

  /** What is sent next, read or not. */
  get front(): Slot | undefined {
    return this.#slots[0];
  }

  pop(): Slot | undefined {
    return this.#slots.shift();
  }

  /** Forgets everything of an entry. */
  dropEntry(entry: number): void {
    this.#slots = this.#slots.filter((slot) => slot.entry !== entry);
  }

  clear(): void {
    this.#slots = [];
  }

  /** Blocks and proofs in it. */
  get length(): number {
    return this.#slots.length;
  }

  /** Bytes of the blocks in it. */
  get bytes(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.length, 0);
  }
}
