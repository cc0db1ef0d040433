// A block of a picked file, with its hash.
//
// Promises: never rejects; a hashing worker that fails costs no block. Leaves to others: reading (`PickedSource`), hashing (`BlockHasher`).
import type { Input } from '../../../transfer/input';
import type { PickedSource } from '../files/PickedFiles';
import type { BlockHasher } from '../hashing/BlockHasher';

/** A worker that failed is not asked again, so the second one fails for another reason, and a third would as well. */
const ATTEMPTS = 2;

/** What became of a read. */
export type ProvenRead = Pick<Extract<Input, { type: 'block-read' }>, 'result' | 'proof'>;

/** Reads `length` bytes at `offset` of a file, where there is one. */
export async function readProven(
  source: PickedSource | undefined,
  hasher: Pick<BlockHasher, 'hash'>,
  offset: number,
  length: number,
): Promise<ProvenRead> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const result = (await source?.read(offset, length)) ?? 'read-failed';
    if (typeof result === 'string') return { result };
    try {
      const { bytes, proof } = await hasher.hash([result]);
      return { result: bytes, proof };
    } catch {
      // The bytes went with the worker that had them, and the file still has them.
    }
  }
  return { result: 'read-failed' };
}
