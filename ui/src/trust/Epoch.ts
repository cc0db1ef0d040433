// One epoch between two peers: its keys, its sequences, its key confirmations. It begins when a handshake is done.
// Twin of `crates/trust/src/epoch.rs`.
//
// Promises: an envelope counts once, in the order sent; ours never repeat a sequence. Leaves to others: when an epoch ends.

import type { PeerId } from '../protocol/PeerId';
import type { Plane } from '../protocol/Plane';
import type { RoomId } from '../protocol/RoomId';
import type { Sealed } from '../protocol/Sealed';
import { decodeBase64url, encodeBase64url } from './base64url';
import { concatBytes, equalBytes, type Bytes, type Random } from './bytes';
import { confirmationMac, confirmationText, MAC_BYTES, type ConfirmationClaims } from './confirmation';
import type { Party, RoomKeys } from './derivation';
import { verifyDevice, type DeviceId, type DeviceKey, type DeviceProof } from './device';
import { ENVELOPE_NONCE_BYTES, openEnvelope, readEnvelope, sealEnvelope, type EnvelopeHeader } from './envelope';
import { idBytes, toHex } from './id';
import { parseSealed } from './sealedGuard';
import { TrustError } from './TrustError';

/** What is sealed with an epoch's keys: everything but hellos. */
export type Negotiation = Exclude<Sealed, { type: 'hello' }>;

/** An opened envelope of an epoch. */
export interface OpenedNegotiation {
  readonly plane: Plane;
  readonly message: Negotiation;
}

/** One epoch. */
export class Epoch {
  /** 16 lower-case hex digits. */
  readonly id: string;
  /** We are the initiator: we make the first offer of each plane. */
  readonly initiator: boolean;
  /** Our role in perfect negotiation: we hold the larger peer id. */
  readonly polite: boolean;
  readonly #room: RoomId;
  readonly #idBytes: Bytes;
  readonly #sealing: Bytes;
  readonly #opening: Bytes;
  readonly #confirming: Bytes;
  #lastSent = 0;
  #lastReceived = 0;

  constructor(
    keys: RoomKeys,
    readonly local: Party,
    readonly remote: Party,
    initiator: boolean,
  ) {
    this.#room = keys.room;
    this.#idBytes = keys.epochId(local, remote);
    this.#sealing = keys.sealingKey(local, remote);
    this.#opening = keys.sealingKey(remote, local);
    this.#confirming = keys.confirmationKey(local, remote);
    this.id = toHex(this.#idBytes);
    this.initiator = initiator;
    this.polite = isPolite(local.peer, remote.peer);
  }

  /**
   * Seals a description or candidate: the `body` of a signal. A body that must be sent again is kept and sent byte-identical, not sealed
   * again. Throws `not-a-message` over `BODY_CHARS`.
   */
  seal(plane: Plane, message: Negotiation, random: Random): string {
    const header: EnvelopeHeader = { kind: message.type, plane, epoch: this.#idBytes, sequence: this.#lastSent + 1 };
    const addresses = { room: this.#room, from: this.local.peer, to: this.remote.peer };
    const nonce = random(ENVELOPE_NONCE_BYTES);
    const body = sealEnvelope(this.#sealing, header, addresses, nonce, JSON.stringify(message));
    this.#lastSent = header.sequence;
    return body;
  }

  /**
   * Opens a `body` of the other peer. Throws `another-version`, `not-an-envelope` (also for a hello, and of another epoch), `repeat` (drop
   * in silence), `does-not-open` or `not-a-message`.
   */
  open(body: string): OpenedNegotiation {
    const { header, envelope } = readEnvelope(body);
    if (header.plane === null || !equalBytes(header.epoch, this.#idBytes)) {
      throw new TrustError('not-an-envelope', 'of another epoch');
    }
    const addresses = { room: this.#room, from: this.remote.peer, to: this.local.peer };
    const text = openEnvelope(this.#opening, addresses, envelope);
    // From here on the header is the peer's own.
    if (header.sequence <= this.#lastReceived) throw new TrustError('repeat', 'it counted already');
    this.#lastReceived = header.sequence;
    const message = parseSealed(text);
    if (message === null || message.type === 'hello' || message.type !== header.kind) {
      throw new TrustError('not-a-message', `not a ${header.kind}`);
    }
    return { plane: header.plane, message };
  }

  /** Our key confirmation of a connection, base64url. Fingerprints: our own certificate, and the peer's as we see it. */
  confirm(plane: Plane, link: number, localFingerprint: Uint8Array, remoteFingerprint: Uint8Array): string {
    const claims = this.#claims('local', plane, link, localFingerprint, remoteFingerprint);
    return encodeBase64url(confirmationMac(this.#confirming, claims));
  }

  /** Whether `mac` is the other peer's right confirmation of a connection. Fingerprints as in `confirm`. */
  isConfirmed(
    mac: string,
    plane: Plane,
    link: number,
    localFingerprint: Uint8Array,
    remoteFingerprint: Uint8Array,
  ): boolean {
    const claimed = decodeBase64url(mac, MAC_BYTES);
    if (claimed === null) return false;
    const claims = this.#claims('remote', plane, link, localFingerprint, remoteFingerprint);
    return equalBytes(claimed, confirmationMac(this.#confirming, claims));
  }

  /** Proves on a confirmed connection of the data plane that a device is at our end of it. Fingerprints as in `confirm`. */
  proveDevice(device: DeviceKey, link: number, localFingerprint: Uint8Array, remoteFingerprint: Uint8Array): DeviceProof {
    return device.sign(this.#deviceClaims('local', link, localFingerprint, remoteFingerprint));
  }

  /** Which device is at the other end of a confirmed connection of the data plane. Throws `not-a-device-key` or `proof-failed`. */
  provenDevice(proof: DeviceProof, link: number, localFingerprint: Uint8Array, remoteFingerprint: Uint8Array): DeviceId {
    return verifyDevice(proof, this.#deviceClaims('remote', link, localFingerprint, remoteFingerprint));
  }

  /** Both ids, the sender's first, and what its MAC is made over (docs/protocol.md, section 7.5). */
  #deviceClaims(sender: 'local' | 'remote', link: number, localFingerprint: Uint8Array, remoteFingerprint: Uint8Array): Bytes {
    const [from, to] = sender === 'local' ? [this.local, this.remote] : [this.remote, this.local];
    const text = confirmationText(this.#claims(sender, 'data', link, localFingerprint, remoteFingerprint));
    return concatBytes(idBytes(from.peer), idBytes(to.peer), text);
  }

  #claims(
    sender: 'local' | 'remote',
    plane: Plane,
    link: number,
    localFingerprint: Uint8Array,
    remoteFingerprint: Uint8Array,
  ): ConfirmationClaims {
    const isLocal = sender === 'local';
    const [from, to] = isLocal ? [this.local, this.remote] : [this.remote, this.local];
    return {
      plane,
      senderIsPolite: isLocal === this.polite,
      epoch: this.#idBytes,
      link,
      senderFingerprint: isLocal ? localFingerprint : remoteFingerprint,
      receiverFingerprint: isLocal ? remoteFingerprint : localFingerprint,
      senderNonce: from.nonce,
      receiverNonce: to.nonce,
    };
  }
}

/** Whether `self` is the polite one towards `other`: the larger id. Fixed-length lower-case hex: text order is byte order. */
export function isPolite(self: PeerId, other: PeerId): boolean {
  return self > other;
}
