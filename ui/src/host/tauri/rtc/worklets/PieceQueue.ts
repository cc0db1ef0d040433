// Pieces that wait to be played, and how many more are wanted.
//
// Promises: pieces are played in the order they came, without a gap while there are any, and silence otherwise; never more than
// `AHEAD_PIECES` are held or on their way, so that is the delay it adds. The sound device is the only clock.
import { SOUND_PIECE_SAMPLES } from '../portLimits';

/** 50 ms: what the way from the engine and back was seen to take on a busy machine, and what is asked for at once. */
export const AHEAD_PIECES = 5;
/** Pieces that are asked for together: each message wakes half a dozen threads on its way. */
const TOGETHER = 2;

export class PieceQueue {
  #pieces: Int16Array[] = [];
  /** Samples of the first piece that were played. */
  #played = 0;
  #onTheWay = 0;

  /** How many pieces to ask for now; they count as on their way from then on. */
  takeWanted(): number {
    const wanted = AHEAD_PIECES - this.#pieces.length - this.#onTheWay;
    if (wanted < TOGETHER) return 0;
    this.#onTheWay += wanted;
    return wanted;
  }

  /** A piece has come. One that nobody asked for is dropped. */
  push(piece: Int16Array): void {
    if (this.#onTheWay === 0) return;
    this.#onTheWay -= 1;
    this.#pieces.push(piece);
  }

  /** What is on its way will not come. */
  reset(): void {
    this.#onTheWay = 0;
  }

  /** Fills `output` with what is next. */
  play(output: Float32Array): void {
    for (let at = 0; at < output.length; at += 1) {
      const [piece] = this.#pieces;
      if (piece === undefined) {
        output.fill(0, at);
        return;
      }
      output[at] = (piece[this.#played] ?? 0) / 32_768;
      this.#played += 1;
      if (this.#played < SOUND_PIECE_SAMPLES) continue;
      this.#played = 0;
      this.#pieces.shift();
    }
  }
}
