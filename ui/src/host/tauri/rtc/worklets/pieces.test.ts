import { describe, expect, it } from 'vitest';

import { PieceCutter } from './PieceCutter';
import { AHEAD_PIECES, PieceQueue } from './PieceQueue';

/** Plays `samples` in the device's own steps. */
function play(queue: PieceQueue, samples: number): number[] {
  const played: number[] = [];
  const step = new Float32Array(128);
  while (played.length < samples) {
    queue.play(step);
    played.push(...step);
  }
  return played;
}

const piece = (value: number): Int16Array => new Int16Array(480).fill(value);

describe('the player', () => {
  it('asks for as much as it may hold, and for more only as it plays', () => {
    const queue = new PieceQueue();
    expect([queue.takeWanted(), queue.takeWanted()]).toEqual([AHEAD_PIECES, 0]);
    for (let at = 0; at < AHEAD_PIECES; at += 1) queue.push(piece(at));
    expect(queue.takeWanted()).toBe(0);
    play(queue, 480 * 2);
    expect(queue.takeWanted()).toBe(2);
    play(queue, 480);
    expect(queue.takeWanted()).toBe(0);
  });

  it('plays pieces in their order without a gap, and silence when there are none', () => {
    const queue = new PieceQueue();
    queue.takeWanted();
    queue.push(piece(8192));
    queue.push(piece(16_384));
    const played = play(queue, 1_024);
    expect(played.slice(0, 480).every((sample) => sample === 0.25)).toBe(true);
    expect(played.slice(480, 960).every((sample) => sample === 0.5)).toBe(true);
    expect(played.slice(960).every((sample) => sample === 0)).toBe(true);
  });

  it('takes nothing that it did not ask for, so its delay has a bound', () => {
    const queue = new PieceQueue();
    queue.push(piece(1));
    expect(play(queue, 480).every((sample) => sample === 0)).toBe(true);
    const wanted = queue.takeWanted();
    for (let at = 0; at < 50; at += 1) queue.push(piece(1));
    expect(play(queue, 480 * 50).filter((sample) => sample !== 0)).toHaveLength(wanted * 480);
  });

  it('asks again for what will not come', () => {
    const queue = new PieceQueue();
    queue.takeWanted();
    queue.reset();
    expect(queue.takeWanted()).toBe(AHEAD_PIECES);
  });
});

describe('the microphone', () => {
  it('loses and doubles no sample, whatever the steps are', () => {
    const pieces: Int16Array[] = [];
    const cutter = new PieceCutter(480, (one) => pieces.push(one.slice()));
    let next = 0;
    for (const step of [1, 127, 128, 512, 7, 480, 185]) {
      cutter.take([Float32Array.from({ length: step }, () => next++ / 32_767)]);
    }
    expect(pieces.flatMap((one) => [...one])).toEqual(Array.from({ length: 1_440 }, (_, at) => at));
  });

  it('joins nothing to what it was told to forget', () => {
    const pieces: Int16Array[] = [];
    const cutter = new PieceCutter(480, (one) => pieces.push(one.slice()));
    cutter.take([new Float32Array(400).fill(1)]);
    cutter.clear();
    cutter.take([new Float32Array(480).fill(0.5)]);
    expect(pieces.map((one) => [...new Set(one)])).toEqual([[16_384]]);
  });

  it('mixes its channels and clips what is too loud', () => {
    const pieces: Int16Array[] = [];
    const cutter = new PieceCutter(480, (one) => pieces.push(one.slice()));
    cutter.take([new Float32Array(480).fill(0.5), new Float32Array(480).fill(0)]);
    cutter.take([new Float32Array(480).fill(3)]);
    cutter.take([new Float32Array(480).fill(-3)]);
    cutter.take([]);
    expect(pieces.map(([first]) => first)).toEqual([8192, 32_767, -32_768]);
  });
});
