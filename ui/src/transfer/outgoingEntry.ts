// One file we offered, and what the receiver has of it. Twin of `crates/transfer/src/outgoing_entry.rs`.

import type { OfferedEntry } from '../protocol/OfferedEntry';
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
  /** The first block that the receiver lacks. */
  firstBlock = 0;
  state: OutgoingState = 'unsent';

  /** Nothing of it was read. */
  constructor(readonly offered: OfferedEntry) {}

  /** A new connection: what was sent on the last one may not have arrived. */
  startAgain(): void {
    this.firstBlock = 0;
    if (this.state === 'sent') this.state = 'unsent';
  }

  /** The first block to read: what the receiver lacks, or what was never hashed here. */
  get start(): number {
    return Math.min(this.firstBlock, this.hashes.length);
  }

  /** Bytes that the receiver has, as far as it has said. */
  get storedBytes(): number {
    if (this.state === 'proven') return this.offered.size;
    return this.failed === null ? Math.min(blockOffset(this.firstBlock), this.offered.size) : 0;
  }

  /** Every block was read once. */
  get isHashed(): boolean {
    return this.hashes.length === blockCount(this.offered.size);
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
