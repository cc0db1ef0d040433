// An entry of which something has arrived: collects one block at a time, and proves the blocks and then the whole.
// Twin of `crates/transfer/src/open_entry.rs`.
//
// Promises: takes bytes only in order and only as many as the block has; gives a block away only when it is proven. Leaves to
// `Incoming`: the window, the writes, and what a code ends.

import type { TransferCode } from '../protocol/TransferCode';
import { equalBytes, type Bytes } from '../trust/bytes';
import { blockCount, blockLength, entryProof, type Hash } from './block';

/** A block that is proven and to be written. */
export interface ProvenBlock {
  readonly block: number;
  readonly bytes: Bytes;
  /** Its hash. */
  readonly proof: Bytes;
}

/** An entry of which something has arrived. */
export class OpenEntry {
  /** Blocks whose writes have not returned. */
  readonly writing = new Set<number>();
  #nextBlock = 0;
  /** What has arrived of the next block, in a buffer of the block's length. */
  #buffer: Bytes | null = null;
  #collectedBytes = 0;
  /** The proofs of the blocks before. */
  readonly #proofs: Bytes[] = [];
  #isWhole = false;

  constructor(private readonly hash: Hash) {}

  /** The block that is collected, or comes next. */
  get nextBlock(): number {
    return this.#nextBlock;
  }

  /** The entry's proof came and is right. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Takes the next bytes of a block of `length` bytes. */
  take(offset: number, payload: Uint8Array, length: number): TransferCode | null {
    if (offset !== this.#collectedBytes || this.#collectedBytes + payload.length > length) return 'protocol';
    // Incomplete entries are few, so whole blocks are reserved at once and never copied again.
    this.#buffer ??= new Uint8Array(length);
    this.#buffer.set(payload, offset);
    this.#collectedBytes += payload.length;
    return null;
  }

  /** Takes a whole block of `length` bytes at once, without a copy. */
  takeWhole(bytes: Bytes, length: number): TransferCode | null {
    if (this.#collectedBytes !== 0 || bytes.length !== length) return 'protocol';
    this.#buffer = bytes;
    this.#collectedBytes = length;
    return null;
  }

  /**
   * Takes the proof of the collected block of `length` bytes, and gives the block. `known` is its hash, where someone has computed it.
   * `corrupt` is about this entry alone.
   */
  proveBlock(length: number, claimed: Uint8Array, known: Bytes | null = null): ProvenBlock | TransferCode {
    const bytes = this.#buffer;
    if (bytes === null || this.#collectedBytes !== length) return 'protocol';
    const proof = known ?? this.hash(bytes);
    if (!equalBytes(proof, claimed)) return 'corrupt';
    this.#proofs.push(proof);
    this.dropCollected();
    const block = this.#nextBlock;
    this.#nextBlock += 1;
    this.writing.add(block);
    return { block, bytes, proof };
  }

  /** Takes the proof of the entry of `size` bytes. `corrupt` is about this entry alone. */
  proveWhole(size: number, claimed: Uint8Array): TransferCode | null {
    if (this.#nextBlock !== blockCount(size)) return 'protocol';
    if (!equalBytes(entryProof(this.hash, this.#proofs), claimed)) return 'corrupt';
    this.#isWhole = true;
    return null;
  }

  /** Forgets the part of a block that has arrived: a new link sends it from its beginning. */
  dropCollected(): void {
    this.#buffer = null;
    this.#collectedBytes = 0;
  }

  /** Bytes of the entry of `size` bytes that have arrived and are not stored. */
  unstoredBytes(size: number): number {
    return [...this.writing].reduce((sum, block) => sum + blockLength(size, block), this.#collectedBytes);
  }
}
