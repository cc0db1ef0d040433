import { describe, expect, it } from 'vitest';

import { LevelWatch } from './LevelWatch';
import { PictureDesk } from './PictureDesk';
import { SharedTrack } from './SharedTrack';
import { ADDRESS } from './testing/FakeSockets';
import type { DisplayTells, DisplayTold } from './workers/display.worker';

class FakeWorker {
  onmessage: ((event: MessageEvent<DisplayTells>) => void) | null = null;
  readonly told: DisplayTold[] = [];

  postMessage(message: DisplayTold): void {
    this.told.push(message);
  }

  say(data: DisplayTells): void {
    this.onmessage?.({ data } as MessageEvent<DisplayTells>);
  }
}

/** Lets itself be handed over once only, as a real one. */
class OnceCanvas {
  #isHanded = false;

  transferControlToOffscreen(): object {
    if (this.#isHanded) throw new DOMException('handed over already', 'InvalidStateError');
    this.#isHanded = true;
    return {};
  }

  get canvas(): HTMLCanvasElement {
    return this as unknown as HTMLCanvasElement;
  }
}

describe('canvases', () => {
  it('can be attached, detached and attached again', () => {
    const worker = new FakeWorker();
    const desk = new PictureDesk(ADDRESS, worker);
    const { canvas } = new OnceCanvas();
    const sizes: number[] = [];
    desk.play(1, () => undefined);
    const detach = desk.attach(1, canvas, ({ width }) => sizes.push(width));
    worker.say({ type: 'pictured', surface: 1, width: 640, height: 360 });
    detach();
    worker.say({ type: 'pictured', surface: 1, width: 1, height: 1 });
    desk.attach(2, canvas, ({ width }) => sizes.push(width * 10));
    // Too late: the canvas is another's.
    detach();
    worker.say({ type: 'pictured', surface: 1, width: 320, height: 180 });
    expect(sizes).toEqual([640, 3_200]);
    expect(worker.told.map(({ type }) => type)).toEqual(['open', 'play', 'keep', 'attach', 'detach', 'attach']);
  });

  it('show the own track, by a copy that the worker stops', () => {
    const worker = new FakeWorker();
    const desk = new PictureDesk(ADDRESS, worker);
    const copy = {} as MediaStreamTrack;
    const track = { clone: () => copy } as MediaStreamTrack;
    const drawn = desk.showOwn(track);
    const sizes: number[] = [];
    const detach = drawn?.attach(new OnceCanvas().canvas, ({ width }) => sizes.push(width));
    worker.say({ type: 'pictured', surface: 1, width: 480, height: 360 });
    detach?.();
    expect(desk.showOwn(null)).toBeNull();
    expect(sizes).toEqual([480]);
    expect(worker.told.slice(1)).toEqual([
      { type: 'own', track: copy },
      { type: 'keep', surface: 1, canvas: {} },
      { type: 'attach', picture: 'own', surface: 1 },
      { type: 'detach', picture: 'own', surface: 1 },
      { type: 'own', track: null },
    ]);
  });

  it('hear of the trouble of their connection while it lives', () => {
    const worker = new FakeWorker();
    const desk = new PictureDesk(ADDRESS, worker);
    const problems: (string | null)[] = [];
    desk.play(1, (problem) => problems.push(problem));
    worker.say({ type: 'problem', connection: 1, problem: 'codec-missing' });
    desk.close(1);
    desk.close(1);
    worker.say({ type: 'problem', connection: 1, problem: null });
    expect(problems).toEqual(['codec-missing']);
    expect(worker.told.filter(({ type }) => type === 'close')).toHaveLength(1);
  });
});

describe('an own track', () => {
  it('is captured once, whoever many send it, until the last one stops', () => {
    const changes: (string | null)[] = [];
    const shared = new SharedTrack((track) => changes.push(track?.id ?? null));
    const track = (id: string, enabled = true) => ({ id, enabled }) as MediaStreamTrack;
    const [one, two] = [{}, {}];
    const first = track('first');
    shared.use(one, first);
    shared.use(two, first);
    shared.use(one, null);
    expect(changes).toEqual(['first']);
    const second = track('second');
    shared.use(two, second);
    shared.use(one, second);
    shared.use(one, null);
    shared.use(two, null);
    expect(changes).toEqual(['first', 'second', null]);
  });

  it('rests while it is disabled', () => {
    const changes: boolean[] = [];
    const shared = new SharedTrack((track) => changes.push(track !== null));
    const track = { enabled: true } as MediaStreamTrack;
    const [one, two] = [{}, {}];
    shared.use(one, track);
    shared.use(two, track);
    track.enabled = false;
    shared.use(one, track);
    shared.use(two, track);
    track.enabled = true;
    shared.use(one, track);
    expect(changes).toEqual([true, false, true]);
  });
});

describe('a level', () => {
  it('is told at once and when it changes, between silence and full', () => {
    const levels: number[] = [];
    const watch = new LevelWatch();
    watch.heard(30);
    const stop = watch.watch((level) => levels.push(level));
    for (const db of [30, 0, 127, null]) watch.heard(db);
    stop();
    watch.heard(0);
    expect(levels).toEqual([0.5, 1, 0]);
  });
});
