import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Line } from './Line';

const PACKET_BYTES = 1000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => vi.useRealTimers());

/** Gives a line a packet every `everyMs`; the numbers of those that arrived, and when. */
async function drive(line: Line, packets: number, everyMs: number): Promise<{ number: number; atMs: number }[]> {
  const arrived: { number: number; atMs: number }[] = [];
  const began = performance.now();
  for (let number = 0; number < packets; number += 1) {
    line.carry(PACKET_BYTES, () => arrived.push({ number, atMs: performance.now() - began }));
    await vi.advanceTimersByTimeAsync(everyMs);
  }
  await vi.advanceTimersByTimeAsync(5000);
  return arrived;
}

describe('a line', () => {
  it('loses the same packets with the same seed, and about the share it is told', async () => {
    const lossy = (): Line => {
      const line = new Line(7);
      line.set({ loss: 0.03 });
      return line;
    };
    const [one, other] = [await drive(lossy(), 3000, 1), await drive(lossy(), 3000, 1)];
    expect(one.map(({ number }) => number)).toEqual(other.map(({ number }) => number));
    expect(one.length).toBeGreaterThan(2850);
    expect(one.length).toBeLessThan(2970);
  });

  it('delays every packet and keeps their order, also while conditions change', async () => {
    const line = new Line(1);
    line.set({ delayMs: 40 });
    const late = await drive(line, 50, 5);
    expect(late.every(({ number, atMs }) => atMs >= number * 5 + 40)).toBe(true);
    const soon = drive(line, 50, 5);
    line.set({ delayMs: 0 });
    expect((await soon).map(({ number }) => number)).toEqual(late.map(({ number }) => number));
  });

  it('carries no more than its rate, and lets nothing wait longer than its queue', async () => {
    const line = new Line(1);
    line.set({ rateBps: 300_000, queueMs: 200 });
    // A megabit a second is offered for ten seconds.
    const arrived = await drive(line, 1250, 8);
    const withinTenS = arrived.filter(({ atMs }) => atMs <= 10_000).length * (PACKET_BYTES + 28) * 8;
    expect(withinTenS).toBeLessThanOrEqual(3_000_000);
    expect(withinTenS).toBeGreaterThan(2_800_000);
    expect(Math.max(...arrived.map(({ number, atMs }) => atMs - number * 8))).toBeLessThan(200 + 60);
    expect(line.counts.overflowed + arrived.length).toBe(1250);
  });

  it('delivers nothing after it was closed', async () => {
    const line = new Line(1);
    line.set({ delayMs: 100 });
    let isDelivered = false;
    line.carry(PACKET_BYTES, () => {
      isDelivered = true;
    });
    line.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(isDelivered).toBe(false);
  });
});
