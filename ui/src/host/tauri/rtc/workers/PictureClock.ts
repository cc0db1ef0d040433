// When a picture was captured, on this worker's clock.
//
// Promises: stamps are whole microseconds and rise, over a change of camera too. They keep the source's own distances as long as
// those can be true; a source without a clock (a canvas gives every frame the same time) is stamped as its frames arrive.

/** Microseconds by which a source's clock and ours may drift apart before ours is taken: more than any frame is late. */
const DRIFT_US = 500_000;

export class PictureClock {
  #last = -1;
  /** The source's last time, and what to add to its times; null before its first frame. */
  #source: { readonly lastUs: number; readonly offsetUs: number } | null = null;

  /** Another source follows. */
  beginAnew(): void {
    this.#source = null;
  }

  /** The time of a frame that says it is of `sourceUs` and has arrived at `nowUs`. */
  stamp(sourceUs: number, nowUs: number): number {
    const source = this.#source;
    const byItsClock = source === null ? nowUs : sourceUs + source.offsetUs;
    const isTrue = source !== null && sourceUs > source.lastUs && Math.abs(byItsClock - nowUs) <= DRIFT_US;
    this.#source = { lastUs: sourceUs, offsetUs: isTrue ? source.offsetUs : nowUs - sourceUs };
    this.#last = Math.max(this.#last + 1, Math.round(isTrue ? byItsClock : nowUs));
    return this.#last;
  }
}
