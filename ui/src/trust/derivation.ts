// Keys of a room and of an epoch (docs/protocol.md, section 2): HKDF-SHA-256 (RFC 5869) with fixed info strings.
//
// Promises: each value has an info string of its own, so none tells of another. No WebCrypto: a page on plain http has none.
// Twin of `crates/trust/src/derivation.rs`.

import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

import type { PeerId } from '../protocol/PeerId';
import type { RoomId } from '../protocol/RoomId';
import { encodeBase64url } from './base64url';
import { concatBytes, utf8, type Bytes } from './bytes';
import { idBytes, toHex } from './id';

/** Bytes of a hello's nonce. */
export const NONCE_BYTES = 32;

/** A peer and its nonce in one epoch. */
export interface Party {
  readonly peer: PeerId;
  /** 32 bytes. */
  readonly nonce: Bytes;
}

/** What the invitation's secret opens. */
export class RoomKeys {
  /** The room, as the server knows it. */
  readonly room: RoomId;
  /** Proof towards the server of holding the invitation: base64url of 32 bytes. */
  readonly joinToken: string;
  /** Seals hellos. */
  readonly helloKey: Bytes;
  readonly #prk: Bytes;

  constructor(secret: Uint8Array) {
    this.#prk = extract(sha256, secret, utf8('parlor v1'));
    this.room = toHex(this.#expand('parlor v1 room', 16));
    this.joinToken = encodeBase64url(this.#expand('parlor v1 join', 32));
    this.helloKey = this.#expand('parlor v1 hello', 32);
  }

  /** The 8 bytes that name an epoch. The order of the parties does not matter. */
  epochId(one: Party, other: Party): Bytes {
    return this.#expand('parlor v1 epoch', 8, ...lowFirst(one, other));
  }

  /** The key of everything that goes `from` → `to` in their epoch. */
  sealingKey(from: Party, to: Party): Bytes {
    return this.#expand('parlor v1 seal', 32, idBytes(from.peer), idBytes(to.peer), from.nonce, to.nonce);
  }

  /** The key of the epoch's key confirmations. The order of the parties does not matter. */
  confirmationKey(one: Party, other: Party): Bytes {
    return this.#expand('parlor v1 confirm', 32, ...lowFirst(one, other));
  }

  #expand(info: string, length: number, ...context: Uint8Array[]): Bytes {
    return expand(sha256, this.#prk, concatBytes(utf8(info), ...context), length);
  }
}

/** Ids, then nonces, those of the smaller peer id first. Ids are fixed-length lower-case hex: text order is byte order. */
function lowFirst(one: Party, other: Party): Uint8Array[] {
  const [low, high] = one.peer < other.peer ? [one, other] : [other, one];
  return [idBytes(low.peer), idBytes(high.peer), low.nonce, high.nonce];
}
