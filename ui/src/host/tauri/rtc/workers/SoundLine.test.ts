import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SoundMemory } from '../SoundMemory';
import { ADDRESS, FakeSockets } from '../testing/FakeSockets';
import { SoundLine } from './SoundLine';

// The bell rings in real time: what it wakes is a task of its own.
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

class Stage {
  readonly sockets = new FakeSockets();
  readonly line: SoundLine;
  /** As the worklets see it. */
  readonly memory: SoundMemory;

  constructor() {
    const shared = SoundMemory.allocate();
    this.memory = new SoundMemory(shared);
    this.line = new SoundLine(ADDRESS, new SoundMemory(shared), this.sockets.open);
    this.sockets.newest.accept();
  }

  /** The microphone gives a piece, and it is looked at. */
  async hear(first: number): Promise<void> {
    this.memory.captured.write(Int16Array.from({ length: 960 }, (_, at) => first + at));
    await this.look();
  }

  async want(pieces: number): Promise<void> {
    this.memory.want(pieces);
    await this.look();
  }

  /** Kinds and lengths of what was sent. */
  get sent(): number[][] {
    return this.sockets.newest.messages.map((message) => [message[0] ?? -1, message.length]);
  }

  /** First samples of what was sent. */
  get firsts(): (number | undefined)[] {
    return this.sockets.newest.messages.filter(([kind]) => kind === 1).map((message) => new Int16Array(message.slice(1).buffer)[0]);
  }

  private async look(): Promise<void> {
    this.memory.ring();
    // Woken, it looks, and waits again: a later turn of this thread sees that done.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('sound', () => {
  it('leaves the microphone only while it is captured, and is silent at once', async () => {
    const stage = new Stage();
    await stage.hear(0);
    stage.line.capture();
    await stage.hear(1_000);
    stage.line.silence();
    await stage.hear(2_000);
    stage.line.silence();
    // Not looked at before it may be heard again: it is of the time when it was not.
    stage.memory.captured.write(new Int16Array(960).fill(9));
    stage.line.capture();
    await stage.hear(3_000);
    expect(stage.sent).toEqual([[1, 1_921], [3, 1], [1, 1_921]]);
    expect(stage.firsts).toEqual([1_000, 3_000]);
  });

  it('is asked for as the player has room, and played as it comes', async () => {
    const stage = new Stage();
    await stage.want(4);
    await stage.want(99);
    expect(stage.sockets.newest.messages.map((message) => [...message])).toEqual([[2, 4], [2, 50]]);
    const two = new Uint8Array(1_921);
    two[0] = 1;
    two.set(new Uint8Array(Int16Array.from({ length: 960 }, (_, at) => at).buffer), 1);
    stage.sockets.newest.say(two.buffer);
    const pieces = [stage.memory.played.read(), stage.memory.played.read(), stage.memory.played.read()];
    expect(pieces.map((piece) => piece && [piece.length, piece[0], piece[479]])).toEqual([[480, 0, 479], [480, 480, 959], null]);
  });

  it('drops what is no sound', () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const stage = new Stage();
    for (const bytes of [0, 1, 960, 962, 1_920]) stage.sockets.newest.say(new ArrayBuffer(bytes));
    stage.sockets.newest.say(new ArrayBuffer(961));
    expect([stage.memory.played.read(), logged.mock.calls.length]).toEqual([null, 6]);
  });

  it('does not queue old sound before a slow socket', async () => {
    const stage = new Stage();
    stage.line.capture();
    stage.sockets.newest.bufferedAmount = 20_000;
    await stage.hear(0);
    stage.sockets.newest.bufferedAmount = 0;
    await stage.hear(1_000);
    expect(stage.firsts).toEqual([1_000]);
  });

  it('lets the player ask again after a loss', async () => {
    const stage = new Stage();
    const before = stage.memory.starts;
    stage.sockets.newest.break();
    await stage.want(4);
    await vi.advanceTimersByTimeAsync(1_000);
    stage.sockets.newest.accept();
    expect(stage.memory.starts).toBe(before + 2);
    await stage.want(2);
    expect(stage.sent).toEqual([[2, 2]]);
  });

  it('does nothing more once closed', async () => {
    const stage = new Stage();
    stage.line.capture();
    stage.line.close();
    await stage.hear(0);
    await stage.want(2);
    expect([stage.sent, stage.memory.takeWanted()]).toEqual([[], 2]);
  });
});
