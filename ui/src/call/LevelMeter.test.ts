import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LevelMeter, levelOfSamples } from './LevelMeter';
import { FakeStream, FakeTrack } from './testing/FakeCaptureDevices';

/** Frames that the test draws, and gestures it makes. */
let frames: Map<number, () => void>;
let contexts: FakeContext[];
const gestures = new EventTarget();

class FakeContext {
  state: AudioContextState = 'suspended';
  /** Loudest sample of every analyser. */
  amplitude = 0.5;
  sources = 0;
  isGestureMade = false;

  constructor() {
    contexts.push(this);
  }

  createMediaStreamSource(): { connect: () => void; disconnect: () => void } {
    this.sources += 1;
    return { connect: () => undefined, disconnect: () => (this.sources -= 1) };
  }

  createAnalyser() {
    return { fftSize: 0, disconnect: () => undefined, getFloatTimeDomainData: (samples: Float32Array) => samples.fill(this.amplitude) };
  }

  resume(): Promise<void> {
    if (!this.isGestureMade) return Promise.reject(new DOMException('no gesture', 'NotAllowedError'));
    this.state = 'running';
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.state = 'closed';
    return Promise.resolve();
  }
}

beforeEach(() => {
  frames = new Map();
  contexts = [];
  let number = 0;
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => {
    frames.set((number += 1), draw);
    return number;
  });
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => frames.delete(frame));
  vi.stubGlobal('addEventListener', gestures.addEventListener.bind(gestures));
  vi.stubGlobal('removeEventListener', gestures.removeEventListener.bind(gestures));
});
afterEach(() => vi.unstubAllGlobals());

function draw(): void {
  const due = [...frames.values()];
  frames.clear();
  for (const frame of due) frame();
}

function heard(track: FakeTrack | null): { readonly meter: LevelMeter; readonly levels: number[]; readonly stop: () => void } {
  const meter = new LevelMeter();
  meter.attach(track as unknown as MediaStreamTrack | null);
  const levels: number[] = [];
  return { meter, levels, stop: meter.watch((level) => levels.push(level)) };
}

describe('the level meter', () => {
  it('costs nothing until somebody watches, and nothing after', () => {
    const meter = new LevelMeter();
    meter.attach(new FakeTrack('audio', 'mic') as unknown as MediaStreamTrack);
    expect(contexts).toEqual([]);
    const stop = meter.watch(() => undefined);
    expect(contexts).toHaveLength(1);
    stop();
    expect([contexts[0]?.state, contexts[0]?.sources, frames.size]).toEqual(['closed', 0, 0]);
  });

  it('shares one context among all that are watched', () => {
    const all = Array.from({ length: 15 }, () => heard(new FakeTrack('audio', 'mic')));
    expect(contexts).toHaveLength(1);
    draw();
    expect(all.map(({ levels }) => levels.length)).toEqual(all.map(() => 1));
    for (const { stop } of all.slice(1)) stop();
    expect(contexts[0]?.state).not.toBe('closed');
    all[0]?.stop();
    expect(contexts[0]?.state).toBe('closed');
  });

  it('listens to the next microphone when it was changed, and says silence without one', () => {
    const { meter, levels, stop } = heard(new FakeTrack('audio', 'mic-1'));
    draw();
    expect(levels.at(-1)).toBeGreaterThan(0.5);
    meter.attach(new FakeTrack('audio', 'mic-2') as unknown as MediaStreamTrack);
    expect(contexts.at(-1)?.sources).toBe(1);
    meter.attach(null);
    expect(levels.at(-1)).toBe(0);
    expect(frames.size).toBe(0);
    stop();
  });

  it('is woken by the first gesture where sound sleeps before', async () => {
    const { stop } = heard(new FakeTrack('audio', 'mic'));
    const [context] = contexts;
    expect(context?.state).toBe('suspended');
    if (context !== undefined) context.isGestureMade = true;
    gestures.dispatchEvent(new Event('pointerdown'));
    await Promise.resolve();
    expect(context?.state).toBe('running');
    stop();
  });

  it('is 0 in silence, 1 at full scale, and a third for a quiet voice', () => {
    expect(levelOfSamples(new Float32Array(128))).toBe(0);
    expect(levelOfSamples(new Float32Array(128).fill(1))).toBe(1);
    expect(levelOfSamples(new Float32Array(128).fill(0.01))).toBeCloseTo(1 / 3, 2);
    expect(levelOfSamples(new Float32Array(0))).toBe(0);
  });
});
