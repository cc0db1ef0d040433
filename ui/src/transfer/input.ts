// What happens to an `Exchange`: the peer's messages, the user's wishes, and what became of orders.
// Twin of `crates/transfer/src/input.rs`. Inputs for transfers the machine no longer knows (late results) are ignored.

import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { TextId } from '../protocol/TextId';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';
import type { Bytes } from '../trust/bytes';

/** Something that happened. */
export type Input =
  /** A data connection is up *and its key confirmation is right*. Implies `link-lost` for an older one. */
  | {
      readonly type: 'link-up';
      /** The peer's `max-message-size` (RFC 8841), header included; `Infinity` for "no limit". */
      readonly maxMessageBytes: number;
    }
  /** The data connection is gone. The driver drops every frame and control message it has not sent yet. */
  | { readonly type: 'link-lost' }
  /** A message of `control` that passed `parseControl`. Kinds that are not about texts and transfers are ignored. */
  | { readonly type: 'control-received'; readonly message: Control }
  /** A whole message of `bulk`, header included. Copied before the call returns. */
  | { readonly type: 'frame-received'; readonly frame: Uint8Array }
  /**
   * The data frames of a whole block and its proof, collected and hashed by the driver: the same as these frames one after the other, in
   * their place among the others. The machine owns the bytes from now on.
   */
  | {
      readonly type: 'block-received';
      readonly transfer: TransferId;
      readonly entry: number;
      readonly block: number;
      readonly bytes: Bytes;
      /** The hash of `bytes`. */
      readonly proof: Bytes;
      /** The hash the sender says they have. */
      readonly claimed: Uint8Array;
    }
  /** The user offers files. `/`, `\` and NUL inside a component (legal in a name on some systems) become `_`. */
  | {
      readonly type: 'offer-files';
      /** Fresh, random. */
      readonly transfer: TransferId;
      /** At least one, at most `OFFER_ENTRIES`. */
      readonly entries: readonly OfferedEntry[];
    }
  /** The user consents to a waiting incoming offer. Works while the link is down as well. */
  | {
      readonly type: 'accept';
      readonly transfer: TransferId;
      /** Entries that are not wanted; at least one is left. */
      readonly without: readonly number[];
    }
  /** The user refuses a waiting incoming offer. */
  | { readonly type: 'decline'; readonly transfer: TransferId }
  /**
   * The user holds a transfer of either direction up that was accepted and has not ended, or lets it go on. Works while the link is
   * down as well.
   */
  | {
      readonly type: 'pause';
      readonly transfer: TransferId;
      /** True to hold it up. */
      readonly paused: boolean;
    }
  /**
   * From now on no more is sent ahead than two seconds of this speed hold, one block at least, so that what was sent can be held up and
   * cancelled soon. Keeping to the speed is the driver's, who knows what other peers take of it.
   */
  | {
      readonly type: 'limit-speed';
      /** Null for no limit. */
      readonly bytesPerSecond: number | null;
    }
  /** The user ends a transfer of either direction that has not ended. */
  | { readonly type: 'cancel'; readonly transfer: TransferId }
  /** The user writes. Kept and sent again until the peer says it has it. */
  | {
      readonly type: 'send-text';
      /** Fresh, random. */
      readonly id: TextId;
      /** At most `TEXT_BYTES`. */
      readonly body: string;
      /** The author's clock, milliseconds since 1970. */
      readonly sentAtMs: number;
    }
  /** What became of `read-block`; results may come in any order. The machine owns the bytes from now on. */
  | {
      readonly type: 'block-read';
      readonly transfer: TransferId;
      readonly entry: number;
      readonly block: number;
      /** The bytes, or `source-changed` or `read-failed`. A length other than ordered counts as changed. */
      readonly result: Bytes | TransferCode;
      /** The hash of the bytes, where the driver has it; else the machine computes it. */
      readonly proof?: Bytes;
    }
  /** What became of `write-block`; results may come in any order. */
  | {
      readonly type: 'block-written';
      readonly transfer: TransferId;
      readonly entry: number;
      readonly block: number;
      /** Null when the write returned, or `no-space` (ends the transfer) or `write-failed` (ends the entry). */
      readonly result: TransferCode | null;
    }
  /** What became of `finish-entry`. */
  | {
      readonly type: 'entry-finished';
      readonly transfer: TransferId;
      readonly entry: number;
      /** Null when the file stands under its name, or `no-space` or `write-failed`. */
      readonly result: TransferCode | null;
    }
  /** The time of `nextTimeoutMs` has come. Harmless at any other time. */
  | { readonly type: 'tick' };
