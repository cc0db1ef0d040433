// One file we offered, and what the receiver has of it. Twin of `crates/transfer/src/outgoing_entry.rs`.

import type { BlockRange } from '../protocol/BlockRange';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferEntry } from '../protocol/TransferEntry';
import type { Bytes } from '../trust/bytes';
import { blockCount, blockOffset } from './block';

/**
 * How an entry stands: blocks or the proof are still to be sent on this connection; the proof was sent; the receiver has proven it; or
 * why it ended without proof.
 */
export type OutgoingState = 'unsent' | 'sent' | EndedState;

/** How an entry has ended. */
export type EndedState = 'proven' | { readonly failed: TransferCode };

/** A file we offered. */
export class OutgoingEntry {
  /** Of the blocks read so far, in order: for the entry's proof, and to know a block again. */
  hashes: Bytes[] = [];
  state: OutgoingState = 'unsent';
  /** The first block that the receiver lacks, and those behind it that it has. */
  #firstBlock = 0;
  #stored: readonly BlockRange[] = [];

  /** Nothing of it was read. */
  constructor(readonly offered: OfferedEntry) {}

  /** A new connection: what was sent on the last one may not have arrived. */
  startAgain(): void {
    this.#firstBlock = 0;
    this.#stored = [];
    if (this.state === 'sent') this.state = 'unsent';
  }

  /** The receiver says what it has. `protocol` for blocks that do not exist or are not in order. */
  resume({ next_block: nextBlock, stored = [] }: ResumePoint): TransferCode | null {
    let behind = nextBlock;
    for (const { first, end } of stored) {
      if (first <= behind || end <= first) return 'protocol';
      behind = end;
    }
    if (behind > blockCount(this.offered.size)) return 'protocol';
    this.#firstBlock = nextBlock;
    this.#stored = stored;
    return null;
  }

  /** Whether the receiver has a block. */
  isStored(block: number): boolean {
    return block < this.#firstBlock || this.#stored.some(({ first, end }) => first <= block && block < end);
  }

  /** Whether nothing of a block is wanted: the receiver has it, and its hash is known here. */
  isDoneWith(block: number): boolean {
    return block < this.hashes.length && this.isStored(block);
  }

  /** The first block to read: what the receiver lacks, or what was never hashed here. */
  get start(): number {
    return Math.min(this.#firstBlock, this.hashes.length);
  }

  /** Bytes that the receiver has, as far as it has said. */
  get storedBytes(): number {
    if (this.state === 'proven') return this.offered.size;
    if (this.failed !== null) return 0;
    const offsetOf = (block: number): number => Math.min(blockOffset(block), this.offered.size);
    return this.#stored.reduce((sum, { first, end }) => sum + offsetOf(end) - offsetOf(first), offsetOf(this.#firstBlock));
  }

  /** Why it ended without proof, if it did. */
  get failed(): TransferCode | null {
    return typeof this.state === 'object' ? this.state.failed : null;
  }

  view(): TransferEntry {
    const { path, size } = this.offered;
    return { path: path.join('/'), size, proven: this.state === 'proven', failed: this.failed };
  }
}
