// How fast files may leave: the arithmetic of a token bucket. Time is an argument, milliseconds of any steady clock.
//
// Promises: what leaves over any time is the limit's share of it and one frame at most, since a frame may go as soon as nothing is owed,
// whatever its length; what was not used is lost, so nothing comes in bursts, but for a clock that wakes those who wait too late (a page
// in the background is woken once a second). Leaves to others: whose turn it is, and waking them (`SharedPace`).

/** Lateness of a wake-up that is made up for. */
const LATE_MS = 1_000;

export class SpeedLimit {
  #bytesPerSecond: number | null = null;
  /** Bytes that may go; below zero what is owed. */
  #credit = 0;
  /** When that was so. */
  #atMs = 0;
  /** Someone was told to wait, and does. */
  #isAwaited = false;

  /** Null for no limit. */
  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond;
  }

  /** From now on. What was owed under the last limit is forgotten. */
  set(nowMs: number, bytesPerSecond: number | null): void {
    // Nothing at all would never end to be owed.
    this.#bytesPerSecond = bytesPerSecond === null ? null : Math.max(1, bytesPerSecond);
    this.#credit = 0;
    this.#atMs = nowMs;
    this.#isAwaited = false;
  }

  /** Milliseconds that who has a frame waits; 0 when it may go. */
  waitMs(nowMs: number): number {
    if (this.#bytesPerSecond === null) return 0;
    this.#earn(nowMs, this.#bytesPerSecond);
    const waitMs = this.#credit < 0 ? Math.ceil((-this.#credit * 1_000) / this.#bytesPerSecond) : 0;
    this.#isAwaited = waitMs > 0;
    return waitMs;
  }

  /** A frame has gone, at the time `waitMs` was asked for last. */
  spend(bytes: number): void {
    if (this.#bytesPerSecond !== null) this.#credit -= bytes;
  }

  /** Nobody waits any more: what is not used from now on is lost. */
  rest(): void {
    this.#isAwaited = false;
  }

  #earn(nowMs: number, bytesPerSecond: number): void {
    if (nowMs <= this.#atMs) return;
    const earned = ((nowMs - this.#atMs) * bytesPerSecond) / 1_000;
    const most = this.#isAwaited ? (LATE_MS * bytesPerSecond) / 1_000 : 0;
    this.#credit = Math.min(this.#credit + earned, most);
    this.#atMs = nowMs;
  }
}
