// Fingerprints of DTLS certificates: SHA-256 of the DER form, lower-case hex (docs/protocol.md, section 5.1).
//
// Promises: never invents one; null where none can be seen. Left to others: what is proven with them (`trust`).
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

import type { Seen } from '../../protocol/Seen';
import type { DtlsTransportLike, PeerConnectionLike } from './PeerConnectionLike';

/** A fingerprint and how it was learned. */
export interface SeenFingerprint {
  readonly fingerprint: string;
  readonly seen: Seen;
}

/** Of a certificate in DER. */
export function fingerprintOfCertificate(der: ArrayBuffer): string {
  return bytesToHex(sha256(new Uint8Array(der)));
}

/**
 * The one of a session description: `a=fingerprint:sha-256`, in the letters of RFC 8122. Null when a line about a fingerprint is anything
 * else (another hash, other letters, another value) or there is none: parsers take the first of several, or the last, and read letters as
 * they like. Twin of `Fingerprint::from_sdp` in `crates/trust/src/fingerprint.rs`.
 */
export function fingerprintOfDescription(sdp: string): string | null {
  let found: string | null = null;
  // Some parsers end a line at either character.
  for (const line of sdp.split(/[\r\n]/)) {
    if (!/^\s*a=fingerprint/i.test(line)) continue;
    const value = /^a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/.exec(line)?.[1];
    if (value === undefined || (found !== null && found !== value)) return null;
    found = value;
  }
  return found === null ? null : found.replaceAll(':', '').toLowerCase();
}

/**
 * Our own. The description is made by our own platform from the certificate it uses, so it is as good as the certificate.
 */
export function localFingerprint(connection: PeerConnectionLike): string | null {
  const local = connection.localDescription;
  return local === null ? null : fingerprintOfDescription(local.sdp);
}

/** The other side's: of the live certificate where the platform shows it, else of its description. */
export function remoteFingerprint(
  connection: PeerConnectionLike,
  transport: DtlsTransportLike | null,
): SeenFingerprint | null {
  const [certificate] = transport?.getRemoteCertificates?.() ?? [];
  if (certificate !== undefined && certificate.byteLength > 0) {
    return { fingerprint: fingerprintOfCertificate(certificate), seen: 'certificate' };
  }
  const remote = connection.remoteDescription;
  const described = remote === null ? null : fingerprintOfDescription(remote.sdp);
  return described === null ? null : { fingerprint: described, seen: 'description' };
}
