import { describe, expect, it } from 'vitest';

import { SpeedLimit } from './SpeedLimit';

const FRAME = 64 * 1024;

/** Sends frames of `bytes` from `fromMs` to `toMs`, woken as asked but `lateMs` later. Gives when each went. */
function send(limit: SpeedLimit, bytes: number, fromMs: number, toMs: number, lateMs = 0): number[] {
  const went: number[] = [];
  for (let nowMs = fromMs; nowMs < toMs; ) {
    const waitMs = limit.waitMs(nowMs);
    if (waitMs > 0) {
      nowMs += waitMs + lateMs;
    } else {
      limit.spend(bytes);
      went.push(nowMs);
    }
  }
  return went;
}

function limited(bytesPerSecond: number | null, nowMs = 0): SpeedLimit {
  const limit = new SpeedLimit();
  limit.set(nowMs, bytesPerSecond);
  return limit;
}

describe('a limit of speed', () => {
  it('lets everything go while there is none', () => {
    const limit = new SpeedLimit();
    expect(limit.bytesPerSecond).toBeNull();
    for (let frame = 0; frame < 1_000; frame += 1) {
      expect(limit.waitMs(5)).toBe(0);
      limit.spend(FRAME);
    }
  });

  it('is kept to over any time, but for one frame, and frames leave at even distances', () => {
    for (const bytesPerSecond of [10_000, 300_000, 1_000_000, 50_000_000]) {
      const went = send(limited(bytesPerSecond), FRAME, 0, 60_000);
      expect(went[0]).toBe(0);
      const distance = (FRAME * 1_000) / bytesPerSecond;
      for (const [index, atMs] of went.entries()) {
        // A clock of whole milliseconds is at most one late.
        expect(atMs - index * distance).toBeGreaterThanOrEqual(-1e-6);
        expect(atMs - index * distance).toBeLessThan(1 + 1e-6);
      }
      expect(went.length * FRAME).toBeLessThanOrEqual(60 * bytesPerSecond + FRAME);
      expect((went.length + 1) * FRAME).toBeGreaterThan(60 * bytesPerSecond);
    }
  });

  it('lets a frame go as soon as nothing is owed, however long it is', () => {
    const limit = limited(1_000);
    limit.spend(FRAME);
    expect(limit.waitMs(0)).toBe(65_536);
    expect(limit.waitMs(65_535)).toBe(1);
    expect(limit.waitMs(65_536)).toBe(0);
  });

  it('saves nothing up while nobody wants to send', () => {
    const limit = limited(100_000);
    send(limit, 10_000, 0, 1_000);
    limit.rest();
    expect(send(limit, 10_000, 3_600_000, 3_601_000)).toHaveLength(10);
  });

  it('makes up for a clock that wakes late, by no more than a second', () => {
    const late = send(limited(1_000_000), 10_000, 0, 60_000, 990);
    expect(late.length * 10_000).toBeGreaterThan(58_000_000);
    expect(late.length * 10_000).toBeLessThanOrEqual(60_000_000 + 10_000);
    // A page that slept for a minute does not send a minute's worth at once.
    const limit = limited(1_000_000);
    limit.spend(10_000);
    expect(limit.waitMs(0)).toBe(10);
    expect(send(limit, 10_000, 60_000, 60_001)).toHaveLength(101);
  });

  it('holds anew from when it is set, whatever was owed', () => {
    const limit = limited(1);
    limit.spend(FRAME);
    expect(limit.waitMs(0)).toBeGreaterThan(60_000_000);
    limit.set(10, 1_000_000);
    expect(limit.bytesPerSecond).toBe(1_000_000);
    expect(send(limit, 10_000, 10, 1_010)).toHaveLength(100);
    limit.set(2_000, null);
    expect(limit.waitMs(2_000)).toBe(0);
    // Time without a limit earns nothing for the next.
    limit.spend(FRAME);
    limit.set(9_000, 1_000_000);
    expect(send(limit, 10_000, 9_000, 10_000)).toHaveLength(100);
  });

  it('of nothing at all is a byte a second', () => {
    expect(limited(0).bytesPerSecond).toBe(1);
  });
});
