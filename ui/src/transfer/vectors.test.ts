// Replays tests/vectors/{blocks,frames,names}.json, which the Rust twin replays as well. That no file goes unread is proven in `trust`.
import { describe, expect, it, vi } from 'vitest';

import { fromHex, toHex } from '../trust/id';
import { vectors } from '../trust/vectorFiles';
import { blockCount, blockLength, blockOffset, entryProof, jsBlake3 } from './block';
import { decodeFrame, encodeFrame, type FrameHeader } from './frame';
import { SafeNames, UnsafeNameError } from './safeNames';

vi.setConfig({ testTimeout: 120_000 });

function unhex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text, text.length / 2);
  if (bytes === null) throw new Error(`no hex: ${text}`);
  return bytes;
}

describe('vectors', () => {
  it('of frames are met', () => {
    const { good, bad } = vectors('frames.json') as {
      good: (FrameHeader & { payload: string; frame: string })[];
      bad: { name: string; frame: string; error: string }[];
    };
    expect([good.length >= 4, bad.length >= 10]).toEqual([true, true]);
    for (const { payload, frame, ...header } of good) {
      expect(toHex(encodeFrame(header, unhex(payload)))).toBe(frame);
      expect(decodeFrame(unhex(frame))).toEqual({ ok: true, header, payload: unhex(payload) });
    }
    for (const { name, frame, error } of bad) expect(decodeFrame(unhex(frame)), name).toEqual({ ok: false, error });
  });

  it('of block and entry proofs are met', () => {
    const { files } = vectors('blocks.json') as { files: { size: number; block_proofs: string[]; entry_proof: string }[] };
    expect(files.length).toBeGreaterThanOrEqual(13);
    for (const { size, block_proofs, entry_proof } of files) {
      const content = Uint8Array.from({ length: size }, (_, index) => (index ^ (index >> 8) ^ (index >> 16)) & 255);
      const proofs = Array.from({ length: blockCount(size) }, (_, block) => {
        const offset = blockOffset(block);
        return jsBlake3(content.subarray(offset, offset + blockLength(size, block)));
      });
      expect(proofs.map(toHex), `${size} bytes`).toEqual(block_proofs);
      expect(toHex(entryProof(jsBlake3, proofs)), `${size} bytes`).toBe(entry_proof);
    }
  });

  it('of names are met', () => {
    const offers = vectors('names.json') as { name: string; offered: string[][]; safe: string[] | null }[];
    expect(offers.length).toBeGreaterThanOrEqual(38);
    for (const { name, offered, safe } of offers) {
      const names = new SafeNames();
      const add = (): string[] => offered.map((path) => names.add(path));
      if (safe === null) expect(add, name).toThrow(UnsafeNameError);
      else expect(add(), name).toEqual(safe);
    }
  });
});
