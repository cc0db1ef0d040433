// How loud a track is, for a meter.
//
// Promises: costs nothing while nobody watches, and one audio context however many are watched; a level is between 0 (silence)
// and 1, on a scale of loudness rather than amplitude, so that quiet speech moves the meter. Left to others: drawing it.

/** Quietest level shown, in dB below full scale: about a quiet room. */
const FLOOR_DB = -60;

export class LevelMeter {
  #track: MediaStreamTrack | null = null;
  readonly #listeners = new Set<(level: number) => void>();
  #stop: (() => void) | null = null;

  /** Which track to listen to; null for silence. */
  attach(track: MediaStreamTrack | null): void {
    if (track === this.#track) return;
    this.#track = track;
    this.#restart();
  }

  /** Calls `listener` with the level, once a drawn frame; returns how to stop. */
  watch(listener: (level: number) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#restart();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#restart();
    };
  }

  #restart(): void {
    this.#stop?.();
    this.#stop = null;
    if (this.#listeners.size === 0) return;
    if (this.#track === null) {
      this.#tell(0);
      return;
    }
    const context = takeContext();
    const source = context.createMediaStreamSource(new MediaStream([this.#track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let frame = 0;
    const sample = (): void => {
      analyser.getFloatTimeDomainData(samples);
      this.#tell(levelOfSamples(samples));
      frame = requestAnimationFrame(sample);
    };
    frame = requestAnimationFrame(sample);
    this.#stop = () => {
      cancelAnimationFrame(frame);
      source.disconnect();
      analyser.disconnect();
      giveContextBack();
    };
  }

  #tell(level: number): void {
    for (const listener of this.#listeners) listener(level);
  }
}

/** Contexts are few and each has a thread, so all meters of the page share one. */
let shared: { readonly context: AudioContext; readonly stopWaking: () => void } | null = null;
let users = 0;

function takeContext(): AudioContext {
  users += 1;
  if (shared === null) {
    const context = new AudioContext();
    shared = { context, stopWaking: wakeByGesture(context) };
  }
  return shared.context;
}

function giveContextBack(): void {
  users -= 1;
  if (users > 0 || shared === null) return;
  shared.stopWaking();
  shared.context.close().catch(() => undefined);
  shared = null;
}

/** Before the first gesture on a page browsers keep sound asleep, and some put it to sleep again during a phone call. */
function wakeByGesture(context: AudioContext): () => void {
  const wake = (): void => {
    // Refused without a gesture; then the next one tries again.
    if (context.state !== 'running') context.resume().catch(() => undefined);
  };
  const kinds = ['pointerdown', 'keydown'] as const;
  for (const kind of kinds) addEventListener(kind, wake, { capture: true, passive: true });
  wake();
  return () => {
    for (const kind of kinds) removeEventListener(kind, wake, { capture: true });
  };
}

/** Root mean square on a scale of decibels, 0 … 1. */
export function levelOfSamples(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
