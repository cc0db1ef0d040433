// Fingerprints of certificates: SHA-256 over the DER form (RFC 8122, `sha-256`). Twin of `crates/trust/src/fingerprint.rs`.

import type { Bytes } from './bytes';
import { fromHex } from './id';

/** Bytes of a fingerprint. */
export const FINGERPRINT_BYTES = 32;

/** A fingerprint from 64 hex digits in either case, or 32 pairs of them joined by colons; null when it is neither. */
export function parseFingerprint(text: string): Bytes | null {
  const lower = text.toLowerCase();
  if (!/^([0-9a-f]{2}:){31}[0-9a-f]{2}$|^[0-9a-f]{64}$/.test(lower)) return null;
  return fromHex(lower.replaceAll(':', ''), FINGERPRINT_BYTES);
}
