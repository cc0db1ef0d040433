import { describe, expect, it } from 'vitest';

import { PICTURE_HEADER_BYTES, readPicture, writePictureHeader } from './PictureHeader';
import type { PictureHeader } from './PictureHeader';

/** The one of the tests in crates/protocol/src/media_port. */
const HEADER: PictureHeader = {
  key: true,
  layer: 1,
  quarterTurns: 3,
  connection: 7,
  timestampUs: 0x0001_0203_0405_06,
  width: 1280,
  height: 720,
  costUs: 8_123,
};

function message(change: (bytes: Uint8Array) => void = () => undefined, bytes = 3): ArrayBuffer {
  const whole = new ArrayBuffer(PICTURE_HEADER_BYTES + bytes);
  writePictureHeader(whole, HEADER);
  change(new Uint8Array(whole));
  return whole;
}

describe('a picture', () => {
  it('has its numbers where the engine looks for them', () => {
    const bytes = [...new Uint8Array(message(undefined, 0))];
    expect(bytes).toEqual([1, 1, 3, 0, 7, 0, 0, 0, 6, 5, 4, 3, 2, 1, 0, 0, 0, 5, 0xd0, 2, 0xbb, 0x1f, 0, 0]);
  });

  it('comes back as it was sent', () => {
    const read = readPicture(message((bytes) => bytes.set([1, 2, 3], PICTURE_HEADER_BYTES)));
    expect(read?.header).toEqual(HEADER);
    expect([...(read?.picture ?? [])]).toEqual([1, 2, 3]);
  });

  it('is refused when it is none', () => {
    expect(readPicture(new ArrayBuffer(PICTURE_HEADER_BYTES))).toBeNull();
    expect(readPicture(new ArrayBuffer(0))).toBeNull();
    expect(readPicture(message(undefined, 2 * 1024 * 1024 + 1))).toBeNull();
    for (const [at, value] of [[0, 2], [1, 2], [2, 4], [3, 1], [15, 1]] as const) {
      expect(readPicture(message((bytes) => (bytes[at] = value))), `byte ${at}`).toBeNull();
    }
    expect(readPicture(message((bytes) => bytes.fill(0, 16, 18))), 'no width').toBeNull();
  });
});
