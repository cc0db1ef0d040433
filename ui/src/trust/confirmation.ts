// Key confirmation (docs/protocol.md, section 5.1): a MAC over both certificates of a connection, both nonces, epoch, link and role.
//
// Promises: a right MAC was made by a holder of the invitation, in this epoch, for this connection, by the other role: it can be
// neither replayed nor reflected. Leaves to others: reading the fingerprints. Twin of `crates/trust/src/confirmation.rs`.

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

import type { Plane } from '../protocol/Plane';
import { concatBytes, u32Bytes, utf8, type Bytes } from './bytes';
import { FINGERPRINT_BYTES } from './fingerprint';

/** Bytes of a confirmation's MAC. */
export const MAC_BYTES = 32;

/** Everything a confirmation is made over, from its sender's side. */
export interface ConfirmationClaims {
  readonly plane: Plane;
  /** Whether the sender is the polite peer: the one with the larger id. */
  readonly senderIsPolite: boolean;
  /** 8 bytes. */
  readonly epoch: Uint8Array;
  /** Number of the connection. */
  readonly link: number;
  /** SHA-256 of the sender's certificate. */
  readonly senderFingerprint: Uint8Array;
  /** SHA-256 of the receiver's certificate, as the sender sees it. */
  readonly receiverFingerprint: Uint8Array;
  readonly senderNonce: Uint8Array;
  readonly receiverNonce: Uint8Array;
}

/** The MAC over `claims`, 32 bytes. Throws a `RangeError` when a fingerprint has another length. */
export function confirmationMac(key: Uint8Array, claims: ConfirmationClaims): Bytes {
  return hmac(sha256, key, confirmationText(claims));
}

/** What is confirmed, as bytes; devices sign it as well. Throws a `RangeError` when a fingerprint has another length. */
export function confirmationText(claims: ConfirmationClaims): Bytes {
  if (claims.senderFingerprint.length !== FINGERPRINT_BYTES || claims.receiverFingerprint.length !== FINGERPRINT_BYTES) {
    throw new RangeError('a fingerprint is a SHA-256');
  }
  return concatBytes(
    utf8('parlor v1 key confirmation'),
    Uint8Array.of(claims.plane === 'data' ? 1 : 2, claims.senderIsPolite ? 1 : 0),
    claims.epoch,
    u32Bytes(claims.link),
    claims.senderFingerprint,
    claims.receiverFingerprint,
    claims.senderNonce,
    claims.receiverNonce,
  );
}
