// Files of ended transfers that did not reach their receiver, so that they can be offered again while the room lasts.
// Twin of `crates/client/src/room/again.rs`.
//
// Promises: bounded; an offer again is of what is missing, or of everything where the receiver has kept a part and nothing has changed: it
// knows an earlier offer by its paths, sizes and times, and goes on. Leaves to others: asking for it, and the offer.
import { OFFER_ENTRIES } from '../../../protocol/limits';
import type { TransferId } from '../../../protocol/TransferId';
import type { PickedSource } from '../files/PickedFiles';

/** Ended transfers of a room that are remembered. */
const TRANSFERS = 64;
/** Their files: two of the largest offers. */
const FILES = 2 * OFFER_ENTRIES;

/** What of an ended transfer did not arrive. */
export interface Unsent {
  /** All that was offered. */
  readonly files: readonly PickedSource[];
  /** Indices of what is missing. */
  readonly missing: readonly number[];
  /** The receiver keeps what it has. */
  readonly isKept: boolean;
}

export const NOTHING_UNSENT: Unsent = { files: [], missing: [], isKept: false };

/** What is to be offered again, as it is now. */
export function filesOf({ files, missing, isKept }: Unsent): PickedSource[] {
  if (isKept && files.every((source) => source.isUnchanged())) return files.map((source) => source.again());
  return missing.flatMap((entry) => files[entry]?.again() ?? []);
}

export class Again {
  /** Oldest first: a map keeps the order. */
  readonly #transfers = new Map<TransferId, Unsent>();

  has(transfer: TransferId): boolean {
    return this.#transfers.has(transfer);
  }

  /** Remembers what did not arrive. Gives the transfers that are forgotten for it, and `transfer` itself if nothing is missing. */
  remember(transfer: TransferId, unsent: Unsent): TransferId[] {
    if (!unsent.missing.some((entry) => entry < unsent.files.length)) return [transfer];
    this.#transfers.set(transfer, unsent);
    const forgotten: TransferId[] = [];
    let count = [...this.#transfers.values()].reduce((sum, { files }) => sum + files.length, 0);
    for (const [oldest, { files }] of this.#transfers) {
      if (oldest === transfer || (this.#transfers.size <= TRANSFERS && count <= FILES)) break;
      this.#transfers.delete(oldest);
      count -= files.length;
      forgotten.push(oldest);
    }
    return forgotten;
  }

  /** What did not arrive of a transfer, which is forgotten then; null if it is not known. */
  take(transfer: TransferId): Unsent | null {
    const unsent = this.#transfers.get(transfer) ?? null;
    this.#transfers.delete(transfer);
    return unsent;
  }

  /** What was taken could not be offered. */
  putBack(transfer: TransferId, unsent: Unsent): void {
    this.#transfers.set(transfer, unsent);
  }
}
