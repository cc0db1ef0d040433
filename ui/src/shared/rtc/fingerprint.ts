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

/** The one of a session description: its first `a=fingerprint:sha-256` line (RFC 8122 section 5), if they all agree. */
export function fingerprintOfDescription(sdp: string): string | null {
  const found = new Set<string>();
  for (const [, value] of sdp.matchAll(/^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})\s*$/gim)) {
    if (value !== undefined) found.add(value.replaceAll(':', '').toLowerCase());
  }
  // Bundled media share one transport, so two different lines would leave open which certificate is meant.
  const [only, ...others] = found;
  return only !== undefined && others.length === 0 ? only : null;
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
