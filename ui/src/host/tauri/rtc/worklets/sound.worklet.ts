// The two ends of the sound device: what the microphone gives leaves in pieces, what is to be heard is asked for in pieces.
//
// Promises: PCM passes to and from the sound worker in the memory they share. Left to others: which track is captured, and whether
// (the page, the worker).
import { CAPTURED_SAMPLES } from '../portLimits';
import { SoundMemory } from '../SoundMemory';
import { PieceCutter } from './PieceCutter';
import { PieceQueue } from './PieceQueue';
import { AudioWorkletProcessor, registerProcessor } from './scope';
import type { Processor } from './scope';

/** What the page gives either processor. */
export interface WorkletOptions {
  /** See `SoundMemory`. */
  readonly memory: SharedArrayBuffer;
}

/** What the page tells either processor: nothing is wanted any more. */
export type WorkletTold = 'end';

/** What either tells the page: it will not be called again. */
export type WorkletTells = 'ended';

/** What both ends have in common. */
abstract class End extends AudioWorkletProcessor {
  protected readonly memory: SoundMemory;
  #isOver = false;

  constructor({ processorOptions }: { readonly processorOptions: WorkletOptions }) {
    super();
    this.memory = new SoundMemory(processorOptions.memory);
    this.port.onmessage = () => {
      this.#isOver = true;
    };
  }

  /** To be returned by `process`. A processor that goes on wanting to be called keeps its context, with a thread, even closed. */
  protected goesOn(): boolean {
    if (!this.#isOver) return true;
    const ended: WorkletTells = 'ended';
    this.port.postMessage(ended);
    return false;
  }
}

class Microphone extends End implements Processor {
  readonly #cutter = new PieceCutter(CAPTURED_SAMPLES, (piece) => {
    if (this.memory.captured.write(piece)) this.memory.ring();
  });

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    // Nothing is captured: what comes later is not joined to what was before.
    if (input === undefined || input.length === 0) this.#cutter.clear();
    else this.#cutter.take(input);
    return this.goesOn();
  }
}

class Speaker extends End implements Processor {
  readonly #queue = new PieceQueue();
  #starts = this.memory.starts;

  process(_inputs: readonly (readonly Float32Array[])[], [output]: readonly (readonly Float32Array[])[]): boolean {
    const [channel] = output ?? [];
    if (channel === undefined) return this.goesOn();
    const { starts, played } = this.memory;
    if (starts !== this.#starts) {
      this.#starts = starts;
      this.#queue.reset();
    }
    for (let piece = played.read(); piece !== null; piece = played.read()) this.#queue.push(piece);
    this.#queue.play(channel);
    const wanted = this.#queue.takeWanted();
    if (wanted > 0) {
      this.memory.want(wanted);
      this.memory.ring();
    }
    return this.goesOn();
  }
}

registerProcessor('parlor-microphone', Microphone);
registerProcessor('parlor-speaker', Speaker);
