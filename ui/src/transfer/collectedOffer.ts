// An offer to us of which pages are missing. Twin of `crates/transfer/src/collected_offer.rs`.
//
// Promises: every path is safe and unlike the others of its offer; names take no more memory than there is room; the whole is what
// the first page said. Leaves to the `Exchange`: how much room there is, and refusing.

import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { IncomingEntry } from './incomingEntry';
import { totalBytes } from './offer';
import { SafeNames, UnsafeNameError } from './safeNames';
import { textBytes } from './texts';

/** What an entry costs in memory besides its path, generously. */
const ENTRY_OVERHEAD_BYTES = 128;

/** The pages that have come. */
export class CollectedOffer {
  readonly #names = new SafeNames();
  readonly #entries: IncomingEntry[] = [];
  #namesBytes = 0;

  constructor(
    private readonly entryCount: number,
    private readonly totalBytes: number,
  ) {}

  /** Memory taken by the names, about. */
  get namesBytes(): number {
    return this.#namesBytes;
  }

  /**
   * Takes a page, of which names may take `room` more bytes. Gives the entries when it was the last, null when more are to come, and a
   * code when the offer must be refused.
   */
  add(page: readonly OfferedEntry[], last: boolean, room: number): readonly IncomingEntry[] | 'bad-offer' | null {
    const limit = this.#namesBytes + room;
    if (page.length === 0 || page.length + this.#entries.length > this.entryCount) return 'bad-offer';
    for (const { path: offered, size, modified_ms } of page) {
      // Each folder of a path may become a name to remember.
      for (const component of offered) this.#namesBytes += textBytes(component) + ENTRY_OVERHEAD_BYTES;
      if (this.#namesBytes > limit) return 'bad-offer';
      try {
        const path = this.#names.add(offered);
        this.#entries.push({ path, size, modifiedMs: modified_ms ?? null, state: 'pending' });
      } catch (error) {
        if (error instanceof UnsafeNameError) return 'bad-offer';
        throw error;
      }
    }
    if (!last) return null;
    const isWhole = this.#entries.length === this.entryCount && totalBytes(this.#entries) === this.totalBytes;
    return isWhole ? this.#entries : 'bad-offer';
  }
}
