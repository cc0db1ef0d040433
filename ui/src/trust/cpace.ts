// CPace over ristretto255 with SHA-512 (draft-irtf-cfrg-cpace-21): two who know the same few words get the same key, and who does not
// know them learns whether one guess was right, and nothing else.
//
// What it is: the functions of sections 7.2, 8.1 and 8.3 and appendix A, for either order of messages. Promises: a share that is no
// canonical encoding, or the identity, is refused. Leaves to others: what the words, channel and session are, and confirming the key
// (section 10.4), without which no one may act on it: `CodeOwner`, `CodeGuest`. Twin of `crates/trust/src/cpace.rs`, but a page cannot
// wipe what it has forgotten.

import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

import { compareBytes, concatBytes, utf8, type Bytes } from './bytes';
import { TrustError } from './TrustError';

/** `G.DSI` of section 8.3. */
const DOMAIN = utf8('CPaceRistretto255');
/** `G.DSI || "_ISK"` of section 7.2. */
const KEY_DOMAIN = utf8('CPaceRistretto255_ISK');
/** `H.s_in_bytes`: a block of SHA-512. */
const BLOCK_BYTES = 128;
/** Bytes of randomness for a secret scalar: twice its size, so that reducing them favours none. */
export const SECRET_RANDOM_BYTES = 64;
/** Bytes of a share. */
export const SHARE_BYTES = 32;

const { Point } = ristretto255;
type Point = typeof Point.BASE;

/** A share and the associated data that goes with it. */
export interface CpaceMessage {
  /** `Ya` or `Yb`. */
  readonly share: Uint8Array;
  /** `ADa` or `ADb`. */
  readonly data: Uint8Array;
}

/** The generator of a password, channel and session (section 8.1). Secret: it tells a right guess from a wrong one. */
export class Generator {
  readonly point: Point;

  constructor(password: Uint8Array, channel: Uint8Array, session: Uint8Array) {
    const pad = Math.max(0, BLOCK_BYTES - 1 - lengthValue(password).length - lengthValue(DOMAIN).length);
    const text = lengthValue(DOMAIN, password, new Uint8Array(pad), channel, session);
    const point = ristretto255_hasher.deriveToCurve?.(sha512(text));
    // Optional in noble's types for the curves that have no such map; this one has.
    if (point === undefined) throw new TypeError('ristretto255 maps from hashes');
    this.point = point;
  }

  /** Its encoding. */
  toBytes(): Uint8Array {
    return this.point.toBytes();
  }
}

/** A secret scalar, good for one exchange. */
export class CpaceSecret {
  readonly #scalar: bigint;

  /** From 64 fresh random bytes, taken as a little-endian number modulo the group's order (section 10.7). */
  constructor(random: Uint8Array) {
    let value = 0n;
    for (const byte of random.toReversed()) value = (value << 8n) | BigInt(byte);
    this.#scalar = Point.Fn.create(value);
  }

  /** `scalar_mult(y, g)`: the share to send. */
  share(generator: Generator): Bytes {
    return concatBytes(times(generator.point, this.#scalar).toBytes());
  }

  /** `scalar_mult_vfy(y, Y)`: the point both sides get, `K`. Throws `bad-share` when the other's share is no point, or the identity. */
  agree(share: Uint8Array): Bytes {
    let other: Point;
    try {
      other = Point.fromBytes(share);
    } catch {
      // Whatever is wrong with the encoding: the cause says nothing more.
      throw new TrustError('bad-share', 'no point');
    }
    if (other.is0()) throw new TrustError('bad-share', 'the identity');
    // The group has no small subgroup: only a zero scalar gets to the second check.
    const agreed = times(other, this.#scalar);
    if (agreed.is0()) throw new TrustError('bad-share', 'the identity');
    return concatBytes(agreed.toBytes());
  }
}

/** `transcript_ir` (the first message is the initiator's) or `transcript_oc` (nobody's) of A's message and B's (appendix A.3). */
export function transcript(order: 'initiator-responder' | 'symmetric', a: CpaceMessage, b: CpaceMessage): Bytes {
  const first = lengthValue(a.share, a.data);
  const second = lengthValue(b.share, b.data);
  if (order === 'initiator-responder') return concatBytes(first, second);
  const isOrdered = compareBytes(first, second) > 0;
  return concatBytes(utf8('oc'), isOrdered ? first : second, isOrdered ? second : first);
}

/** The intermediate session key, 64 bytes (section 7.2): `H(lv_cat(DSI_ISK, sid, K) || transcript)`. */
export function sessionKey(session: Uint8Array, agreed: Uint8Array, text: Uint8Array): Bytes {
  return sha512(concatBytes(lengthValue(KEY_DOMAIN, session, agreed), text));
}

/** The name of an exchange for both sides, 64 bytes (section 10.6). Not secret. */
export function sessionOutput(text: Uint8Array): Bytes {
  return sha512(concatBytes(utf8('CPaceSidOutput'), text));
}

/** noble takes no zero scalar, for which the draft has a value. */
function times(point: Point, scalar: bigint): Point {
  return scalar === 0n ? Point.ZERO : point.multiply(scalar);
}

/** `lv_cat` (appendix A.1): each part behind its length in LEB128. */
function lengthValue(...parts: readonly Uint8Array[]): Bytes {
  return concatBytes(
    ...parts.flatMap((part) => {
      const length: number[] = [];
      let rest = part.length;
      for (; rest > 0x7f; rest >>>= 7) length.push(0x80 | (rest & 0x7f));
      return [Uint8Array.of(...length, rest), part];
    }),
  );
}
