// Sealed envelopes (docs/protocol.md, section 4): the binary layout, XChaCha20-Poly1305 over it, and the addresses it is bound to.
//
// Promises: what opens was sealed by a holder of the key, for this room, this sender and this receiver, with this header. Leaves to
// others: which key (`derivation`), repeats (`Epoch`), what the text means (`sealedGuard`).
// Twin of `crates/trust/src/envelope.rs`.

import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

import type { PeerId } from '../protocol/PeerId';
import { MESSAGE_BYTES, VERSION } from '../protocol/limits';
import type { RoomId } from '../protocol/RoomId';
import { decodeBase64url, encodeBase64url } from './base64url';
import { concatBytes, u64Bytes, utf8, type Bytes } from './bytes';
import { idBytes } from './id';
import { TrustError } from './TrustError';

/** Bytes before the nonce, which are authenticated but not hidden. */
export const HEADER_BYTES = 20;
/** Bytes of XChaCha20's nonce; random, so never repeated in practice. */
export const ENVELOPE_NONCE_BYTES = 24;
/** Longest `body` of a signal in characters: a signaling message less what stands around the body in it. */
const BODY_CHARS = MESSAGE_BYTES - 512;
/** Bytes of Poly1305's tag. */
const TAG_BYTES = 16;
/** Bytes of an epoch id. */
export const EPOCH_BYTES = 8;

/** What kind of message an envelope holds; the index is its byte. */
const KINDS = ['hello', 'description', 'candidate'] as const;
export type EnvelopeKind = (typeof KINDS)[number];
/** Which plane; the index is its byte. A hello is of none. */
const PLANES = [null, 'data', 'media'] as const;
export type EnvelopePlane = (typeof PLANES)[number];

/** The part that is not hidden. */
export interface EnvelopeHeader {
  readonly kind: EnvelopeKind;
  /** Null in a hello, and only there. */
  readonly plane: EnvelopePlane;
  /** 8 bytes; zeros in a hello. */
  readonly epoch: Bytes;
  /** 0 in a hello, else from 1. */
  readonly sequence: number;
}

/** What an envelope is bound to besides its header. */
export interface Addresses {
  readonly room: RoomId;
  readonly from: PeerId;
  readonly to: PeerId;
}

/** The header of every hello. */
export const HELLO_HEADER: EnvelopeHeader = {
  kind: 'hello',
  plane: null,
  epoch: new Uint8Array(EPOCH_BYTES),
  sequence: 0,
};

/** Seals `text`: the `body` of a signal. `nonce` is 24 fresh random bytes. Throws `not-a-message` over `BODY_CHARS`. */
export function sealEnvelope(
  key: Uint8Array,
  header: EnvelopeHeader,
  addresses: Addresses,
  nonce: Uint8Array,
  text: string,
): string {
  const head = encodeHeader(header);
  const sealed = xchacha20poly1305(key, nonce, associatedData(head, addresses)).encrypt(utf8(text));
  const body = encodeBase64url(concatBytes(head, nonce, sealed));
  if (body.length > BODY_CHARS) throw new TrustError('not-a-message', 'too long for an envelope');
  return body;
}

/** Opens an envelope whose header was read before. Throws `does-not-open`. */
export function openEnvelope(key: Uint8Array, addresses: Addresses, envelope: Uint8Array): string {
  const head = envelope.subarray(0, HEADER_BYTES);
  const nonce = envelope.subarray(HEADER_BYTES, HEADER_BYTES + ENVELOPE_NONCE_BYTES);
  const sealed = envelope.subarray(HEADER_BYTES + ENVELOPE_NONCE_BYTES);
  let opened: Uint8Array;
  try {
    opened = xchacha20poly1305(key, nonce, associatedData(head, addresses)).decrypt(sealed);
  } catch {
    // A wrong tag is all that can go wrong here; the cause holds nothing more.
    throw new TrustError('does-not-open', 'sealed with another key, or changed');
  }
  // Broken UTF-8 becomes replacement characters, which no message holds where it matters: the guard judges.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(opened);
}

/** An envelope in its parts, not opened. */
export interface Envelope {
  readonly header: EnvelopeHeader;
  readonly envelope: Bytes;
}

/** Reads a `body`. Throws `another-version` or `not-an-envelope`. Nothing of it is proven until it opens. */
export function readEnvelope(body: string): Envelope {
  const envelope = body.length > MESSAGE_BYTES ? null : decodeBase64url(body);
  if (envelope === null) throw new TrustError('not-an-envelope', 'no base64url, or too long');
  return { header: readHeader(envelope), envelope };
}

function readHeader(envelope: Uint8Array): EnvelopeHeader {
  const [version, kindByte, planeByte, reserved] = envelope;
  if (version === undefined) throw new TrustError('not-an-envelope', 'empty');
  if (version !== VERSION) throw new TrustError('another-version', `envelope version ${version}`);
  if (envelope.length < HEADER_BYTES + ENVELOPE_NONCE_BYTES + TAG_BYTES) throw new TrustError('not-an-envelope', 'short');
  const kind = KINDS[kindByte ?? -1];
  const plane = PLANES[planeByte ?? -1];
  const view = new DataView(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  const sequence = view.getBigUint64(12);
  if (kind === undefined || plane === undefined || reserved !== 0 || sequence > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new TrustError('not-an-envelope', 'a field out of range');
  }
  const epoch = envelope.slice(4, 4 + EPOCH_BYTES);
  const bare = plane === null && sequence === 0n && epoch.every((byte) => byte === 0);
  if (kind === 'hello' ? !bare : plane === null || sequence === 0n) {
    throw new TrustError('not-an-envelope', 'plane, epoch or sequence do not fit the kind');
  }
  return { kind, plane, epoch, sequence: Number(sequence) };
}

function encodeHeader(header: EnvelopeHeader): Bytes {
  const first = Uint8Array.of(VERSION, KINDS.indexOf(header.kind), PLANES.indexOf(header.plane), 0);
  return concatBytes(first, header.epoch, u64Bytes(header.sequence));
}

function associatedData(head: Uint8Array, { room, from, to }: Addresses): Bytes {
  return concatBytes(utf8('parlor v1 envelope'), idBytes(room), idBytes(from), idBytes(to), head);
}
