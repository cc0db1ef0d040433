// What is read or being read of a transfer from us and not sent, in the order of sending. Twin of `crates/transfer/src/send_queue.rs`.
//
// Promises: things leave in the order they were put in, whatever order their reads return in; a read counts until it returns, also one
// that nothing waits for any more. Leaves to `Outgoing`: what comes next, and the frames.

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
  /** Reads that have not returned and that nothing waits for. */
  #idle: Slot[] = [];

  pushBlock(entry: number, block: number, length: number): void {
    this.#slots.push({ entry, block, length, isProof: false, bytes: null, proof: null });
  }

  /** The proof of an entry; `block` is the number of its blocks. */
  pushProof(entry: number, block: number): void {
    this.#slots.push({ entry, block, length: 0, isProof: true, bytes: NOTHING, proof: null });
  }

  /** A read has returned: the place its bytes go to; undefined when nothing waits for it. */
  returned(entry: number, block: number): Slot | undefined {
    const isIt = (slot: Slot): boolean => slot.entry === entry && slot.block === block && slot.bytes === null;
    const place = this.#slots.find(isIt);
    const index = place === undefined ? this.#idle.findIndex(isIt) : -1;
    if (index >= 0) this.#idle.splice(index, 1);
    return place;
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
    this.#forget((slot) => slot.entry === entry);
  }

  clear(): void {
    this.#forget(() => true);
  }

  #forget(isDropped: (slot: Slot) => boolean): void {
    this.#idle.push(...this.#slots.filter((slot) => slot.bytes === null && isDropped(slot)));
    this.#slots = this.#slots.filter((slot) => !isDropped(slot));
  }

  /** Blocks and proofs in it, and reads under way for nothing. */
  get length(): number {
    return this.#slots.length + this.#idle.length;
  }

  /** Bytes of these. */
  get bytes(): number {
    return [...this.#slots, ...this.#idle].reduce((sum, slot) => sum + slot.length, 0);
  }
}
