import { expect, it } from 'vitest';

import { jsBlake3 } from '../../../transfer/block';
import type { Bytes } from '../../../trust/bytes';
import { PickedSource } from '../files/PickedFiles';
import { hashBlock } from '../hashing/blockHash';
import { readProven } from './readProven';

const bytes = Uint8Array.of(1, 2, 3);
const source = new PickedSource(new File([bytes], 'three'));

/** A hasher of which so many workers fail, each with the block it had. */
function failing(times: number) {
  let left = times;
  return {
    hash: (pieces: readonly Bytes[]) => {
      if (left === 0) return Promise.resolve(hashBlock(pieces));
      left -= 1;
      structuredClone(pieces, { transfer: pieces.map(({ buffer }) => buffer) });
      return Promise.reject(new Error('a hashing worker failed'));
    },
  };
}

it('reads a block again that a failed worker had', async () => {
  expect(await readProven(source, failing(1), 0, 3)).toEqual({ result: bytes, proof: jsBlake3(bytes) });
});

it('gives up a block that cannot be hashed, and one of no file', async () => {
  expect(await readProven(source, failing(2), 0, 3)).toEqual({ result: 'read-failed' });
  expect(await readProven(undefined, failing(0), 0, 3)).toEqual({ result: 'read-failed' });
});
