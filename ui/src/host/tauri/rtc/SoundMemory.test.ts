import { describe, expect, it } from 'vitest';

import { CAPTURED_SAMPLES, SOUND_PIECE_SAMPLES } from './portLimits';
import { SoundMemory } from './SoundMemory';

/** As two threads see it. */
function both(): [SoundMemory, SoundMemory] {
  const shared = SoundMemory.allocate();
  return [new SoundMemory(shared), new SoundMemory(shared)];
}

const captured = (first: number): Int16Array => new Int16Array(CAPTURED_SAMPLES).fill(first);
const played = (first: number): Int16Array => new Int16Array(SOUND_PIECE_SAMPLES).fill(first);

describe('the memory of the sound threads', () => {
  it('hands pieces over in order, each way its own, many times round', () => {
    const [one, other] = both();
    for (let at = 0; at < 100; at += 1) {
      expect(one.captured.write(captured(at))).toBe(true);
      expect(other.played.write(played(-1 - at))).toBe(true);
      expect([...new Set(other.captured.read())]).toEqual([at]);
      expect([...new Set(one.played.read())]).toEqual([-1 - at]);
    }
    expect([one.captured.read(), other.played.read()]).toEqual([null, null]);
  });

  it('drops what does not fit, and keeps what is in it', () => {
    const [one, other] = both();
    let held = 0;
    while (one.captured.write(captured(held))) held += 1;
    expect(held).toBe(16);
    expect(Array.from({ length: held }, () => other.captured.read()?.[0])).toEqual(Array.from({ length: held }, (_, at) => at));
    expect(one.captured.write(captured(7))).toBe(true);
  });

  it('wakes whoever waits, also one who was rung for while looking', async () => {
    const [one, other] = both();
    const { rings } = other;
    const waiting = other.rung(rings);
    one.ring();
    await waiting;
    // Nobody waited when it rang.
    const before = other.rings;
    one.ring();
    await other.rung(before);
    expect(other.rings).toBe(rings + 2);
  });

  it('adds up wishes until they are taken, and counts how often it was started over', () => {
    const [one, other] = both();
    one.want(2);
    one.want(3);
    expect([other.takeWanted(), other.takeWanted()]).toEqual([5, 0]);
    other.startOver();
    expect(one.starts).toBe(1);
  });
});
