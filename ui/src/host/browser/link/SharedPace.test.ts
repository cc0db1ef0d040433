// Several senders of frames under one limit, over made-up channels.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BulkSender } from './BulkSender';
import type { BulkChannel } from './BulkSender';
import { SharedPace } from './SharedPace';

const FRAME = 50_000;

/** A channel that keeps what it is given until it is told to carry it. */
class Channel implements BulkChannel {
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  readyState: RTCDataChannelState = 'open';
  /** First bytes of the frames it was given. */
  readonly given: number[] = [];
  /** Whether it carries at once. */
  isFast = true;
  #low: (() => void) | null = null;

  send(data: ArrayBufferView<ArrayBuffer>): void {
    this.given.push(new Uint8Array(data.buffer)[0] ?? -1);
    if (!this.isFast) this.bufferedAmount += data.byteLength;
  }

  addEventListener(_: 'bufferedamountlow', listener: () => void): void {
    this.#low = listener;
  }

  carry(): void {
    this.bufferedAmount = 0;
    this.#low?.();
  }
}

function sender(pace: SharedPace): { channel: Channel; bulk: BulkSender; queue: (frames: number) => void } {
  const channel = new Channel();
  const bulk = new BulkSender(channel, pace);
  let next = 0;
  const queue = (frames: number): void => {
    for (let count = 0; count < frames; count += 1) {
      bulk.send(new Uint8Array(FRAME).fill(next % 250));
      next += 1;
    }
  };
  return { channel, bulk, queue };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the pace of several senders', () => {
  it('is as fast as their channels take it while there is no limit', () => {
    const pace = new SharedPace();
    const [fast, slow] = [sender(pace), sender(pace)];
    slow.channel.isFast = false;
    slow.queue(100);
    fast.queue(600);
    expect(fast.channel.given).toEqual(Array.from({ length: 600 }, (_, frame) => frame % 250));
    // Just over what a channel may buffer.
    expect(slow.channel.given).toHaveLength(21);
    for (let times = 0; times < 4; times += 1) slow.channel.carry();
    expect(slow.channel.given).toEqual(Array.from({ length: 100 }, (_, frame) => frame));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is one limit for all, shared evenly', () => {
    const pace = new SharedPace();
    pace.limit(1_000_000);
    const senders = [sender(pace), sender(pace), sender(pace)];
    senders[0]?.queue(1_000);
    senders[1]?.queue(1_000);
    senders[2]?.queue(5);
    vi.advanceTimersByTime(3_000);
    const counts = senders.map(({ channel }) => channel.given.length);
    // One frame goes before any time has passed.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(61);
    expect(counts).toEqual([29, 27, 5]);
  });

  it('saves nothing up for who begins later', () => {
    const pace = new SharedPace();
    pace.limit(1_000_000);
    const [first, second] = [sender(pace), sender(pace)];
    first.queue(100);
    vi.advanceTimersByTime(75);
    first.bulk.close();
    vi.advanceTimersByTime(60_000);
    second.queue(100);
    expect(second.channel.given).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(second.channel.given).toHaveLength(21);
  });

  it('is not taken up by one who cannot send', () => {
    const pace = new SharedPace();
    pace.limit(1_000_000);
    const [full, closed, gone, open] = [sender(pace), sender(pace), sender(pace), sender(pace)];
    full.channel.isFast = false;
    for (const each of [full, closed, gone, open]) each.queue(1_000);
    closed.channel.readyState = 'closed';
    gone.bulk.close();
    const before = gone.channel.given.length;
    vi.advanceTimersByTime(10_000);
    expect(full.channel.given).toHaveLength(21);
    expect(gone.channel.given).toHaveLength(before);
    expect(full.channel.given.length + closed.channel.given.length + before + open.channel.given.length).toBe(201);
  });

  it('follows a new limit at once', () => {
    const pace = new SharedPace();
    pace.limit(1);
    const { channel, queue } = sender(pace);
    queue(1_000);
    vi.advanceTimersByTime(5_000);
    expect(channel.given).toHaveLength(1);
    pace.limit(1_000_000);
    expect(channel.given).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    expect(channel.given).toHaveLength(22);
    pace.limit(null);
    expect(pace.bytesPerSecond).toBeNull();
    expect(channel.given).toHaveLength(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps to the limit where timers are late', () => {
    let nowMs = 0;
    const pace = new SharedPace(() => nowMs);
    pace.limit(1_000_000);
    const { channel, queue } = sender(pace);
    queue(1_000);
    // A page in the background: what is due at 50 ms comes at a second.
    for (let seconds = 1; seconds <= 10; seconds += 1) {
      nowMs = seconds * 1_000;
      vi.advanceTimersByTime(1_000);
    }
    expect(channel.given).toHaveLength(201);
  });

  it('goes on for the others when a channel refuses a frame', () => {
    const pace = new SharedPace();
    pace.limit(1_000_000);
    const [broken, other] = [sender(pace), sender(pace)];
    other.queue(10);
    broken.channel.send = () => {
      throw new Error('refused');
    };
    broken.queue(1);
    expect(() => vi.advanceTimersByTime(1_000)).toThrow('refused');
    vi.advanceTimersByTime(1_000);
    expect(other.channel.given).toHaveLength(10);
  });
});
