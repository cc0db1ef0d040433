// The pace of all who send frames, under one limit: who has something to send gets a frame in turn.
//
// Promises: no one is asked for a frame before the limit allows it, and of those who wait each gets as many turns as the others, so that
// one peer does not take the speed of the rest; a new limit holds at once, also for who waits. Leaves to others: the arithmetic
// (`SpeedLimit`), and what a channel has room for (`BulkSender`).
import { SpeedLimit } from './SpeedLimit';

/** One who sends frames. */
export interface PacedSender {
  /** Sends a frame and gives its bytes. 0 when there is none, or no room for one; it asks for a turn again when that has changed. */
  sendNext(): number;
}

export class SharedPace {
  readonly #limit = new SpeedLimit();
  /** Those who have something to send, in their order: a set keeps it. */
  readonly #waiting = new Set<PacedSender>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Null for no limit. */
  get bytesPerSecond(): number | null {
    return this.#limit.bytesPerSecond;
  }

  /** From now on. */
  limit(bytesPerSecond: number | null): void {
    this.#limit.set(this.now(), bytesPerSecond);
    this.#serve();
  }

  /** A sender has something to send, and room for it. */
  ask(sender: PacedSender): void {
    this.#waiting.add(sender);
    this.#serve();
  }

  /** A sender will send no more. */
  leave(sender: PacedSender): void {
    this.#waiting.delete(sender);
    if (this.#waiting.size === 0) this.#limit.rest();
  }

  #serve(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const nowMs = this.now();
    try {
      for (const sender of this.#waiting) {
        if (this.#limit.waitMs(nowMs) > 0) break;
        // Who goes on waits behind the others, where this round comes by again.
        this.#waiting.delete(sender);
        const bytes = sender.sendNext();
        if (bytes === 0) continue;
        this.#limit.spend(bytes);
        this.#waiting.add(sender);
      }
    } finally {
      // Also when a channel refuses a frame: the others still wait.
      if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#serve(), this.#limit.waitMs(nowMs));
      else this.#limit.rest();
    }
  }
}
