// Turns among the transfers from us, so that a large one does not hold up the others: who reads next, and who sends next.
// Twin of `crates/transfer/src/turns.rs`.
//
// Promises: what is read ahead, and what is sent and not stored, is bounded over all transfers together; each transfer gets a block in
// turn. Leaves to `Outgoing`: which block that is.

import { BLOCK_BYTES, WINDOW_BYTES } from '../protocol/limits';
import type { TransferId } from '../protocol/TransferId';
import type { Outgoing } from './outgoing';

/**
 * Bytes read or being read before the window has room for them: what a disk needs to keep a network busy. One transfer takes at most
 * half of it, so that a file on a disk that hangs does not stop the others.
 */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;
/** Blocks and proofs in that state: small files are read many at once. Again half for one transfer. */
const READ_AHEAD_SLOTS = 64;
/** Seconds of a limited speed that may be under way. */
const LIMITED_S = 2;

/** The outgoing transfer that was served last, in reading and in sending. */
export class Turns {
  #lastRead: TransferId | null = null;
  #lastSent: TransferId | null = null;
  /** Bytes a second the driver keeps to, if it does. */
  #limit: number | null = null;

  /** The driver keeps to a speed, or no longer. */
  limit(bytesPerSecond: number | null): void {
    this.#limit = bytesPerSecond;
  }

  /** Bytes that may be sent and not stored. */
  get #windowBytes(): number {
    if (this.#limit === null) return WINDOW_BYTES;
    return Math.min(WINDOW_BYTES, Math.max(BLOCK_BYTES, this.#limit * LIMITED_S));
  }

  /** Orders reads as far ahead as there is room. True when there was something to order. */
  readAhead(outgoing: ReadonlyMap<TransferId, Outgoing>): boolean {
    for (let moved = false; ; moved = true) {
      let bytes = 0;
      let slots = 0;
      for (const { aheadBytes, slotCount } of outgoing.values()) {
        bytes += aheadBytes;
        slots += slotCount;
      }
      if (bytes >= READ_AHEAD_BYTES || slots >= READ_AHEAD_SLOTS) return moved;
      const served = inTurn(outgoing, this.#lastRead, (transfer) => {
        const hasRoom = transfer.aheadBytes < READ_AHEAD_BYTES / 2 && transfer.slotCount < READ_AHEAD_SLOTS / 2;
        return hasRoom && transfer.readNext();
      });
      if (served === null) return moved;
      this.#lastRead = served;
    }
  }

  /** Sends the next thing that is read and fits the window. Gives the transfer it is of; null when there is no such thing. */
  sendNext(outgoing: ReadonlyMap<TransferId, Outgoing>, payloadBytes: number): TransferId | null {
    const unstored = [...outgoing.values()].reduce((sum, { unstoredBytes }) => sum + unstoredBytes, 0);
    const window = this.#windowBytes;
    const served = inTurn(outgoing, this.#lastSent, (transfer) => {
      const length = transfer.nextLength();
      if (length === null || unstored + length > window) return false;
      transfer.sendNext(payloadBytes);
      return true;
    });
    this.#lastSent = served ?? this.#lastSent;
    return served;
  }
}

/** Offers the turn to each of `transfers`, beginning behind the one served last, until one takes it; null when none does. */
function inTurn(
  transfers: ReadonlyMap<TransferId, Outgoing>,
  last: TransferId | null,
  serve: (transfer: Outgoing) => boolean,
): TransferId | null {
  const ids = [...transfers.keys()].sort();
  const behind = ids.findIndex((id) => last === null || id > last);
  const order = behind < 0 ? ids : [...ids.slice(behind), ...ids.slice(0, behind)];
  return order.find((id) => {
    const transfer = transfers.get(id);
    return transfer !== undefined && serve(transfer);
  }) ?? null;
}
