import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { readPicture } from '../PictureHeader';
import { FakeEncoder, FakeFrame } from '../testing/FakeCodecs';
import { ADDRESS, FakeSockets } from '../testing/FakeSockets';
import type { FrameReader } from './FrameLoop';
import { fitInto } from './LayerEncoder';
import { OwnPicture } from './OwnPicture';

const LARGE = { long_side: 640, bitrate_bps: 800_000, frame_rate: 30 };
const SMALL = { long_side: 320, bitrate_bps: 150_000, frame_rate: 15 };
const FRAME_US = 33_333;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  FakeEncoder.isMissing = false;
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A camera that shows a frame whenever the test says so. */
class FakeCamera {
  isStopped = false;
  readonly frames: FakeFrame[] = [];
  readers = 0;
  #waiting: ((result: ReadableStreamReadResult<VideoFrame>) => void)[] = [];

  get track(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }

  stop(): void {
    this.isStopped = true;
    for (const wake of this.#waiting.splice(0)) wake({ value: undefined, done: true });
  }

  reader(): FrameReader {
    this.readers += 1;
    return {
      read: () => new Promise((resolve) => this.#waiting.push(resolve)),
      cancel: () => Promise.resolve(),
    };
  }

  /** True when somebody took it. */
  async show(frame = new FakeFrame(this.frames.length * FRAME_US)): Promise<boolean> {
    vi.advanceTimersByTime(FRAME_US / 1000);
    this.frames.push(frame);
    const wake = this.#waiting.shift();
    wake?.({ value: frame.frame, done: false });
    await vi.advanceTimersByTimeAsync(0);
    return wake !== undefined;
  }
}

class Stage {
  readonly sockets = new FakeSockets();
  readonly encoders: FakeEncoder[] = [];
  readonly stamped: FakeFrame[] = [];
  readonly problems: (string | null)[] = [];
  readonly picture: OwnPicture;

  constructor(cameras: readonly FakeCamera[]) {
    this.picture = new OwnPicture({
      address: ADDRESS,
      readFrames: (track) => {
        const camera = cameras.find((one) => one.track === track);
        if (camera === undefined) throw new Error('an unknown track');
        return camera.reader();
      },
      problem: (problem) => void this.problems.push(problem),
      restamp: (frame, timestampUs) => {
        const stamped = new FakeFrame(timestampUs, frame.displayWidth, frame.displayHeight);
        this.stamped.push(stamped);
        return stamped.frame;
      },
      openSocket: this.sockets.open,
      makeEncoder: (init) => {
        const encoder = new FakeEncoder(init);
        this.encoders.push(encoder);
        return encoder as unknown as VideoEncoder;
      },
    });
    this.sockets.newest.accept();
  }

  order(...layers: readonly object[]): void {
    this.sockets.newest.say({ type: 'layers', layers });
  }

  get sent() {
    return this.sockets.newest.messages.map(({ buffer }) => readPicture(buffer as ArrayBuffer)?.header);
  }
}

describe('the own picture', () => {
  it('rests while nobody is sent one, or there is none', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.picture.use(camera.track);
    expect(await camera.show()).toBe(false);
    stage.order(LARGE);
    expect(await camera.show()).toBe(true);
    stage.order();
    await camera.show();
    expect(await camera.show()).toBe(false);
    expect(stage.encoders.map(({ state }) => state)).toEqual(['closed']);
  });

  it('is coded once for each layer, however ordered, and every frame is closed', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE, SMALL);
    stage.picture.use(camera.track);
    for (let time = 0; time < 10; time += 1) {
      await camera.show();
      for (const encoder of stage.encoders) if (encoder.pending.length > 0) encoder.put();
    }
    expect([...camera.frames, ...stage.stamped].every(({ isClosed }) => isClosed)).toBe(true);
    expect(stage.encoders.map(({ configured }) => configured.map(({ width, height, bitrate }) => [width, height, bitrate]))).toEqual([
      [[640, 360, 800_000]],
      [[320, 180, 150_000]],
    ]);
    const layers = stage.sent.map((header) => header?.layer);
    expect([layers.filter((layer) => layer === 0).length, layers.filter((layer) => layer === 1).length]).toEqual([10, 5]);
    expect(stage.sent.filter((header) => header?.key === true).map((header) => header?.layer)).toEqual([0, 1]);
  });

  it('makes the next picture a key frame when ordered to, of that layer only', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE, { ...SMALL, frame_rate: 30 });
    stage.picture.use(camera.track);
    const keys: boolean[][] = [];
    for (let time = 0; time < 4; time += 1) {
      if (time === 2) stage.sockets.newest.say({ type: 'key-frame', layer: 1 });
      await camera.show();
      keys.push(stage.encoders.map((encoder) => encoder.put().key));
    }
    expect(keys).toEqual([[true, true], [false, false], [false, true], [false, false]]);
  });

  it('changes its bits without a key frame and its size with one', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.picture.use(camera.track);
    const keys: boolean[] = [];
    for (const order of [LARGE, { ...LARGE, bitrate_bps: 300_000 }, { ...LARGE, long_side: 480 }]) {
      stage.order(order);
      await camera.show();
      keys.push(stage.encoders[0]?.put().key ?? false);
    }
    expect(keys).toEqual([true, false, true]);
    expect(stage.encoders).toHaveLength(1);
  });

  it('leaves pictures out rather than queue them: at a slow coder, and at a slow socket', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE);
    stage.picture.use(camera.track);
    for (let time = 0; time < 6; time += 1) await camera.show();
    const [begin, next] = stage.stamped.map(({ timestamp }) => timestamp);
    expect(stage.encoders[0]?.pending.map(({ timestamp }) => timestamp)).toEqual([begin, next]);
    stage.encoders[0]?.put();
    stage.encoders[0]?.put();
    stage.sockets.newest.bufferedAmount = 600_000;
    await camera.show();
    expect(stage.encoders[0]?.pending).toEqual([]);
    stage.sockets.newest.bufferedAmount = 0;
    await camera.show();
    expect(stage.encoders[0]?.pending.map(({ timestamp }) => timestamp)).toEqual([stage.stamped.at(-1)?.timestamp]);
    expect(camera.frames.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('goes on with another camera: the first is stopped, time does not go back, a key frame comes first', async () => {
    const [first, second] = [new FakeCamera(), new FakeCamera()];
    const stage = new Stage([first, second]);
    stage.order(LARGE);
    stage.picture.use(first.track);
    await first.show(new FakeFrame(90_000_000));
    stage.encoders[0]?.put();
    await vi.advanceTimersByTimeAsync(100);
    stage.picture.use(second.track);
    expect(first.isStopped).toBe(true);
    await second.show(new FakeFrame(5));
    expect(stage.encoders.at(-1)?.put().key).toBe(true);
    const [before, after] = stage.sent.map((header) => header?.timestampUs ?? -1);
    expect((after ?? 0) - (before ?? 0)).toBeGreaterThan(100_000);
    stage.picture.use(null);
    expect(second.isStopped).toBe(true);
  });

  it('tells how the camera is held, and how long coding took', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE);
    stage.picture.use(camera.track);
    await camera.show(new FakeFrame(0, 1280, 720, 270));
    vi.advanceTimersByTime(12);
    stage.encoders[0]?.put();
    expect(stage.sent[0]).toMatchObject({ quarterTurns: 3, costUs: 12_000, width: 640, height: 360 });
  });

  it('says that the coder is missing, and is tried anew by the next order', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    FakeEncoder.isMissing = true;
    stage.order(LARGE);
    stage.picture.use(camera.track);
    for (let time = 0; time < 5; time += 1) await camera.show();
    expect(stage.problems).toEqual(['codec-missing']);
    FakeEncoder.isMissing = false;
    stage.order();
    stage.order(LARGE);
    await camera.show();
    await camera.show();
    stage.encoders.at(-1)?.put();
    expect(stage.problems.at(-1)).toBeNull();
  });

  it('goes on when the coder swallows pictures', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE);
    stage.picture.use(camera.track);
    for (let time = 0; time < 3; time += 1) await camera.show();
    const [encoder] = stage.encoders;
    encoder?.pending.splice(0);
    await camera.show();
    expect(encoder?.pending).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    await camera.show();
    expect(encoder?.pending).toHaveLength(1);
    // One that came back tells that those before it will not.
    await camera.show();
    encoder?.pending.shift();
    encoder?.put();
    await camera.show();
    await camera.show();
    expect(encoder?.pending).toHaveLength(2);
  });

  it('begins anew when a coder breaks once', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE);
    stage.picture.use(camera.track);
    await camera.show();
    stage.encoders[0]?.break();
    await camera.show();
    expect(stage.encoders).toHaveLength(2);
    expect(stage.encoders[1]?.put().key).toBe(true);
    expect(stage.problems).toEqual([null]);
  });

  it('rests when the engine is gone, and follows the orders of the next socket', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE);
    stage.picture.use(camera.track);
    await camera.show();
    stage.sockets.newest.break();
    await camera.show();
    expect(await camera.show()).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    stage.sockets.newest.accept();
    stage.order(LARGE);
    await camera.show();
    expect(stage.encoders.at(-1)?.put().key).toBe(true);
    expect(stage.sent).toHaveLength(1);
  });

  it('comes of a source without a clock as well, such as a canvas', async () => {
    const camera = new FakeCamera();
    const stage = new Stage([camera]);
    stage.order(LARGE);
    stage.picture.use(camera.track);
    for (let time = 0; time < 5; time += 1) {
      await camera.show(new FakeFrame(-(2 ** 63)));
      stage.encoders[0]?.put();
    }
    const times = stage.sent.map((header) => header?.timestampUs ?? -1);
    expect(times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 1000))).toEqual([33, 33, 33, 33]);
  });

  it('fits into the ordered box, is even, and never grows', () => {
    expect(fitInto(640, 1280, 720)).toEqual({ width: 640, height: 360 });
    expect(fitInto(640, 720, 1280)).toEqual({ width: 360, height: 640 });
    expect(fitInto(1280, 640, 480)).toEqual({ width: 640, height: 480 });
    expect(fitInto(320, 641, 479)).toEqual({ width: 320, height: 240 });
    expect(fitInto(2, 4000, 3)).toEqual({ width: 2, height: 2 });
  });
});
