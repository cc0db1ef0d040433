// Peers that the server has no more and that may yet return.
//
// Promises: one clock a peer, the last one set. Leaves to others: what it means that one did not return.
import type { PeerId } from '../../../protocol/PeerId';

export class AwaitedPeers {
  readonly #timers = new Map<PeerId, ReturnType<typeof setTimeout>>();

  has(peer: PeerId): boolean {
    return this.#timers.has(peer);
  }

  /** Waits for a peer; `gone` is called when it was not seen until then. */
  wait(peer: PeerId, waitMs: number, gone: () => void): void {
    clearTimeout(this.#timers.get(peer));
    const timer = setTimeout(() => {
      this.#timers.delete(peer);
      gone();
    }, waitMs);
    this.#timers.set(peer, timer);
  }

  seen(peer: PeerId): void {
    clearTimeout(this.#timers.get(peer));
    this.#timers.delete(peer);
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
