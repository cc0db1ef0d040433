// What can be wrong, split by who can act: the user or caller (`TransferError`), the peer (`PeerFault`).
// Twin of `crates/transfer/src/error.rs`.

import type { Failure } from '../protocol/Failure';

/**
 * - `text-too-long`: user, shorten the text.
 * - `texts-waiting`: user, wait until the peer is back; this many texts wait already.
 * - `offer-invalid`: user, nothing was offered, or more than an offer holds, or a name no offer carries.
 * - `not-now`: caller, no such transfer, or not in a state for this. A race with the peer that ends well.
 */
export type TransferErrorCode = 'text-too-long' | 'texts-waiting' | 'offer-invalid' | 'not-now';

/** A wish that was not granted. The machine is unchanged. */
export class TransferError extends Error {
  constructor(readonly code: TransferErrorCode) {
    super(DETAILS[code]);
    this.name = 'TransferError';
  }

  /** As it crosses to the screen. */
  get failure(): Failure {
    return { code: this.code === 'texts-waiting' ? 'not-now' : this.code, detail: this.message };
  }
}

const DETAILS: Record<TransferErrorCode, string> = {
  'text-too-long': 'the text is too long',
  'texts-waiting': 'too many texts wait for the peer',
  'offer-invalid': 'the offer is empty or over a limit',
  'not-now': 'no such transfer, or not in a state for this',
};

/**
 * How a peer broke the protocol outside of any transfer.
 * - `frame`: a message of `bulk` that is no frame.
 * - `unasked`: a frame for a transfer that was never accepted here.
 * - `text-too-long`: a text over the limit.
 * - `no-link`: a message of `control` or `bulk` while no link is up.
 * - `too-many-offers`: more offers unanswered, or more names in them, than a peer keeps.
 */
export type PeerFault = 'frame' | 'unasked' | 'text-too-long' | 'no-link' | 'too-many-offers';
