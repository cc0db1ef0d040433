import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ADDRESS, FakeSockets } from '../testing/FakeSockets';
import { SoundLine } from './SoundLine';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

class Stage {
  readonly sockets = new FakeSockets();
  readonly line = new SoundLine(ADDRESS, this.sockets.open);
  readonly played: Int16Array[] = [];
  resets = 0;

  constructor() {
    this.line.connectPlayer({
      play: (samples) => void this.played.push(new Int16Array(samples)),
      reset: () => void (this.resets += 1),
    });
    this.sockets.newest.accept();
  }

  get sent(): number[][] {
    return this.sockets.newest.messages.map((message) => [message[0] ?? -1, message.length]);
  }
}

const piece = (first: number): ArrayBuffer => Int16Array.from({ length: 480 }, (_, at) => first + at).buffer;

describe('sound', () => {
  it('leaves the microphone only while it is captured, and is silent at once', () => {
    const stage = new Stage();
    stage.line.captured(piece(0));
    stage.line.capture();
    stage.line.captured(piece(0));
    stage.line.captured(piece(480));
    // Half of a message when it falls silent: it goes nowhere, then or later.
    stage.line.captured(piece(960));
    stage.line.silence();
    stage.line.captured(piece(1_440));
    stage.line.silence();
    stage.line.capture();
    for (const first of [2_000, 2_480]) stage.line.captured(piece(first));
    expect(stage.sent).toEqual([[1, 1_921], [3, 1], [1, 1_921]]);
    const firsts = [0, 2].map((at) => new Int16Array(stage.sockets.newest.messages[at]?.slice(1).buffer ?? new ArrayBuffer(0))).map((samples) => [samples[0], samples[480]]);
    expect(firsts).toEqual([[0, 480], [2_000, 2_480]]);
  });

  it('is asked for as the player has room, and played as it comes', () => {
    const stage = new Stage();
    stage.line.wanted(4);
    stage.line.wanted(99);
    expect(stage.sockets.newest.messages.map((message) => [...message])).toEqual([[2, 4], [2, 50]]);
    const message = new Uint8Array(961);
    message[0] = 1;
    message.set(new Uint8Array(piece(7)), 1);
    stage.sockets.newest.say(message.buffer);
    const two = new Uint8Array(1_921);
    two[0] = 1;
    stage.sockets.newest.say(two.buffer);
    expect(stage.played.map((samples) => [samples.length, samples[0], samples[479]])).toEqual([[480, 7, 486], [960, 0, 0]]);
  });

  it('drops what is no sound', () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const stage = new Stage();
    for (const bytes of [0, 1, 960, 962, 1_920]) stage.sockets.newest.say(new ArrayBuffer(bytes));
    stage.sockets.newest.say(new ArrayBuffer(961));
    expect([stage.played, logged.mock.calls.length]).toEqual([[], 6]);
  });

  it('does not queue old sound before a slow socket', () => {
    const stage = new Stage();
    stage.line.capture();
    stage.sockets.newest.bufferedAmount = 20_000;
    for (let at = 0; at < 4; at += 1) stage.line.captured(piece(0));
    expect(stage.sent).toEqual([]);
  });

  it('joins no piece to one from before a loss or a jam', async () => {
    const stage = new Stage();
    stage.line.capture();
    stage.line.captured(piece(0));
    stage.sockets.newest.break();
    await vi.advanceTimersByTimeAsync(1_000);
    stage.sockets.newest.accept();
    stage.line.captured(piece(480));
    stage.sockets.newest.bufferedAmount = 20_000;
    stage.line.captured(piece(960));
    stage.sockets.newest.bufferedAmount = 0;
    for (const first of [1_440, 1_920]) stage.line.captured(piece(first));
    const samples = new Int16Array(stage.sockets.newest.messages[0]?.slice(1).buffer ?? new ArrayBuffer(0));
    expect([stage.sent.length, samples[0], samples[480]]).toEqual([1, 1_440, 1_920]);
  });

  it('lets the player ask again after a loss', async () => {
    const stage = new Stage();
    const before = stage.resets;
    stage.sockets.newest.break();
    stage.line.wanted(4);
    await vi.advanceTimersByTimeAsync(1_000);
    stage.sockets.newest.accept();
    expect(stage.resets).toBe(before + 2);
    stage.line.wanted(4);
    expect(stage.sent).toEqual([[2, 2]]);
  });
});
