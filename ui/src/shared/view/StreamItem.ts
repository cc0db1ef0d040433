// What the chat shows, oldest first: texts, transfers and who came or went, as one stream.
import type { FailureCode } from '../../protocol/FailureCode';
import type { PeerId } from '../../protocol/PeerId';
import type { TextId } from '../../protocol/TextId';
import type { TransferId } from '../../protocol/TransferId';

/** A chat text. */
export interface TextItem {
  readonly kind: 'text';
  readonly key: string;
  readonly id: TextId;
  /** Null is ourselves. */
  readonly from: PeerId | null;
  readonly body: string;
  readonly atMs: number;
  /** Who was there to receive it, for our own. */
  readonly addressees: readonly PeerId[];
  readonly deliveredTo: readonly PeerId[];
  /** Why it was not sent. */
  readonly failed: FailureCode | null;
}

/** Where a transfer stands in the stream; its state is kept apart. */
export interface TransferItem {
  readonly kind: 'transfer';
  readonly key: string;
  readonly id: TransferId;
  readonly atMs: number;
}

/** Someone came or went. */
export interface PresenceItem {
  readonly kind: 'presence';
  readonly key: string;
  readonly what: 'joined' | 'left' | 'lost';
  readonly peer: PeerId;
  readonly atMs: number;
}

/** One line of the stream. */
export type StreamItem = TextItem | TransferItem | PresenceItem;
