// Offers to us as they came, to know the same one again in a later session.
//
// Promises: the same paths, sizes and times in the same order give the same name, whoever offers them and however the offer was cut into
// messages; what is remembered is bounded, and what was forgotten is received anew. Leaves to the machine: whether an offer is valid.
import type { Control } from '../../../protocol/Control';
import { OFFER_ENTRIES, OFFERS_PENDING } from '../../../protocol/limits';
import type { OfferedEntry } from '../../../protocol/OfferedEntry';
import type { TransferId } from '../../../protocol/TransferId';
import { jsBlake3 } from '../../../transfer/block';
import { concatBytes, utf8, type Bytes } from '../../../trust/bytes';
import { ID_BYTES, toHex } from '../../../trust/id';

/** An offer that is whole. */
export interface KnownOffer {
  /** The same for the same offer. */
  readonly name: string;
  /** Of its entries, in their order. */
  readonly sizes: readonly number[];
}

interface Pages {
  hash: Bytes;
  readonly sizes: number[];
  isWhole: boolean;
}

export class OfferBook {
  readonly #offers = new Map<TransferId, Pages>();

  /** Looks at a message of the peer. One that is said again after a lost connection changes nothing. */
  read(message: Control): void {
    if (message.type === 'offer' && !this.#offers.has(message.transfer)) {
      for (const oldest of this.#offers.keys()) {
        if (this.#offers.size < OFFERS_PENDING) break;
        this.#offers.delete(oldest);
      }
      this.#offers.set(message.transfer, { hash: new Uint8Array(0), sizes: [], isWhole: false });
      this.#add(message.transfer, message.entries, message.last);
    } else if (message.type === 'offer-entries') {
      this.#add(message.transfer, message.entries, message.last);
    }
  }

  /** Null for one that was forgotten. */
  get(transfer: TransferId): KnownOffer | null {
    const pages = this.#offers.get(transfer);
    return pages?.isWhole === true ? { name: toHex(pages.hash.subarray(0, ID_BYTES)), sizes: pages.sizes } : null;
  }

  /** Offers that are not whole are sent again from their beginning. */
  linkLost(): void {
    for (const [transfer, { isWhole }] of this.#offers) if (!isWhole) this.#offers.delete(transfer);
  }

  forget(transfer: TransferId): void {
    this.#offers.delete(transfer);
  }

  #add(transfer: TransferId, page: readonly OfferedEntry[], last: boolean): void {
    const pages = this.#offers.get(transfer);
    if (pages === undefined || pages.isWhole) return;
    for (const { path, size, modified_ms } of page) {
      pages.hash = jsBlake3(concatBytes(pages.hash, utf8(JSON.stringify([path, size, modified_ms ?? null]))));
      pages.sizes.push(size);
    }
    pages.isWhole = last;
    if (pages.sizes.length > OFFER_ENTRIES) this.#offers.delete(transfer);
  }
}
