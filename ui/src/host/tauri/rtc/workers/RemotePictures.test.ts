import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { PICTURE_HEADER_BYTES, writePictureHeader } from '../PictureHeader';
import { FakeCanvas, FakeChunk, FakeDecoder, FakeImage } from '../testing/FakeCodecs';
import { ADDRESS, FakeSockets } from '../testing/FakeSockets';
import type { RemotePicture } from './RemotePicture';
import { RemotePictures } from './RemotePictures';
import { Surfaces } from './Surfaces';

const decoders: FakeDecoder[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  decoders.length = 0;
  vi.stubGlobal('EncodedVideoChunk', FakeChunk);
  vi.stubGlobal(
    'VideoDecoder',
    class extends FakeDecoder {
      constructor(init: never) {
        super(init);
        decoders.push(this);
      }
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

class Stage {
  readonly sockets = new FakeSockets();
  readonly pictured: [number, number, number][] = [];
  readonly problems: [number, string | null][] = [];
  readonly waiting: (() => void)[] = [];
  readonly surfaces = new Surfaces((surface, width, height) => void this.pictured.push([surface, width, height]));
  readonly pictures = new RemotePictures(
    ADDRESS,
    (connection, problem) => void this.problems.push([connection, problem]),
    (act) => void this.waiting.push(act),
    this.sockets.open,
  );

  constructor() {
    this.sockets.newest.accept();
  }

  show(connection: number, timestampUs: number, { key = false, quarterTurns = 0, width = 640, height = 360 } = {}): void {
    const message = new ArrayBuffer(PICTURE_HEADER_BYTES + 1);
    writePictureHeader(message, { key, layer: 0, quarterTurns, connection, timestampUs, width, height, costUs: 0 });
    this.sockets.newest.say(message);
  }

  /** What is queued already is done. */
  async turn(): Promise<void> {
    for (const act of this.waiting.splice(0)) act();
    await vi.advanceTimersByTimeAsync(0);
  }

  attach(connection: number, surface: number): void {
    this.surfaces.attach(this.picture(connection), surface);
  }

  detach(connection: number, surface: number): void {
    this.surfaces.detach(this.picture(connection), surface);
  }

  picture(connection: number): RemotePicture {
    const picture = this.pictures.of(connection);
    if (picture === null) throw new Error('it does not play');
    return picture;
  }

  canvas(surface: number): FakeCanvas {
    const canvas = new FakeCanvas();
    this.surfaces.keep(surface, canvas.canvas);
    return canvas;
  }

  get reports(): Record<string, unknown>[] {
    return this.sockets.newest.requests;
  }
}

describe("others' pictures", () => {
  it('are decoded only of connections that play', () => {
    const stage = new Stage();
    stage.show(1, 0, { key: true });
    expect(decoders).toEqual([]);
    stage.pictures.play(1);
    stage.show(1, 0, { key: true });
    stage.show(2, 0, { key: true });
    expect(decoders).toHaveLength(1);
    stage.pictures.close(1);
    stage.show(1, 1);
    expect([decoders.length, decoders[0]?.state]).toEqual([1, 'closed']);
  });

  it('are drawn in their size, and the newest only when several come at once', async () => {
    const stage = new Stage();
    const canvas = stage.canvas(5);
    stage.pictures.play(1);
    stage.attach(1, 5);
    for (let at = 0; at < 3; at += 1) stage.show(1, at, { key: at === 0 });
    decoders[0]?.put(3);
    await stage.turn();
    expect([canvas.drawn, canvas.width, canvas.height]).toEqual([[2], 640, 360]);
    expect(stage.pictured).toEqual([[5, 640, 360]]);
    expect(decoders[0]?.frames.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
    vi.advanceTimersByTime(1_000);
    expect(stage.reports).toEqual([{ type: 'shown', connection: 1, decoded: 3, drawn: 1, dropped: 2, cost_us: expect.any(Number) as number }]);
  });

  it('stand upright', async () => {
    const stage = new Stage();
    const canvas = stage.canvas(5);
    stage.pictures.play(1);
    stage.attach(1, 5);
    stage.show(1, 0, { key: true, quarterTurns: 1 });
    decoders[0]?.put();
    await stage.turn();
    expect([canvas.width, canvas.height, canvas.turns]).toEqual([360, 640, [1]]);
  });

  it('go on in a canvas that was away, with the last one at once and the same decoder', async () => {
    const stage = new Stage();
    const canvas = stage.canvas(5);
    stage.pictures.play(1);
    stage.attach(1, 5);
    stage.show(1, 0, { key: true });
    decoders[0]?.put();
    await stage.turn();
    stage.detach(1, 5);
    stage.show(1, 1);
    decoders[0]?.put();
    await stage.turn();
    expect(canvas.drawn).toEqual([0]);
    stage.attach(1, 5);
    await stage.turn();
    expect(canvas.drawn).toEqual([0, 1]);
    expect([stage.pictured.length, decoders.length]).toEqual([2, 1]);
    // A late word about the old place takes nothing away from the new one.
    const other = stage.canvas(6);
    stage.attach(1, 6);
    stage.detach(1, 5);
    await stage.turn();
    expect(other.drawn).toEqual([1]);
  });

  it('are converted here where their bytes can be had, and let the platform convert what else there is', async () => {
    vi.stubGlobal('ImageData', FakeImage);
    const stage = new Stage();
    const canvas = stage.canvas(5);
    stage.pictures.play(1);
    stage.attach(1, 5);
    for (let at = 0; at < 2; at += 1) stage.show(1, at, { key: at === 0, quarterTurns: at });
    decoders[0]?.put(1, 4, 2, 'I420');
    await stage.turn();
    expect([canvas.put, canvas.drawn, canvas.width, canvas.height]).toEqual([['4x2'], [], 4, 2]);
    decoders[0]?.put(1, 4, 2, 'I420');
    await stage.turn();
    expect([canvas.put, canvas.width, canvas.height]).toEqual([['4x2', '2x4'], 2, 4]);
    stage.show(1, 2);
    decoders[0]?.put(1, 4, 2, 'P010');
    await stage.turn();
    expect(canvas.drawn).toEqual([2]);
  });

  it('follow to another canvas while one of them is read', async () => {
    vi.stubGlobal('ImageData', FakeImage);
    const stage = new Stage();
    const [before, after] = [stage.canvas(5), stage.canvas(6)];
    stage.pictures.play(1);
    stage.attach(1, 5);
    stage.show(1, 0, { key: true });
    decoders[0]?.put(1, 4, 2, 'I420');
    const turn = stage.turn();
    stage.attach(1, 6);
    await turn;
    await stage.turn();
    expect([before.put, after.put]).toEqual([[], ['4x2']]);
  });

  it('go on when one of them cannot be read', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.stubGlobal('ImageData', FakeImage);
    const stage = new Stage();
    const canvas = stage.canvas(5);
    stage.pictures.play(1);
    stage.attach(1, 5);
    for (let at = 0; at < 2; at += 1) stage.show(1, at, { key: at === 0 });
    decoders[0]?.put(1, 4, 2, 'I420');
    decoders[0]?.frames[0]?.close();
    await stage.turn();
    decoders[0]?.put(1, 4, 2, 'I420');
    await stage.turn();
    expect(canvas.put).toEqual(['4x2']);
  });

  it('have a decoder of their own for each size, since one may not say when it changes', () => {
    const stage = new Stage();
    stage.pictures.play(1);
    stage.show(1, 0, { key: true });
    stage.show(1, 1, { key: true });
    expect(decoders).toHaveLength(1);
    stage.show(1, 2, { key: true, width: 320, height: 180 });
    stage.show(1, 3, { width: 320, height: 180 });
    expect(decoders.map(({ state, pending }) => [state, pending.length])).toEqual([
      ['closed', 2],
      ['configured', 2],
    ]);
    expect(stage.reports).toEqual([]);
  });

  it('ask for a key frame instead of decoding what has lost its beginning, but not at every picture', () => {
    const stage = new Stage();
    stage.pictures.play(1);
    for (let at = 0; at < 5; at += 1) stage.show(1, at);
    expect(stage.reports).toEqual([{ type: 'key-frame-needed', connection: 1 }]);
    expect(decoders).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(stage.reports.at(-1)).toMatchObject({ type: 'shown', decoded: 0, dropped: 5 });
    stage.show(1, 9);
    expect(stage.reports.at(-1)).toEqual({ type: 'key-frame-needed', connection: 1 });
  });

  it('begin anew when the decoder breaks, and say so when it breaks again and again', () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const stage = new Stage();
    stage.pictures.play(1);
    for (let time = 0; time < 3; time += 1) {
      stage.show(1, time, { key: true });
      decoders.at(-1)?.break();
    }
    expect(decoders).toHaveLength(3);
    expect(stage.problems).toEqual([[1, 'codec-missing']]);
    stage.show(1, 9, { key: true });
    decoders.at(-1)?.put();
    expect(stage.problems.at(-1)).toEqual([1, null]);
  });

  it('do not pile up before a decoder that is too slow', () => {
    const stage = new Stage();
    stage.pictures.play(1);
    for (let at = 0; at < 40; at += 1) stage.show(1, at, { key: at === 0 });
    expect(decoders[0]?.state).toBe('closed');
    expect(decoders).toHaveLength(1);
    expect(stage.reports).toContainEqual({ type: 'key-frame-needed', connection: 1 });
    stage.show(1, 50, { key: true });
    expect(decoders).toHaveLength(2);
  });

  it('leave nothing open when they end', () => {
    const stage = new Stage();
    stage.pictures.play(1);
    stage.show(1, 0, { key: true });
    decoders[0]?.put();
    stage.pictures.close(1);
    expect(decoders[0]?.frames.every(({ isClosed }) => isClosed)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
