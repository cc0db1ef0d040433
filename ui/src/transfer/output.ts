// What an `Exchange` orders, and what it tells. Twin of `crates/transfer/src/output.rs`.

import type { Control } from '../protocol/Control';
import type { TextId } from '../protocol/TextId';
import type { Transfer } from '../protocol/Transfer';
import type { TransferId } from '../protocol/TransferId';
import type { Bytes } from '../trust/bytes';
import type { PeerFault } from './error';
import type { SafePath } from './safeNames';

/** An order to the driver. Orders of one kind are given in the order they must be carried out. */
export type Output =
  /** Send on `control`, in order; at most `CONTROL_BYTES` as JSON. */
  | { readonly type: 'send-control'; readonly message: Control }
  /**
   * Send on `bulk`, in order: header and payload in one buffer. What is ordered but not yet sent is at most the window
   * (`WINDOW_BYTES`) and some proofs, so the driver may queue it.
   */
  | { readonly type: 'send-frame'; readonly frame: Bytes }
  /**
   * Read a block of an offered file and answer with `block-read`. Orders of one entry ascend. Several may be under way at once,
   * 4 MiB together at most. A file that is not what was offered (size, modified time) is `source-changed`.
   */
  | {
      readonly type: 'read-block';
      readonly transfer: TransferId;
      readonly entry: number;
      readonly block: number;
      /** Where in the file, in bytes. */
      readonly offset: number;
      /** How many bytes, 1 … 1 MiB. */
      readonly length: number;
      /** The entry's last block, so the file may be closed afterwards (it may still be asked for again after `link-lost` or a `pause`). */
      readonly last: boolean;
    }
  /**
   * Open a part beside the target of an entry; comes once, before its first `write-block` or its `finish-entry`. There is no
   * answer: a failure shows in the answers of those.
   */
  | {
      readonly type: 'open-entry';
      readonly transfer: TransferId;
      readonly entry: number;
      /** Where, below the place for received files. */
      readonly path: SafePath;
      /** Bytes it will have. */
      readonly size: number;
    }
  /** Write a proven block into the part and answer with `block-written`. */
  | {
      readonly type: 'write-block';
      readonly transfer: TransferId;
      readonly entry: number;
      readonly block: number;
      /** Where in the file, in bytes. */
      readonly offset: number;
      readonly bytes: Bytes;
      /** Its hash. */
      readonly proof: Bytes;
    }
  /** Every block is written and the whole is proven: give it its name and answer with `entry-finished`. */
  | {
      readonly type: 'finish-entry';
      readonly transfer: TransferId;
      readonly entry: number;
      readonly size: number;
      /** The file's own time, milliseconds since 1970. */
      readonly modifiedMs: number | null;
    }
  /** Give up the part of an entry that failed. Answers still due for it need not come. */
  | {
      readonly type: 'discard-entry';
      readonly transfer: TransferId;
      readonly entry: number;
      /** A disk failed on either side: what is proven of it stays for a later session. Else it is removed. */
      readonly keep: boolean;
    }
  /**
   * The transfer has ended, either direction: close its files and remove parts that did not get their name. Finished files stay.
   * Comes exactly once a transfer, after its last event. Answers still due need not come.
   */
  | {
      readonly type: 'release-transfer';
      readonly transfer: TransferId;
      /** A disk failed or the sender was restarted, and nobody wished it ended: parts and what is known of them stay for a later session. */
      readonly keep: boolean;
      /** Entries of ours that the receiver has not proven: what would be offered again. Empty for a transfer to us. */
      readonly missing: readonly number[];
    }
  /** Something to tell. */
  | { readonly type: 'event'; readonly event: ExchangeEvent };

/** What happened, for the one who drives. Named apart from the screen's `Event`, which it becomes part of. */
export type ExchangeEvent =
  /** A transfer began, moved or ended: its whole state. At once when its state changes, at most five times a second for progress. */
  | { readonly type: 'transfer-changed'; readonly transfer: Transfer }
  /** A text came; never twice. */
  | { readonly type: 'text-received'; readonly id: TextId; readonly body: string; readonly sentAtMs: number }
  /** The peer has a text of ours. */
  | { readonly type: 'text-delivered'; readonly id: TextId }
  /** The peer sent what no honest peer sends and what belongs to no transfer that could be cancelled for it. Close the connection. */
  | { readonly type: 'protocol-broken'; readonly fault: PeerFault };
