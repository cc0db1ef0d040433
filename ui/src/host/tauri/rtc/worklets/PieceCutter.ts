// Cuts a stream of samples into pieces of signed 16 bit.
//
// Promises: no sample is lost or doubled; out of range is clipped. The rate is the context's: it is made with 48 kHz.
import { SOUND_PIECE_SAMPLES } from '../portLimits';

export class PieceCutter {
  #piece = new Int16Array(SOUND_PIECE_SAMPLES);
  #filled = 0;

  constructor(private readonly cut: (piece: Int16Array<ArrayBuffer>) => void) {}

  /** Takes channels of equally many samples; several are mixed into one. */
  take(channels: readonly Float32Array[]): void {
    const [first] = channels;
    if (first === undefined) return;
    for (let at = 0; at < first.length; at += 1) {
      let sample = 0;
      for (const channel of channels) sample += channel[at] ?? 0;
      this.#piece[this.#filled] = Math.max(-32_768, Math.min(32_767, Math.round((sample / channels.length) * 32_767)));
      this.#filled += 1;
      if (this.#filled < SOUND_PIECE_SAMPLES) continue;
      const piece = this.#piece;
      this.#piece = new Int16Array(SOUND_PIECE_SAMPLES);
      this.#filled = 0;
      this.cut(piece);
    }
  }
}
