// How an entry is cut into blocks, and how blocks and entries are proven (docs/protocol.md, section 5.3).
// Twin of `crates/transfer/src/block.rs`.

import { concatBytes, type Bytes } from '../trust/bytes';
import { BLOCK_BYTES } from '../protocol/limits';
import { blake3 } from './blake3';

/** Largest entry in bytes: blocks are counted in 32 bits. */
export const ENTRY_BYTES = 0xffffffff * BLOCK_BYTES;

/** BLAKE3 with 32 bytes of output. Injected, so that a faster one may take its place. */
export type Hash = (bytes: Uint8Array) => Bytes;

/** The hash in plain JavaScript. */
export const jsBlake3: Hash = (bytes) => blake3(bytes);

/** Blocks of an entry of `size` bytes, which is at most `ENTRY_BYTES`. */
export function blockCount(size: number): number {
  return Math.ceil(size / BLOCK_BYTES);
}

/** Where a block begins, in bytes. */
export function blockOffset(block: number): number {
  return block * BLOCK_BYTES;
}

/** Bytes of a block of an entry of `size` bytes; 0 behind its end. */
export function blockLength(size: number, block: number): number {
  return Math.max(0, Math.min(BLOCK_BYTES, size - blockOffset(block)));
}

/** The proof of an entry: over the proofs of its blocks in order, of nothing for an empty one. */
export function entryProof(hash: Hash, blocks: readonly Bytes[]): Bytes {
  return hash(concatBytes(...blocks));
}
