// Fingerprints of certificates: SHA-256 over the DER form (RFC 8122, `sha-256`). Twin of `crates/trust/src/fingerprint.rs`.

import { equalBytes, type Bytes } from './bytes';
import { fromHex } from './id';

/** Bytes of a fingerprint. */
export const FINGERPRINT_BYTES = 32;

/** A fingerprint from 64 hex digits in either case, or 32 pairs of them joined by colons; null when it is neither. */
export function parseFingerprint(text: string): Bytes | null {
  const lower = text.toLowerCase();
  if (!/^([0-9a-f]{2}:){31}[0-9a-f]{2}$|^[0-9a-f]{64}$/.test(lower)) return null;
  return fromHex(lower.replaceAll(':', ''), FINGERPRINT_BYTES);
}

/**
 * The SHA-256 fingerprint an SDP names (`a=fingerprint:sha-256 …`). Null when it names none, a broken one, or several that differ: then
 * it is not sure which certificate would be used.
 */
export function fingerprintFromSdp(sdp: string): Bytes | null {
  let found: Bytes | null = null;
  for (const line of sdp.split('\n')) {
    const [, value] = /^a=fingerprint:sha-256[ \t](.*)$/i.exec(line.trimEnd()) ?? [];
    if (value === undefined) continue;
    const fingerprint = parseFingerprint(value.trim());
    if (fingerprint === null || (found !== null && !equalBytes(found, fingerprint))) return null;
    found = fingerprint;
  }
  return found;
}
