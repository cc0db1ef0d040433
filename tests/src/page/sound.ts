// Runs in the page under test: listens to what the page plays, and finds tones in it.
//
// Two ways a page can play others: through elements with a stream, which are listened to by their stream; or through an
// AudioContext, which is listened to where it meets its destination.
import { BURST_PERIOD_MS } from './source';

/** What was heard since listening began. */
export interface Heard {
  /** Strongest frequencies, loudest first. */
  readonly tones: readonly { readonly hz: number; readonly db: number }[];
  /** Longest time in which nothing was heard above `FLOOR_DB`, the time since the last sound included. */
  readonly longestSilenceMs: number;
  readonly listenedMs: number;
  /** How often it was loud. */
  readonly moments: number;
  /** `Date.now()` when it was loud last; null if never. */
  readonly lastLoudAtMs: number | null;
  /** `Date.now()` in the middle of a burst of the tone, but for whole periods: mean over all that was heard. Null in silence. */
  readonly burstMiddleAtMs: number | null;
}

const FFT = 8192;
const SAMPLE_MS = 50;
/** Well above what an empty line carries. */
const FLOOR_DB = -70;
/** A peak is the highest within so many bins. */
const NEIGHBOURHOOD = 8;
const TONES = 12;

const taps = new Map<AudioNode | MediaStream, AnalyserNode>();
let own: AudioContext | null = null;

/** Begins to note what meets the destination of an AudioContext. Before the page makes one. */
export function tapDestinations(): void {
  const connect = AudioNode.prototype.connect as (this: AudioNode, ...words: unknown[]) => AudioNode;
  AudioNode.prototype.connect = function (this: AudioNode, ...words: unknown[]): AudioNode {
    if (words[0] instanceof AudioDestinationNode && !taps.has(this)) {
      const analyser = analyserOf(this.context);
      connect.call(this, analyser);
      taps.set(this, analyser);
    }
    return connect.call(this, ...words);
  };
}

function analyserOf(context: BaseAudioContext): AnalyserNode {
  const analyser = context.createAnalyser();
  analyser.fftSize = FFT;
  analyser.smoothingTimeConstant = 0;
  return analyser;
}

/** Elements come and go; each stream that sounds is tapped once. */
function tapElements(): void {
  for (const element of document.querySelectorAll<HTMLMediaElement>('[data-testid=tile] video, [data-testid=tile] audio, audio')) {
    const stream = element.srcObject;
    if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0 || taps.has(stream)) continue;
    own ??= new AudioContext({ sampleRate: 48_000 });
    void own.resume();
    const analyser = analyserOf(own);
    own.createMediaStreamSource(stream).connect(analyser);
    taps.set(stream, analyser);
  }
}

class Listening {
  readonly began = performance.now();
  readonly peaks = new Float32Array(FFT / 2).fill(-200);
  rateHz = 48_000;
  moments = 0;
  lastLoudAt = this.began;
  longestSilenceMs = 0;
  lastLoudAtMs: number | null = null;
  readonly timer = setInterval(() => this.sample(), SAMPLE_MS);
  /** Power of the sound as a function of the time within a burst's period: its first harmonic. */
  private real = 0;
  private imaginary = 0;
  private readonly until = new WeakMap<AnalyserNode, number>();

  /** Adds what an analyser heard since it was asked last. */
  private addBursts(analyser: AnalyserNode): void {
    const { currentTime, sampleRate } = analyser.context;
    const nowMs = Date.now();
    const fresh = Math.min(FFT, Math.round((currentTime - (this.until.get(analyser) ?? currentTime)) * sampleRate));
    this.until.set(analyser, currentTime);
    const samples = new Float32Array(FFT);
    analyser.getFloatTimeDomainData(samples);
    for (let index = FFT - fresh; index < FFT; index += 1) {
      const power = (samples[index] ?? 0) ** 2;
      const angle = (2 * Math.PI * (nowMs - ((FFT - index) * 1000) / sampleRate)) / BURST_PERIOD_MS;
      this.real += power * Math.cos(angle);
      this.imaginary += power * Math.sin(angle);
    }
  }

  private get burstMiddleAtMs(): number | null {
    if (this.real === 0 && this.imaginary === 0) return null;
    return (Math.atan2(this.imaginary, this.real) / (2 * Math.PI)) * BURST_PERIOD_MS;
  }

  sample(): void {
    tapElements();
    const spectrum = new Float32Array(FFT / 2);
    let loudest = -200;
    for (const [source, analyser] of taps) {
      // What has ended is let go, so that whoever counts what is held finds only what the page holds.
      if (source instanceof MediaStream ? !source.active : source.context.state === 'closed') {
        analyser.disconnect();
        taps.delete(source);
        continue;
      }
      this.rateHz = analyser.context.sampleRate;
      this.addBursts(analyser);
      analyser.getFloatFrequencyData(spectrum);
      for (let bin = 4; bin < spectrum.length; bin += 1) {
        const db = spectrum[bin] ?? -200;
        if (db > (this.peaks[bin] ?? -200)) this.peaks[bin] = db;
        if (db > loudest) loudest = db;
      }
    }
    const now = performance.now();
    if (loudest > FLOOR_DB) {
      this.longestSilenceMs = Math.max(this.longestSilenceMs, now - this.lastLoudAt);
      this.lastLoudAt = now;
      this.lastLoudAtMs = Date.now();
      this.moments += 1;
    }
  }

  summary(): Heard {
    const tones: { hz: number; db: number }[] = [];
    for (let bin = NEIGHBOURHOOD; bin < this.peaks.length - NEIGHBOURHOOD; bin += 1) {
      const db = this.peaks[bin] ?? -200;
      const around = this.peaks.subarray(bin - NEIGHBOURHOOD, bin + NEIGHBOURHOOD + 1);
      if (db > FLOOR_DB && db === Math.max(...around)) tones.push({ hz: Math.round((bin * this.rateHz) / FFT), db: Math.round(db) });
    }
    const now = performance.now();
    return {
      tones: tones.sort((one, other) => other.db - one.db).slice(0, TONES),
      longestSilenceMs: Math.max(this.longestSilenceMs, now - this.lastLoudAt),
      listenedMs: now - this.began,
      moments: this.moments,
      lastLoudAtMs: this.lastLoudAtMs,
      burstMiddleAtMs: this.burstMiddleAtMs,
    };
  }
}

let listening: Listening | null = null;

/** Begins to listen, anew. */
export function listen(): void {
  if (listening !== null) clearInterval(listening.timer);
  listening = new Listening();
  listening.sample();
}

/** What was heard so far. */
export function heard(): Heard {
  if (listening === null) throw new Error('nobody listens');
  return listening.summary();
}

/** Ends listening. */
export function stopListening(): void {
  if (listening !== null) clearInterval(listening.timer);
  listening = null;
}

/** States of the page's AudioContexts that play, for a failure's message. */
export function soundState(): string[] {
  return [...taps.values()].map((analyser) => `${analyser.context.state} ${analyser.context.sampleRate}`);
}
