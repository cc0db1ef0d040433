// One direction of a path of packets: delay, loss, a cap on the rate, and a queue that has an end.
//
// Promises: packets leave in the order they came; the queue holds at most `queueMs` worth of the capped rate and drops what comes
// beyond (tail drop); which packets are lost depends on the seed and the order of packets alone. Left to others: sockets.

/** How a line behaves. */
export interface LineConditions {
  /** Share of packets lost, 0 … 1. */
  readonly loss: number;
  /** Time under way, milliseconds, beside what the queue takes. */
  readonly delayMs: number;
  /** Bits a second; null is no cap. */
  readonly rateBps: number | null;
  /** Longest time a packet may wait for those before it. Home routers keep a few hundred milliseconds. */
  readonly queueMs: number;
}

/** Nothing added, nothing taken. */
export const CLEAR: LineConditions = { loss: 0, delayMs: 0, rateBps: null, queueMs: 300 };

/** What became of packets. */
export interface LineCounts {
  /** All bytes given to the line, lost ones too. */
  readonly offeredBytes: number;
  readonly carried: number;
  readonly carriedBytes: number;
  readonly lost: number;
  readonly overflowed: number;
}

interface Waiting {
  readonly dueMs: number;
  readonly deliver: () => void;
}

/** IPv4 and UDP headers, which take their share of a capped line. */
const HEADER_BYTES = 28;

/** A line. */
export class Line {
  #conditions: LineConditions = CLEAR;
  /** When the line has sent everything given to it so far. */
  #freeAtMs = 0;
  readonly #queue: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;
  #counts: LineCounts = { offeredBytes: 0, carried: 0, carriedBytes: 0, lost: 0, overflowed: 0 };
  #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Holds from the next packet on. */
  set(conditions: Partial<LineConditions>): void {
    this.#conditions = { ...this.#conditions, ...conditions };
    if (this.#conditions.rateBps === null) this.#freeAtMs = 0;
  }

  get counts(): LineCounts {
    return this.#counts;
  }

  /** Takes a packet; calls `deliver` when it arrives, if it does. */
  carry(bytes: number, deliver: () => void): void {
    const { loss, delayMs, rateBps, queueMs } = this.#conditions;
    this.#counts = { ...this.#counts, offeredBytes: this.#counts.offeredBytes + bytes };
    if (loss > 0 && this.#random() < loss) {
      this.#counts = { ...this.#counts, lost: this.#counts.lost + 1 };
      return;
    }
    const nowMs = performance.now();
    let sentMs = nowMs;
    if (rateBps !== null) {
      const beginMs = Math.max(nowMs, this.#freeAtMs);
      if (beginMs - nowMs > queueMs) {
        this.#counts = { ...this.#counts, overflowed: this.#counts.overflowed + 1 };
        return;
      }
      sentMs = beginMs + ((bytes + HEADER_BYTES) * 8000) / rateBps;
      this.#freeAtMs = sentMs;
    }
    this.#counts = { ...this.#counts, carried: this.#counts.carried + 1, carriedBytes: this.#counts.carriedBytes + bytes };
    // A line that became faster still delivers in order.
    const dueMs = Math.max(sentMs + delayMs, this.#queue.at(-1)?.dueMs ?? 0);
    if (dueMs <= nowMs && this.#queue.length === 0) deliver();
    else {
      this.#queue.push({ dueMs, deliver });
      this.#wake();
    }
  }

  /** Forgets what is under way. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#queue.length = 0;
  }

  #wake(): void {
    const next = this.#queue[0];
    if (this.#timer !== null || next === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const nowMs = performance.now();
      for (let due = this.#queue[0]; due !== undefined && due.dueMs <= nowMs; due = this.#queue[0]) {
        this.#queue.shift();
        due.deliver();
      }
      this.#wake();
    }, Math.max(0, next.dueMs - performance.now()));
  }
}

/** Numbers in 0 … 1 that a seed repeats (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
