// Joins the pieces of a block and hashes it: the work itself, wherever it is done.

import { jsBlake3 } from '../../../transfer/block';
import { concatBytes, type Bytes } from '../../../trust/bytes';

/** A block and its hash. */
export interface HashedBlock {
  readonly bytes: Bytes;
  readonly proof: Bytes;
}

/** One piece that fills its buffer is the block itself; any others are copied together. */
export function hashBlock(pieces: readonly Bytes[]): HashedBlock {
  const [first] = pieces;
  const isWhole = pieces.length === 1 && first?.byteLength === first?.buffer.byteLength;
  const bytes = isWhole && first !== undefined ? first : concatBytes(...pieces);
  return { bytes, proof: jsBlake3(bytes) };
}
