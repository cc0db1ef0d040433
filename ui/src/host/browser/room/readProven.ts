// A block of a picked file, with its hash.
//
// Promises: never rejects. Leaves to others: reading (`PickedSource`), hashing (`BlockHasher`).
import type { Input } from '../../../transfer/input';
import type { PickedSource } from '../files/PickedFiles';
import type { BlockHasher } from '../hashing/BlockHasher';

/** What became of a read. */
export type ProvenRead = Pick<Extract<Input, { type: 'block-read' }>, 'result' | 'proof'>;

/** Reads `length` bytes at `offset` of a file, where there is one. */
export async function readProven(
  source: PickedSource | undefined,
  hasher: Pick<BlockHasher, 'hash'>,
  offset: number,
  length: number,
): Promise<ProvenRead> {
  const result = (await source?.read(offset, length)) ?? 'read-failed';
  if (typeof result === 'string') return { result };
  try {
    const { bytes, proof } = await hasher.hash([result]);
    return { result: bytes, proof };
  } catch {
    return { result: 'read-failed' };
  }
}
