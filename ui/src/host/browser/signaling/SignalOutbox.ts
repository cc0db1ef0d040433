// Signals on their way to the server: kept until answered, re-sent as they were, in the order they were made.
//
// Promises: bounded; a signal leaves it by `ok: true`, by its peer's going, or by a refusal that no retry mends; a peer's
// signals wait together, so none overtakes another. Left to others: sockets, time, what the signals say.
import type { PeerId } from '../../../protocol/PeerId';

/** A signal to be emitted, with the request id that its reply will repeat. */
export interface OutgoingSignal {
  readonly rid: number;
  readonly to: PeerId;
  readonly body: string;
}

interface Entry {
  readonly to: PeerId;
  readonly body: string;
  /** The request it was last emitted with; null while it waits. */
  rid: number | null;
}

/** Signals kept at most. A negotiation takes some dozens, and a room has few peers. */
const SIGNALS_MAX = 1024;
/** Characters kept at most, over all signals. */
const CHARS_MAX = 4 * 1024 * 1024;
/** Signals on their way at once: enough to fill a round trip, few enough not to trip the server's rates. */
const IN_FLIGHT_MAX = 16;

export class SignalOutbox {
  readonly #entries: Entry[] = [];
  /** Peers the server did not know; their signals wait until the peer is seen. */
  readonly #absent = new Set<PeerId>();
  #chars = 0;
  /** Signals refused for lack of room or by the server, for the log. */
  droppedCount = 0;

  /** Keeps a signal. When there is no room the new one is dropped and counted: its connection will be rebuilt. */
  add(to: PeerId, body: string): void {
    if (this.#entries.length >= SIGNALS_MAX || this.#chars + body.length > CHARS_MAX) {
      this.droppedCount += 1;
      return;
    }
    this.#chars += body.length;
    this.#entries.push({ to, body, rid: null });
  }

  /** What is to be emitted now; each counts as on its way from here on. */
  take(nextRid: () => number): OutgoingSignal[] {
    let inFlight = this.#entries.filter((entry) => entry.rid !== null).length;
    const taken: OutgoingSignal[] = [];
    for (const entry of this.#entries) {
      if (inFlight >= IN_FLIGHT_MAX) break;
      if (entry.rid !== null || this.#absent.has(entry.to)) continue;
      entry.rid = nextRid();
      inFlight += 1;
      taken.push({ rid: entry.rid, to: entry.to, body: entry.body });
    }
    return taken;
  }

  /** Whether `rid` is one of ours, still unanswered. */
  awaits(rid: number): boolean {
    return this.#entries.some((entry) => entry.rid === rid);
  }

  /** The server passed it on, or refused it for good. */
  settle(rid: number, delivered: boolean): void {
    this.#remove((entry) => entry.rid === rid);
    if (!delivered) this.droppedCount += 1;
  }

  /** The server refused it for now. */
  postpone(rid: number): void {
    for (const entry of this.#entries) if (entry.rid === rid) entry.rid = null;
  }

  /** The server does not know the addressee (any more, or yet). */
  addresseeAbsent(rid: number): void {
    const entry = this.#entries.find((candidate) => candidate.rid === rid);
    if (entry === undefined) return;
    entry.rid = null;
    this.#absent.add(entry.to);
  }

  /** The socket is gone: nothing is on its way any more. */
  connectionLost(): void {
    for (const entry of this.#entries) entry.rid = null;
  }

  /** A peer is in the room. */
  peerSeen(peer: PeerId): void {
    this.#absent.delete(peer);
  }

  /** A peer is gone: nothing for it is kept. */
  peerGone(peer: PeerId): void {
    this.#absent.delete(peer);
    this.#remove((entry) => entry.to === peer);
  }

  #remove(gone: (entry: Entry) => boolean): void {
    for (let index = this.#entries.length - 1; index >= 0; index -= 1) {
      const entry = this.#entries[index];
      if (entry === undefined || !gone(entry)) continue;
      this.#entries.splice(index, 1);
      this.#chars -= entry.body.length;
    }
  }
}
