// A queue of outputs that is taken from at its front without moving the rest: a window of frames is some thousand of them.

import type { Output } from './output';

/** First in, first out. Its bound is what the machine orders ahead: the window, and one page of words a transfer. */
export class OutputQueue {
  #outputs: (Output | null)[] = [];
  #front = 0;

  push(output: Output): void {
    this.#outputs.push(output);
  }

  /** The oldest, or null. */
  shift(): Output | null {
    const output = this.#outputs[this.#front] ?? null;
    if (output === null) return null;
    // Frames are large: nothing that was taken is kept alive.
    this.#outputs[this.#front] = null;
    this.#front += 1;
    if (this.#front === this.#outputs.length) {
      this.#outputs = [];
      this.#front = 0;
    }
    return output;
  }
}
