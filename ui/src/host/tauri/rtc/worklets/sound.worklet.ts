// The two ends of the sound device: what the microphone gives leaves in pieces, what is to be heard is asked for in pieces.
//
// Promises: PCM goes to the sound worker directly. Left to others: which track is captured, and whether (the page, the worker).
import { PieceCutter } from './PieceCutter';
import { PieceQueue } from './PieceQueue';
import { AudioWorkletProcessor, registerProcessor } from './scope';
import type { Processor } from './scope';

/** What the page tells either processor: first its channel to the sound worker, at last that nothing is wanted any more. */
export type WorkletTold = { readonly line: MessagePort } | 'end';

/** What either tells the page: it will not be called again. */
export type WorkletTells = 'ended';

/** What both ends have in common. */
abstract class End extends AudioWorkletProcessor {
  protected line: MessagePort | null = null;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<WorkletTold>) => {
      if (data === 'end') this.#isOver = true;
      else this.connect(data.line);
    };
  }

  protected connect(line: MessagePort): void {
    this.line = line;
  }

  /** To be returned by `process`. A processor that goes on wanting to be called keeps its context, with a thread, even closed. */
  protected goesOn(): boolean {
    if (!this.#isOver) return true;
    this.line?.close();
    this.line = null;
    const ended: WorkletTells = 'ended';
    this.port.postMessage(ended);
    return false;
  }
}

class Microphone extends End implements Processor {
  readonly #cutter = new PieceCutter((piece) => this.line?.postMessage(piece.buffer, [piece.buffer]));

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    if (input !== undefined) this.#cutter.take(input);
    return this.goesOn();
  }
}

class Speaker extends End implements Processor {
  readonly #queue = new PieceQueue();

  protected override connect(line: MessagePort): void {
    super.connect(line);
    line.onmessage = (event: MessageEvent<ArrayBuffer | 'reset'>) => {
      if (event.data === 'reset') this.#queue.reset();
      else this.#queue.push(new Int16Array(event.data));
    };
  }

  process(_inputs: readonly (readonly Float32Array[])[], [output]: readonly (readonly Float32Array[])[]): boolean {
    const [channel] = output ?? [];
    if (channel === undefined || this.line === null) return this.goesOn();
    this.#queue.play(channel);
    const wanted = this.#queue.takeWanted();
    if (wanted > 0) this.line.postMessage(wanted);
    return this.goesOn();
  }
}

registerProcessor('parlor-microphone', Microphone);
registerProcessor('parlor-speaker', Speaker);
