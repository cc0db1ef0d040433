// Pieces that wait to be played, and how many more are wanted.
//
// Promises: pieces are played in the order they came, without a gap while there are any, and silence otherwise; never more than
// `AHEAD_PIECES` are held or on their way, so that is the delay it adds. The sound device is the only clock.
import { SOUND_PIECE_SAMPLES } from '../portLimits';

/** 40 ms: what the way from the engine and back was seen to take on a busy machine, and a piece. */
export const AHEAD_PIECES = 4;

export class PieceQueue {
  #pieces: Int16Array[] = [];
  /** Samples of the first piece that were played. */
  #played = 0;
  #onTheWay = 0;

  /** How many pieces to ask for now; they count as on their way from then on. */
  takeWanted(): number {
    const wanted = Math.max(0, AHEAD_PIECES - this.#pieces.length - this.#onTheWay);
    this.#onTheWay += wanted;
    return wanted;
  }

  /** A piece has come. One that nobody asked for is dropped. */
  push(piece: Int16Array): void {
    if (this.#onTheWay === 0 || piece.length !== SOUND_PIECE_SAMPLES) return;
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
