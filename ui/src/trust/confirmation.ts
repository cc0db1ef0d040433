// Key confirmation (docs/protocol.md, section 5.1): a MAC over both certificates of a connection, both nonces, epoch, link and role.
//
// Promises: a right MAC was made by a holder of the invitation, in this epoch, for this connection, by the other role: it can be
// neither replayed nor reflected. Leaves to others: reading the fingerprints.

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

import type { Plane } from '../protocol/Plane';
import { concatBytes, u32Bytes, utf8, type Bytes } from './bytes';
import { fromHex } from './id';

/** Bytes of a confirmation's MAC. */
export const MAC_BYTES = 32;
/** Bytes of a certificate's fingerprint: SHA-256. */
export const FINGERPRINT_BYTES = 32;

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
  if (claims.senderFingerprint.length !== FINGERPRINT_BYTES || claims.receiverFingerprint.length !== FINGERPRINT_BYTES) {
    throw new RangeError('a fingerprint is a SHA-256');
  }
  const text = concatBytes(
    utf8('parlor v1 key confirmation'),
    Uint8Array.of(claims.plane === 'data' ? 1 : 2, claims.senderIsPolite ? 1 : 0),
    claims.epoch,
    u32Bytes(claims.link),
    claims.senderFingerprint,
    claims.receiverFingerprint,
    claims.senderNonce,
    claims.receiverNonce,
  );
  return hmac(sha256, key, text);
}

/**
 * The SHA-256 fingerprint an SDP names (`a=fingerprint`, RFC 8122), or null when it names none, or several that differ: then it is
 * not sure which certificate would be used.
 */
export function fingerprintFromSdp(sdp: string): Bytes | null {
  let found: string | null = null;
  for (const [, hex] of sdp.matchAll(/^a=fingerprint:sha-256[ \t]+([0-9a-f:]+)[ \t]*\r?$/gim)) {
    const plain = (hex ?? '').toLowerCase();
    if (found !== null && found !== plain) return null;
    found = plain;
  }
  return found === null ? null : parseFingerprint(found);
}

/** A fingerprint from hex, with or without colons, in either case; null when it is no SHA-256. */
export function parseFingerprint(text: string): Bytes | null {
  const lower = text.toLowerCase();
  if (!/^([0-9a-f]{2}:){31}[0-9a-f]{2}$|^[0-9a-f]{64}$/.test(lower)) return null;
  return fromHex(lower.replaceAll(':', ''), FINGERPRINT_BYTES);
}
