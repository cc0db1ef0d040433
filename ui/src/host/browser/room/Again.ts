// Files of ended transfers that did not reach their receiver, so that they can be offered again while the room lasts.
// Twin of `crates/client/src/room/again.rs`.
//
// Promises: bounded. Leaves to others: asking for it, and the offer.
import { OFFER_ENTRIES } from '../../../protocol/limits';
import type { TransferId } from '../../../protocol/TransferId';
import type { PickedSource } from '../files/PickedFiles';

/** Ended transfers of a room that are remembered. */
const TRANSFERS = 64;
/** Their files: two of the largest offers. */
const FILES = 2 * OFFER_ENTRIES;

export class Again {
  /** Oldest first: a map keeps the order. */
  readonly #transfers = new Map<TransferId, readonly PickedSource[]>();

  has(transfer: TransferId): boolean {
    return this.#transfers.has(transfer);
  }

  /** Remembers what is `missing` of `files`. Gives the transfers that are forgotten for it, and `transfer` itself if nothing is missing. */
  remember(transfer: TransferId, files: readonly PickedSource[], missing: readonly number[]): TransferId[] {
    const rest = missing.flatMap((entry) => files[entry] ?? []);
    if (rest.length === 0) return [transfer];
    this.#transfers.set(transfer, rest);
    const forgotten: TransferId[] = [];
    let count = [...this.#transfers.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of this.#transfers) {
      if (oldest === transfer || (this.#transfers.size <= TRANSFERS && count <= FILES)) break;
      this.#transfers.delete(oldest);
      count -= length;
      forgotten.push(oldest);
    }
    return forgotten;
  }

  /** What is missing of a transfer, which is forgotten then; null if it is not known. */
  take(transfer: TransferId): readonly PickedSource[] | null {
    const files = this.#transfers.get(transfer) ?? null;
    this.#transfers.delete(transfer);
    return files;
  }

  /** What was taken could not be offered. */
  putBack(transfer: TransferId, files: readonly PickedSource[]): void {
    this.#transfers.set(transfer, files);
  }
}
