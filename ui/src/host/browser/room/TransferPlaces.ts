// What the transfers of a room need of the page: places for what is received, and someone who hashes.
import type { TransferId } from '../../../protocol/TransferId';
import type { BlockHasher } from '../hashing/BlockHasher';
import type { EntrySink } from '../storage/entrySink';
import type { LeftEntry } from '../storage/OfferFolder';

/** Where received entries go, and where blocks are hashed. */
export interface TransferPlaces {
  readonly hasher: Pick<BlockHasher, 'hash'>;
  /** A place for an accepted transfer; `offer` is the same for the same offer, and null when it is not known. */
  accept(transfer: TransferId, offer: string | null): Promise<TransferPlace>;
  /** The user does not want an offer: what an earlier session left of it may go. */
  declined(offer: string): void;
}

/** Where the entries of one transfer go. */
export interface TransferPlace {
  /** What an earlier session left. */
  left(): Promise<readonly LeftEntry[]>;
  /** A place for one entry; `path` is safe. Rejects with a `StorageError`. */
  open(entry: number, path: string, size: number): Promise<EntrySink>;
  /** The transfer has ended: parts stay for a later session, or go. */
  end(keep: boolean): Promise<void>;
}
