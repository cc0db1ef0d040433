// When a proven data connection counts as interrupted and when as lost (docs/protocol.md, sections 4.2 and 5.2), as a pure
// state machine.
//
// Promises: pings at a steady pace, one order an interruption. Leaves to others: timers, and what mending means (`DataLink`).

/** Milliseconds between two pings. */
export const PING_MS = 3_000;
/** Milliseconds of silence after which the connection counts as interrupted. */
export const INTERRUPTED_MS = 8_000;
/** Milliseconds of silence after which it is rebuilt. */
export const REBUILD_MS = 25_000;

export type LinkWatchOutput =
  | { readonly type: 'send-ping'; readonly n: number }
  /** Nothing was heard for a while: restart ICE. */
  | { readonly type: 'interrupted' }
  /** Heard again. */
  | { readonly type: 'mended' }
  /** Nothing was heard for too long: SCTP may be dead. */
  | { readonly type: 'lost' };

export class LinkWatch {
  #heardMs: number;
  #nextPingMs: number;
  #n = 0;
  #state: 'alive' | 'interrupted' | 'lost' = 'alive';

  constructor(nowMs: number) {
    this.#heardMs = nowMs;
    this.#nextPingMs = nowMs + PING_MS;
  }

  /** When `tick` wants to be called next; null when never. */
  get deadlineMs(): number | null {
    if (this.#state === 'lost') return null;
    const silence = this.#heardMs + (this.#state === 'alive' ? INTERRUPTED_MS : REBUILD_MS);
    return Math.min(this.#nextPingMs, silence);
  }

  /** Anything came from the other side. */
  heard(nowMs: number): LinkWatchOutput[] {
    this.#heardMs = nowMs;
    if (this.#state !== 'interrupted') return [];
    this.#state = 'alive';
    return [{ type: 'mended' }];
  }

  tick(nowMs: number): LinkWatchOutput[] {
    if (this.#state === 'lost') return [];
    const outputs: LinkWatchOutput[] = [];
    const silenceMs = nowMs - this.#heardMs;
    if (silenceMs >= REBUILD_MS) {
      this.#state = 'lost';
      return [{ type: 'lost' }];
    }
    if (silenceMs >= INTERRUPTED_MS && this.#state === 'alive') {
      this.#state = 'interrupted';
      outputs.push({ type: 'interrupted' });
    }
    if (nowMs >= this.#nextPingMs) {
      this.#nextPingMs = nowMs + PING_MS;
      this.#n = (this.#n + 1) >>> 0;
      outputs.push({ type: 'send-ping', n: this.#n });
    }
    return outputs;
  }
}
