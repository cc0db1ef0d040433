// The window of one transfer to us: what has arrived on this connection, what of it is stored, and what of that was told.
// Twin of `crates/transfer/src/receive_window.rs`.

import { BLOCK_BYTES, FRAME_PAYLOAD_BYTES, WINDOW_BYTES } from '../protocol/limits';
import type { TransferCode } from '../protocol/TransferCode';

/** Bytes newly stored that are worth a word: half a block keeps the window open without chatter. */
const STORED_STEP_BYTES = BLOCK_BYTES / 2;

/** Bytes since `accept`. */
export class ReceiveWindow {
  #arrived = 0;
  /** Of these stored, or thrown away. */
  #stored = 0;
  /** Of these told. */
  #told = 0;

  /** A frame of data has arrived, or a block of frames, of so many bytes. A code when the sender may not send as many. */
  arrive(bytes: number, most: number = FRAME_PAYLOAD_BYTES): TransferCode | null {
    this.#arrived += bytes;
    return bytes === 0 || bytes > most || this.unstoredBytes > WINDOW_BYTES ? 'protocol' : null;
  }

  /** Arrived bytes are stored, or nothing will be kept of them. */
  store(bytes: number): void {
    this.#stored += bytes;
  }

  /** Bytes arrived and not stored. */
  get unstoredBytes(): number {
    return this.#arrived - this.#stored;
  }

  /** Bytes stored in all, when that is worth telling; they count as told then. */
  takeNews(): number | null {
    const news = this.#stored - this.#told;
    if (news === 0 || (news < STORED_STEP_BYTES && this.#stored !== this.#arrived)) return null;
    this.#told = this.#stored;
    return this.#stored;
  }
}
