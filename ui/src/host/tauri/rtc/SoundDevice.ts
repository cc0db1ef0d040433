// The page's sound device: one microphone in, one loudspeaker out, for all connections.
//
// Promises: the device is open only while something is captured or played; a muted microphone is silent at once. PCM passes
// in memory that worklets and sound worker share, never through here. What a platform holds of microphones that were captured it holds no longer
// than a stay. Left to others: echo, codecs, mixing (the engine).
import type { MediaPortAddress } from '../../../protocol/MediaPortAddress';
import { SOUND_RATE_HZ } from './portLimits';
import { SoundMemory } from './SoundMemory';
import type { SoundTold } from './workers/sound.worker';
import type { WorkletOptions, WorkletTold } from './worklets/sound.worklet';
import workletUrl from './worklets/sound.worklet.ts?worker&url';

/** Something the user did, which is what a platform may want before it lets sound out. */
const GESTURES = ['pointerdown', 'keydown'] as const;

export class SoundDevice {
  readonly #worker: Worker;
  #context: AudioContext | null = null;
  #worklets: readonly AudioWorkletNode[] = [];
  #ready: Promise<AudioWorkletNode> | null = null;
  #captured: MediaStreamTrack | null = null;
  /** What of which track is connected. It stays so through a mute: WebKit holds what it made of a track, and fills it, until the context ends. */
  #source: { readonly track: MediaStreamTrack; readonly node: MediaStreamAudioSourceNode } | null = null;
  readonly #players = new Set<object>();
  /** Where sound waits for a gesture, any will do. Later ones find it running. */
  readonly #wake = (): void => this.#openOrClose();

  constructor(private readonly address: MediaPortAddress) {
    this.#worker = new Worker(new URL('./workers/sound.worker.ts', import.meta.url), { type: 'module' });
  }

  /** Captures this track from now on; null for nothing. */
  capture(track: MediaStreamTrack | null): void {
    this.#captured = track;
    // First of all, so that what the worklet still has on its way is not sent.
    if (track === null) this.#tell({ type: 'silence' });
    this.#openOrClose();
    if (track === null) return;
    this.#connect(track).catch((error: unknown) => {
      if (track === this.#captured) console.error('the microphone cannot be captured', error);
    });
  }

  /** `user` plays others' sound. */
  play(user: object): void {
    this.#players.add(user);
    this.#openOrClose();
  }

  /** `user` plays no more. */
  stop(user: object): void {
    this.#players.delete(user);
    this.#openOrClose();
  }

  async #connect(track: MediaStreamTrack): Promise<void> {
    const [context, microphone] = [this.#context, await this.#ready];
    // Another may have taken its place while the worklets were loaded.
    if (context === null || context !== this.#context || microphone === null) return;
    if (track !== this.#captured) return;
    if (this.#source?.track !== track) {
      this.#source?.node.disconnect();
      const node = context.createMediaStreamSource(new MediaStream([track]));
      node.connect(microphone);
      this.#source = { track, node };
    }
    this.#tell({ type: 'capture' });
  }

  #openOrClose(): void {
    const isUsed = this.#captured !== null || this.#players.size > 0;
    if (!isUsed) {
      this.#close();
      return;
    }
    if (this.#context === null) this.#open();
    this.#context?.resume().catch((error: unknown) => console.warn('the sound device', error));
  }

  /** Closed rather than suspended: WebKit keeps every microphone that was connected to a context, with threads, until that ends. */
  #close(): void {
    const context = this.#context;
    if (context === null) return;
    for (const gesture of GESTURES) removeEventListener(gesture, this.#wake, { capture: true });
    const worklets = this.#worklets;
    this.#context = null;
    this.#source = null;
    this.#ready = null;
    this.#worklets = [];
    this.#tell({ type: 'close' });
    endAll(worklets)
      .then(() => context.close())
      .catch((error: unknown) => console.warn('the sound device', error));
  }

  #open(): void {
    const context = new AudioContext({ sampleRate: SOUND_RATE_HZ, latencyHint: 'interactive' });
    this.#context = context;
    this.#ready = this.#addWorklets(context);
    this.#ready.catch((error: unknown) => {
      // One that was closed before its worklets were loaded has nothing to say.
      if (context === this.#context) console.error('sound cannot be captured or played', error);
    });
    for (const gesture of GESTURES) addEventListener(gesture, this.#wake, { capture: true, passive: true });
  }

  /** Gives the microphone's node. */
  async #addWorklets(context: AudioContext): Promise<AudioWorkletNode> {
    await context.audioWorklet.addModule(workletUrl);
    if (context !== this.#context) throw new Error('the sound device was closed meanwhile');
    const processorOptions: WorkletOptions = { memory: SoundMemory.allocate() };
    const microphone = new AudioWorkletNode(context, 'parlor-microphone', { numberOfInputs: 1, numberOfOutputs: 0, processorOptions });
    const speaker = new AudioWorkletNode(context, 'parlor-speaker', { numberOfInputs: 0, outputChannelCount: [1], processorOptions });
    speaker.connect(context.destination);
    this.#worklets = [microphone, speaker];
    this.#tell({ type: 'open', address: this.address, memory: processorOptions.memory });
    return microphone;
  }

  #tell(message: SoundTold): void {
    this.#worker.postMessage(message);
  }
}

/** Resolves when the processors want to be called no more. Where sound sleeps that may be never, and nothing is played meanwhile. */
async function endAll(worklets: readonly AudioWorkletNode[]): Promise<void> {
  const end: WorkletTold = 'end';
  await Promise.all(
    worklets.map(
      ({ port }) =>
        new Promise<void>((resolve) => {
          // The only thing a processor ever says.
          port.onmessage = () => {
            port.onmessage = null;
            port.close();
            resolve();
          };
          port.postMessage(end);
        }),
    ),
  );
}
