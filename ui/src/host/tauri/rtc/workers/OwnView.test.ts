import { describe, expect, it } from 'vitest';

import { FakeCanvas, FakeFrame } from '../testing/FakeCodecs';
import type { FrameReader } from './FrameLoop';
import { OwnView } from './OwnView';
import { Surfaces } from './Surfaces';

class FakeTrack {
  isStopped = false;
  isRead = false;
  #give: ((result: ReadableStreamReadResult<VideoFrame>) => void) | null = null;

  get track(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }

  stop(): void {
    this.isStopped = true;
  }

  reader(): FrameReader {
    this.isRead = true;
    return {
      read: () => new Promise((resolve) => (this.#give = resolve)),
      cancel: () => {
        this.isRead = false;
        return Promise.resolve();
      },
    };
  }

  async show(frame: FakeFrame): Promise<void> {
    this.#give?.({ value: frame.frame, done: false });
    await new Promise(setImmediate);
  }
}

class Stage {
  readonly view = new OwnView(
    (act) => act(),
    (track) => (track as unknown as FakeTrack).reader(),
  );
  readonly surfaces = new Surfaces(() => undefined);
  readonly canvas = new FakeCanvas();

  constructor() {
    this.surfaces.keep(1, this.canvas.canvas);
  }
}

describe('the own picture', () => {
  it('is read only while there is a canvas to see it in', async () => {
    const { view, surfaces, canvas } = new Stage();
    const camera = new FakeTrack();
    view.use(camera.track);
    expect(camera.isRead).toBe(false);
    surfaces.attach(view, 1);
    expect(camera.isRead).toBe(true);
    const frame = new FakeFrame(7);
    await camera.show(frame);
    for (const at of [8, 9]) await camera.show(new FakeFrame(at));
    expect([canvas.drawn, frame.isClosed]).toEqual([[7, 9], true]);
    surfaces.detach(view, 1);
    expect([camera.isRead, camera.isStopped]).toEqual([false, false]);
  });

  it('follows another track, and lets the one before go', async () => {
    const { view, surfaces, canvas } = new Stage();
    const [camera, screen] = [new FakeTrack(), new FakeTrack()];
    view.use(camera.track);
    surfaces.attach(view, 1);
    view.use(screen.track);
    expect([camera.isStopped, camera.isRead, screen.isRead]).toEqual([true, false, true]);
    for (const at of [9, 10]) await screen.show(new FakeFrame(at));
    expect(canvas.drawn).toEqual([9]);
    view.use(null);
    expect([screen.isStopped, screen.isRead]).toEqual([true, false]);
  });

  it('is drawn no more into a canvas that has left the page', async () => {
    const { view, surfaces, canvas } = new Stage();
    const camera = new FakeTrack();
    view.use(camera.track);
    surfaces.attach(view, 1);
    surfaces.forget(1);
    expect(camera.isRead).toBe(false);
    surfaces.attach(view, 1);
    await camera.show(new FakeFrame(1));
    expect(canvas.drawn).toEqual([]);
  });
});
