// Cuts a stream of samples into pieces of signed 16 bit.
//
// Promises: no sample is lost or doubled but by `clear`; out of range is clipped. The rate is the context's: it is made with 48 kHz.

export class PieceCutter {
  readonly #piece: Int16Array<ArrayBuffer>;
  #filled = 0;

  /** `cut` is lent each whole piece until it returns. */
  constructor(
    samples: number,
    private readonly cut: (piece: Int16Array<ArrayBuffer>) => void,
  ) {
    this.#piece = new Int16Array(samples);
  }

  /** Takes channels of equally many samples; several are mixed into one. */
  take(channels: readonly Float32Array[]): void {
    const [first] = channels;
    if (first === undefined) return;
    for (let at = 0; at < first.length; at += 1) {
      let sample = 0;
      for (const channel of channels) sample += channel[at] ?? 0;
      this.#piece[this.#filled] = Math.max(-32_768, Math.min(32_767, Math.round((sample / channels.length) * 32_767)));
      this.#filled += 1;
      if (this.#filled < this.#piece.length) continue;
      this.#filled = 0;
      this.cut(this.#piece);
    }
  }

  /** Forgets what is no whole piece yet. */
  clear(): void {
    this.#filled = 0;
  }
}
