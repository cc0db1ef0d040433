// The two ends of the sound device: what the microphone gives leaves in pieces, what is to be heard is asked for in pieces.
//
// Promises: PCM goes to the sound worker directly. Left to others: which track is captured, and whether (the page, the worker).
import { PieceCutter } from './PieceCutter';
import { PieceQueue } from './PieceQueue';
import { AudioWorkletProcessor, registerProcessor } from './scope';
import type { Processor } from './scope';

/** The first message to either processor: its channel to the sound worker. */
export interface WorkletTold {
  readonly line: MessagePort;
}

class Microphone extends AudioWorkletProcessor implements Processor {
  #line: MessagePort | null = null;
  readonly #cutter = new PieceCutter((piece) => this.#line?.postMessage(piece.buffer, [piece.buffer]));

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<WorkletTold>) => {
      this.#line = data.line;
    };
  }

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    if (input !== undefined) this.#cutter.take(input);
    return true;
  }
}

class Speaker extends AudioWorkletProcessor implements Processor {
  #line: MessagePort | null = null;
  readonly #queue = new PieceQueue();

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<WorkletTold>) => {
      this.#line = data.line;
      this.#line.onmessage = (event: MessageEvent<ArrayBuffer | 'reset'>) => {
        if (event.data === 'reset') this.#queue.reset();
        else this.#queue.push(new Int16Array(event.data));
      };
    };
  }

  process(_inputs: readonly (readonly Float32Array[])[], [output]: readonly (readonly Float32Array[])[]): boolean {
    const [channel] = output ?? [];
    if (channel === undefined || this.#line === null) return true;
    this.#queue.play(channel);
    const wanted = this.#queue.takeWanted();
    if (wanted > 0) this.#line.postMessage(wanted);
    return true;
  }
}

registerProcessor('parlor-microphone', Microphone);
registerProcessor('parlor-speaker', Speaker);
