// Frames of the `bulk` channel (docs/protocol.md, section 5.3): a fixed header and a payload. Twin of `crates/protocol/src/frame.rs`.
//
// Promises: reading never throws and never looks behind the frame. Leaves to others: whether the payload fits the transfer.

import type { TransferId } from '../protocol/TransferId';
import type { Bytes } from '../trust/bytes';
import { ID_BYTES, idBytes, toHex } from '../trust/id';
import { VERSION } from '../protocol/limits';

/** Bytes of the header. */
export const HEADER_BYTES = 32;
/** Bytes of a proof's payload: a BLAKE3 hash. */
export const PROOF_BYTES = 32;

/** What a frame's payload is; the index is its byte less one. */
const KINDS = ['data', 'block-proof', 'entry-proof'] as const;
export type FrameKind = (typeof KINDS)[number];

/** The header; the payload follows it. */
export interface FrameHeader {
  readonly kind: FrameKind;
  readonly transfer: TransferId;
  /** Index into the offer. */
  readonly entry: number;
  /** Which block; in an entry proof the number of blocks. */
  readonly block: number;
  /** Where in the block the payload begins; 0 in proofs. */
  readonly offset: number;
}

/** Why bytes are no frame: shorter than a header, another version, an unknown kind, or reserved bytes that are not zero. */
export type FrameError = 'short' | 'version' | 'kind' | 'reserved';

/** A frame taken apart. `payload` looks into the frame, it is no copy. */
export type DecodedFrame =
  | { readonly ok: true; readonly header: FrameHeader; readonly payload: Uint8Array }
  | { readonly ok: false; readonly error: FrameError };

/** Header and payload as one message. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Bytes {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(frame.buffer);
  frame[0] = VERSION;
  frame[1] = KINDS.indexOf(header.kind) + 1;
  frame.set(idBytes(header.transfer), 4);
  view.setUint32(20, header.entry);
  view.setUint32(24, header.block);
  view.setUint32(28, header.offset);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** Splits a frame into header and payload, or says which rule of the header it breaks. */
export function decodeFrame(frame: Uint8Array): DecodedFrame {
  if (frame.length < HEADER_BYTES) return { ok: false, error: 'short' };
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint8(0) !== VERSION) return { ok: false, error: 'version' };
  const kind = KINDS[view.getUint8(1) - 1];
  if (kind === undefined) return { ok: false, error: 'kind' };
  const offset = view.getUint32(28);
  if (view.getUint16(2) !== 0 || (kind !== 'data' && offset !== 0)) return { ok: false, error: 'reserved' };
  const transfer = toHex(frame.subarray(4, 4 + ID_BYTES));
  const header = { kind, transfer, entry: view.getUint32(20), block: view.getUint32(24), offset };
  return { ok: true, header, payload: frame.subarray(HEADER_BYTES) };
}
