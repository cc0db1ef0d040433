// The transfers with one peer: those under way in both directions, and the memory of those that have ended.
// Twin of `crates/transfer/src/transfers.rs`.
//
// What it is: where the `Exchange` finds a transfer and asks about all of them. Promises: what a peer makes us hold is bounded over all
// transfers together. Leaves to the `Exchange`: the consequences of a step, and what is shown.

import type { Control } from '../protocol/Control';
import { WINDOW_BYTES } from '../protocol/limits';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';
import { EndedTransfers } from './ended';
import { TransferError } from './error';
import type { FrameHeader } from './frame';
import type { Hold } from './hold';
import type { Incoming, ReceivedBlock } from './incoming';
import type { Outgoing } from './outgoing';

/** What a receiver takes over all transfers: the sender's word that one has ended can be slower than the frames of the next. */
const RECEIVE_BYTES = 4 * WINDOW_BYTES;
/** Memory for the names of all offers of a peer: more than its largest honest offer takes. */
const NAMES_BYTES = 32 * 1024 * 1024;

/** Transfers by id. No id stands in more than one of the three. */
export class Transfers {
  readonly outgoing = new Map<TransferId, Outgoing>();
  readonly incoming = new Map<TransferId, Incoming>();
  readonly ended = new EndedTransfers();

  /** None is under way. */
  get isEmpty(): boolean {
    return this.outgoing.size === 0 && this.incoming.size === 0;
  }

  /** One under way, of either direction. */
  get(id: TransferId): Outgoing | Incoming | undefined {
    return this.outgoing.get(id) ?? this.incoming.get(id);
  }

  /** Under way, or remembered. */
  isKnown(id: TransferId): boolean {
    return this.get(id) !== undefined || this.ended.word(id) !== undefined;
  }

  /** The user knows of it. */
  isShown(id: TransferId): boolean {
    return this.outgoing.has(id) || this.incoming.get(id)?.isCollecting === false;
  }

  /** An offer to us that waits for the user. Throws `TransferError` `not-now`. */
  waitingOffer(id: TransferId): Incoming {
    const transfer = this.incoming.get(id);
    if (transfer?.isWaiting !== true) throw new TransferError('not-now');
    return transfer;
  }

  /** The user holds an accepted transfer up, or lets it go on. False when there is none of that id. */
  holdHere(id: TransferId, paused: boolean): boolean {
    return this.get(id)?.isAccepted === true && this.#hold(id, (hold) => void (hold.here = paused));
  }

  /** The other side does. It may say so before it accepts. False when there is none of that id. */
  holdThere(id: TransferId, paused: boolean): boolean {
    return this.#hold(id, (hold) => void (hold.there = paused));
  }

  #hold(id: TransferId, change: (hold: Hold) => void): boolean {
    if (!this.isShown(id)) return false;
    this.get(id)?.hold(change);
    return true;
  }

  /** Offers of ours that wait for an answer. */
  get unansweredOutgoing(): number {
    return [...this.outgoing.values()].filter(({ isAccepted }) => !isAccepted).length;
  }

  /** Offers to us that wait for an answer, or for their pages. */
  get unansweredIncoming(): number {
    return [...this.incoming.values()].filter(({ isAccepted }) => !isAccepted).length;
  }

  /** A new link: what is said on it of the transfers from us, each offer again and our hold behind it. */
  linkUp(): Control[] {
    return [...this.outgoing.values()].flatMap((transfer) => {
      transfer.linkUp();
      const held = transfer.held();
      return held === null ? transfer.offer() : [...transfer.offer(), held];
    });
  }

  linkLost(nowMs: number): void {
    this.ended.linkLost(nowMs);
    for (const [id, transfer] of this.incoming) {
      // A sender sends an offer again from its beginning.
      if (transfer.isCollecting) this.incoming.delete(id);
      else transfer.linkLost();
    }
    for (const transfer of this.outgoing.values()) transfer.linkLost();
  }

  /** Takes a page of an offer to us. True when that is whole now; a code has taken it out. */
  collect(id: TransferId, page: readonly OfferedEntry[], last: boolean): boolean | TransferCode {
    const transfer = this.incoming.get(id);
    // Pages of an offer that is whole belong to one that was sent again.
    if (transfer?.isCollecting !== true) return false;
    const taken = [...this.incoming.values()].reduce((sum, { namesBytes }) => sum + namesBytes, 0);
    const code = transfer.collect(page, last, Math.max(0, NAMES_BYTES - taken));
    if (code === null) return last;
    this.incoming.delete(id);
    return code;
  }

  /** Takes a frame. Undefined when its transfer is not under way; a code ends it. */
  frame(header: FrameHeader, payload: Uint8Array): TransferCode | null | undefined {
    return this.#withinBounds(this.incoming.get(header.transfer)?.frame(header, payload));
  }

  /** Takes a block that was hashed already. As `frame`. */
  block(block: ReceivedBlock): TransferCode | null | undefined {
    return this.#withinBounds(this.incoming.get(block.transfer)?.block(block));
  }

  #withinBounds(code: TransferCode | null | undefined): TransferCode | null | undefined {
    const unstored = [...this.incoming.values()].reduce((sum, { unstoredBytes }) => sum + unstoredBytes, 0);
    return code !== undefined && unstored > RECEIVE_BYTES ? 'protocol' : code;
  }

  /** When the first of them may have progress to tell; null while none may. */
  dueMs(): number | null {
    let next: number | null = null;
    for (const [, { meter }] of this.all()) {
      const due = meter.dueMs();
      if (due !== null && (next === null || due < next)) next = due;
    }
    return next;
  }

  /** Those under way, of both directions. */
  all(): [TransferId, Outgoing | Incoming][] {
    return [...this.incoming, ...this.outgoing];
  }

  /** Takes a transfer out. */
  remove(id: TransferId): void {
    this.outgoing.delete(id);
    this.incoming.delete(id);
  }
}
