// Who may come into a room: whoever holds the invitation, one more guest, or nobody new (docs/protocol.md 5.2).
//
// Promises: an invitation is withdrawn once, for good; one for a single guest is withdrawn by the first who proves itself and was not
// here before; both stay so over a reload. Leaves to others: telling the peers and the server.
import type { PeerId } from '../../../protocol/PeerId';
import { keepAdmitting } from './seat';

/** How it is, as it is kept for a reload. */
export interface Admitting {
  /** Who was here when the invitation became one for a single guest; null while it is for all. */
  readonly beforeGuest: readonly PeerId[] | null;
  readonly withdrawn: Withdrawn | null;
}

/** The invitation is withdrawn. */
export interface Withdrawn {
  /** By which peer; null for ourselves. */
  readonly by: PeerId | null;
  /** The one guest that it was for; null when it was withdrawn by hand. */
  readonly guest: PeerId | null;
  /** Who is met since then, and may come back. */
  readonly known: readonly PeerId[];
}

/** An invitation that nobody has said anything of. */
export const FOR_ALL: Admitting = { beforeGuest: null, withdrawn: null };

export class Admission {
  constructor(
    private readonly room: string,
    /** Of a page that was loaded again: how it was before. */
    private now: Admitting,
  ) {}

  /** Null while the invitation stands. */
  get withdrawn(): Withdrawn | null {
    return this.now.withdrawn;
  }

  get isForOne(): boolean {
    return this.now.beforeGuest !== null;
  }

  /** For one more than those who are here; null: for all again. */
  limit(here: Iterable<PeerId> | null): void {
    this.#is({ ...this.now, beforeGuest: here === null ? null : [...here] });
  }

  /** Withdraws it, so that only who is here is met. False when it was already. */
  withdraw(by: PeerId | null, here: Iterable<PeerId>): boolean {
    if (this.now.withdrawn !== null) return false;
    this.#is({ ...this.now, withdrawn: { by, guest: null, known: [...here] } });
    return true;
  }

  /** A peer proved that it holds the invitation. True when it is the one guest, and the invitation therefore withdrawn. */
  proven(peer: PeerId): boolean {
    const { beforeGuest, withdrawn } = this.now;
    if (withdrawn !== null || beforeGuest === null || beforeGuest.includes(peer)) return false;
    this.#is({ beforeGuest, withdrawn: { by: null, guest: peer, known: [...beforeGuest, peer] } });
    return true;
  }

  /** Whether this peer is met. */
  lets(peer: PeerId): boolean {
    return this.now.withdrawn?.known.includes(peer) ?? true;
  }

  #is(now: Admitting): void {
    this.now = now;
    keepAdmitting(this.room, now);
  }
}
