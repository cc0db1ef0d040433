// A room's invitation, once it is withdrawn (docs/protocol.md 5.2): whom we still meet.
//
// Promises: it is withdrawn once, for good, and stays so over a reload. Leaves to others: telling the peers and the server.
import type { PeerId } from '../../../protocol/PeerId';
import { keepWithdrawn, type Seat } from './seat';

export class Withdrawal {
  #by: PeerId | null = null;
  #known: ReadonlySet<PeerId> | null = null;

  constructor(
    private readonly room: string,
    /** Of a page that was loaded again: what was so before. */
    private readonly kept: Seat['withdrawn'],
  ) {}

  /** True from then on that it is withdrawn. */
  get isDone(): boolean {
    return this.#known !== null;
  }

  /** By which peer; null for ourselves. */
  get by(): PeerId | null {
    return this.#by;
  }

  /** Who may come back. */
  get known(): readonly PeerId[] {
    return [...(this.#known ?? [])];
  }

  /** Withdraws it, so that only `known` are met. False when it was already. */
  begin(by: PeerId | null, known: Iterable<PeerId>): boolean {
    if (this.isDone) return false;
    this.#by = by;
    this.#known = new Set(known);
    keepWithdrawn(this.room, by);
    return true;
  }

  /** We are in, for the first time since the page was loaded. True when it was withdrawn before: then only those are met whom the server names now. */
  returned(present: Iterable<PeerId>): boolean {
    return this.kept !== null && this.begin(this.kept.by, present);
  }

  /** Whether this peer is met. */
  lets(peer: PeerId): boolean {
    return this.#known?.has(peer) ?? true;
  }
}
