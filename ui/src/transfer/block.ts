// Blocks of an entry: how many, how long, and the hashes that prove them (docs/protocol.md, section 5.3).
//
// Leaves to others: when a proof is due (`Outgoing`, `Incoming`).

import { blake3 } from '@noble/hashes/blake3.js';

import { concatBytes, type Bytes } from '../trust/bytes';
import { BLOCK_BYTES } from './limits';

/** BLAKE3 with 32 bytes of output. Injected, so that a faster one may take its place. */
export type Hash = (bytes: Uint8Array) => Bytes;

/** The hash in plain JavaScript. */
export const jsBlake3: Hash = (bytes) => blake3(bytes);

/** Blocks of an entry of `size` bytes; none when it is empty. */
export function blockCount(size: number): number {
  return Math.ceil(size / BLOCK_BYTES);
}

/** Bytes of block `block` of an entry of `size` bytes. 0 when there is no such block. */
export function blockLength(size: number, block: number): number {
  return Math.max(0, Math.min(BLOCK_BYTES, size - block * BLOCK_BYTES));
}

/** Collects block hashes in order and makes the entry's proof of them. 32 bytes a block are kept. */
export class EntryHash {
  readonly #blocks: Bytes[] = [];

  constructor(private readonly hash: Hash) {}

  /** Blocks taken so far. */
  get blockCount(): number {
    return this.#blocks.length;
  }

  /** Takes the hash of the next block. */
  push(blockHash: Bytes): void {
    this.#blocks.push(blockHash);
  }

  /** Forgets all hashes from `block` on, when the entry goes on from there. */
  truncate(block: number): void {
    this.#blocks.length = Math.min(this.#blocks.length, block);
  }

  /** The proof over the hashes taken; of nothing for an empty entry. */
  proof(): Bytes {
    return this.hash(concatBytes(...this.#blocks));
  }
}
