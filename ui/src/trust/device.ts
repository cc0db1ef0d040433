// Device keys (docs/protocol.md, section 7.5): Ed25519 (RFC 8032), by which a peer known from one room is recognised in the next.
// Twin of `crates/trust/src/device.rs`.
//
// Promises: a proof holds for one connection of one epoch between these two peers, in one direction (`Epoch` sees to it): it can be
// neither replayed nor reflected nor handed on. Leaves to others: where keys are kept, which names they get, and whether a user wants to
// be recognised: whoever gets a proof can tell this device again.

import { ed25519 } from '@noble/curves/ed25519.js';

import { decodeBase64url, encodeBase64url } from './base64url';
import { concatBytes, utf8, type Bytes } from './bytes';
import { TrustError } from './TrustError';

/** What a device signs begins with this. */
const DOMAIN = utf8('parlor v1 device');
/** Bytes of a public key. */
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** A device, as others know it: its public key, 43 characters of base64url. */
export type DeviceId = string;

/** What a peer sends to be recognised. Byte strings are base64url. */
export interface DeviceProof {
  readonly type: 'device';
  /** The sender's public key, 32 bytes. */
  readonly key: string;
  /** Over what was confirmed of the connection, 64 bytes. */
  readonly signature: string;
}

/** A device's private key. */
export class DeviceKey {
  /** The public half. */
  readonly id: DeviceId;
  readonly #seed: Bytes;

  /** From 32 random bytes, which are kept to make it again. */
  constructor(seed: Uint8Array) {
    this.#seed = concatBytes(seed);
    this.id = encodeBase64url(ed25519.getPublicKey(this.#seed));
  }

  /** Signs claims about a connection; `Epoch.proveDevice` makes them. */
  sign(claims: Uint8Array): DeviceProof {
    const signature = ed25519.sign(concatBytes(DOMAIN, deviceIdBytes(this.id), claims), this.#seed);
    return { type: 'device', key: this.id, signature: encodeBase64url(signature) };
  }
}

/** Reads exactly what is printed. Throws `not-a-device-key` also for a key for which anyone can sign. */
export function parseDeviceId(text: string): DeviceId {
  if (!isDeviceId(text)) throw new TrustError('not-a-device-key', 'no public key');
  return text;
}

/** Whether a text is the id of a device. */
export function isDeviceId(text: string): boolean {
  const bytes = decodeBase64url(text, KEY_BYTES);
  return bytes !== null && isKey(bytes);
}

/** The public key of an id that was parsed before. Throws a `RangeError` on anything else: a bug of the caller. */
export function deviceIdBytes(id: DeviceId): Bytes {
  const bytes = decodeBase64url(id, KEY_BYTES);
  if (bytes === null) throw new RangeError('a device id is 32 bytes of base64url');
  return bytes;
}

/**
 * Which device has signed these claims; `Epoch.provenDevice` makes them. Throws `not-a-device-key`, or `proof-failed` when the signature is
 * not of this key, or not over these claims.
 */
export function verifyDevice(proof: DeviceProof, claims: Uint8Array): DeviceId {
  const id = parseDeviceId(proof.key);
  const key = deviceIdBytes(id);
  const signature = decodeBase64url(proof.signature, SIGNATURE_BYTES);
  // zip215 takes encodings that RFC 8032 refuses.
  const isRight = signature !== null && ed25519.verify(signature, concatBytes(DOMAIN, key, claims), key, { zip215: false });
  if (!isRight) throw new TrustError('proof-failed', 'not a signature of this device for this connection');
  return id;
}

function isKey(bytes: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(bytes).isSmallOrder();
  } catch {
    // Whatever is wrong with the encoding: the cause says nothing more.
    return false;
  }
}
