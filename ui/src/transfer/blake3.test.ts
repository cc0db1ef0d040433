import { blake3 as reference } from '@noble/hashes/blake3.js';
import { describe, expect, it } from 'vitest';

import { toHex } from '../trust/id';
import { blake3 } from './blake3';
import { seededBytes } from './testNetwork';

/** Lengths around every border: of a block, a chunk, a subtree, and of whole blocks of a file. */
const LENGTHS = [0, 1, 3, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 1088, 2047, 2048, 2049, 3072, 3073, 4096, 4097, 5121, 7168, 8193, 31744, 102400];
const MIB = 1024 * 1024;

describe('BLAKE3', () => {
  it('is what the specification says', () => {
    const input = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at % 251);
    expect(toHex(blake3(input(0)))).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
    expect(toHex(blake3(input(1)))).toBe('2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213');
    expect(toHex(blake3(input(1024)))).toBe('42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7');
  });

  it.each([...LENGTHS, MIB - 1, MIB, MIB + 1, 3 * MIB + 12_345])('is that of the library for %i bytes', (length) => {
    const bytes = seededBytes(length + 1, length);
    expect(blake3(bytes)).toEqual(reference(bytes));
  });

  it('does not mind where in a buffer its bytes lie, and leaves them as they were', () => {
    for (let from = 0; from < 9; from += 1) {
      const around = seededBytes(7, 5000);
      const before = around.slice();
      expect(blake3(around.subarray(from, from + 4321))).toEqual(reference(before.subarray(from, from + 4321)));
      expect(around).toEqual(before);
    }
  });

  it('is the same whatever was hashed before', () => {
    const [small, large] = [seededBytes(1, 70), seededBytes(2, 70_000)];
    const first = [blake3(small), blake3(large)];
    expect([blake3(small), blake3(large)]).toEqual(first);
  });
});
