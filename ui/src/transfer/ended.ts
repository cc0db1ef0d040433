// Transfers that have ended: remembered so that late messages pass in silence, and so that the last word is said again when the link
// was lost before the other side can have heard it. Twin of `crates/transfer/src/ended.rs`.

import type { Control } from '../protocol/Control';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';

/** Ended transfers that are remembered: late frames of one come within seconds of its end. */
const REMEMBERED = 256;
/** Outcomes of entries that are remembered over all transfers: two of the largest offers. */
const OUTCOMES = 40_000;
/** Milliseconds on a live link after which the other side has heard a word for sure: a dead link shows earlier. */
const HEARD_MS = 60_000;

/** What may go on another day: a disk failed or the sender was restarted, and nobody wished it ended. */
const MENDABLE: readonly TransferCode[] = ['no-space', 'write-failed', 'read-failed', 'forgotten'];

export function isMendable(code: TransferCode): boolean {
  return MENDABLE.includes(code);
}

/** What the other side has to hear of an ended transfer. */
export type LastWord =
  /** Nothing: it said the last word, or has heard ours. */
  | { readonly type: 'none' }
  /** We refused. */
  | { readonly type: 'declined' }
  /** We ended it. */
  | { readonly type: 'cancelled'; readonly code: TransferCode }
  /** It ended by itself: entries we have proven, and entries that failed here. */
  | { readonly type: 'outcomes'; readonly proven: readonly number[]; readonly failed: readonly FailedEntry[] };

/** An entry that ended without proof. */
export interface FailedEntry {
  readonly entry: number;
  readonly code: TransferCode;
}

export const NO_WORD: LastWord = { type: 'none' };

/** The messages that say a last word. */
export function lastWordMessages(word: LastWord, transfer: TransferId): Control[] {
  switch (word.type) {
    case 'none':
      return [];
    case 'declined':
      return [{ type: 'decline', transfer }];
    case 'cancelled':
      return [{ type: 'cancel', transfer, code: word.code }];
    case 'outcomes':
      return [
        ...word.proven.map((entry): Control => ({ type: 'proven', transfer, entry })),
        ...word.failed.map(({ entry, code }): Control => ({ type: 'entry-failed', transfer, entry, code })),
      ];
  }
}

interface Ended {
  readonly transfer: TransferId;
  word: LastWord;
  /** When it was last said on a link that is still up; null while it could not be said. */
  saidAtMs: number | null;
}

/** The transfers that ended last. */
export class EndedTransfers {
  #ended: Ended[] = [];

  /** Remembers a transfer; `saidAtMs` is null when no link is up. */
  push(transfer: TransferId, word: LastWord, saidAtMs: number | null): void {
    if (saidAtMs !== null) this.#forgetHeard(saidAtMs);
    this.#ended.push({ transfer, word, saidAtMs });
    if (this.#ended.length > REMEMBERED) this.#ended.shift();
    let outcomes = 0;
    for (const ended of this.#ended.toReversed()) {
      if (ended.word.type === 'outcomes') outcomes += ended.word.proven.length + ended.word.failed.length;
      if (outcomes > OUTCOMES) ended.word = NO_WORD;
    }
  }

  /** The last word about a transfer; undefined when it is not remembered. */
  word(transfer: TransferId): LastWord | undefined {
    return this.#ended.findLast((ended) => ended.transfer === transfer)?.word;
  }

  /** The link is gone: words said shortly before may not have been heard. */
  linkLost(nowMs: number): void {
    this.#forgetHeard(nowMs);
    for (const ended of this.#ended) ended.saidAtMs = null;
  }

  /** A new link: what may not have been heard, to be said again. */
  linkUp(nowMs: number): Control[] {
    return this.#ended.flatMap((ended) => {
      ended.saidAtMs = nowMs;
      return lastWordMessages(ended.word, ended.transfer);
    });
  }

  #forgetHeard(nowMs: number): void {
    for (const ended of this.#ended) {
      if (ended.saidAtMs !== null && ended.saidAtMs + HEARD_MS <= nowMs) ended.word = NO_WORD;
    }
  }
}
