// The page's sound device: one microphone in, one loudspeaker out, for all connections.
//
// Promises: the device is open only while something is captured or played; a muted microphone is silent at once. PCM passes
// from the worklets to the sound worker, never through here. Left to others: echo, codecs, mixing (the engine).
import type { MediaPortAddress } from '../../../protocol/MediaPortAddress';
import { SOUND_RATE_HZ } from './portLimits';
import type { SoundTold } from './workers/sound.worker';
import workletUrl from './worklets/sound.worklet.ts?worker&url';

/** Something the user did, which is what a platform may want before it lets sound out. */
const GESTURES = ['pointerdown', 'keydown'] as const;

export class SoundDevice {
  readonly #worker: Worker;
  #context: AudioContext | null = null;
  #ready: Promise<AudioWorkletNode> | null = null;
  #captured: MediaStreamTrack | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  readonly #players = new Set<object>();

  constructor(private readonly address: MediaPortAddress) {
    this.#worker = new Worker(new URL('./workers/sound.worker.ts', import.meta.url), { type: 'module' });
  }

  /** Captures this track from now on; null for nothing. */
  capture(track: MediaStreamTrack | null): void {
    this.#captured = track;
    this.#source?.disconnect();
    this.#source = null;
    // First of all, so that what the worklet still has on its way is not sent.
    if (track === null) this.#tell({ type: 'silence' });
    this.#openOrRest();
    if (track !== null) this.#connect(track).catch((error: unknown) => console.error('the microphone cannot be captured', error));
  }

  /** `user` plays others' sound. */
  play(user: object): void {
    this.#players.add(user);
    this.#openOrRest();
  }

  /** `user` plays no more. */
  stop(user: object): void {
    this.#players.delete(user);
    this.#openOrRest();
  }

  async #connect(track: MediaStreamTrack): Promise<void> {
    const [context, microphone] = [this.#context, await this.#ready];
    // Another may have taken its place while the worklets were loaded.
    if (context === null || microphone === null || track !== this.#captured || this.#source !== null) return;
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(microphone);
    this.#tell({ type: 'capture' });
  }

  #openOrRest(): void {
    const isUsed = this.#captured !== null || this.#players.size > 0;
    if (isUsed && this.#context === null) this.#open();
    const context = this.#context;
    if (context === null) return;
    // A context cannot be closed and opened again, and resting it gives the device back as well.
    (isUsed ? context.resume() : context.suspend()).catch((error: unknown) => console.warn('the sound device', error));
  }

  #open(): void {
    const context = new AudioContext({ sampleRate: SOUND_RATE_HZ, latencyHint: 'interactive' });
    this.#context = context;
    this.#ready = this.#addWorklets(context);
    this.#ready.catch((error: unknown) => console.error('sound cannot be captured or played', error));
    for (const gesture of GESTURES) {
      // Where sound waits for a gesture, any will do. Later ones find it running.
      addEventListener(gesture, () => this.#openOrRest(), { capture: true, passive: true });
    }
  }

  /** Gives the microphone's node. */
  async #addWorklets(context: AudioContext): Promise<AudioWorkletNode> {
    await context.audioWorklet.addModule(workletUrl);
    const microphone = new AudioWorkletNode(context, 'parlor-microphone', { numberOfInputs: 1, numberOfOutputs: 0 });
    const speaker = new AudioWorkletNode(context, 'parlor-speaker', { numberOfInputs: 0, outputChannelCount: [1] });
    speaker.connect(context.destination);
    const [ofMicrophone, ofSpeaker] = [new MessageChannel(), new MessageChannel()];
    microphone.port.postMessage({ line: ofMicrophone.port1 }, [ofMicrophone.port1]);
    speaker.port.postMessage({ line: ofSpeaker.port1 }, [ofSpeaker.port1]);
    this.#tell({ type: 'open', address: this.address, microphone: ofMicrophone.port2, speaker: ofSpeaker.port2 }, [
      ofMicrophone.port2,
      ofSpeaker.port2,
    ]);
    return microphone;
  }

  #tell(message: SoundTold, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
