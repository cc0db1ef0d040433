// What stands before each coded picture on the media port. Twin of `PictureHeader` in crates/protocol/src/media_port.
//
// Promises: refuses what is no picture, without throwing.
import { LAYERS, PICTURE_BYTES } from './portLimits';

/** Bytes before the picture; numbers little-endian. */
export const PICTURE_HEADER_BYTES = 24;

export interface PictureHeader {
  /** Decodable without any other. */
  readonly key: boolean;
  /** Which layer of the own picture; 0 in others'. */
  readonly layer: number;
  /** Clockwise quarter turns before it is shown, 0 to 3. */
  readonly quarterTurns: number;
  /** Whose; 0 for the own. */
  readonly connection: number;
  /** Microseconds on the sender's media clock; only differences mean something. */
  readonly timestampUs: number;
  /** Pixels, as coded. */
  readonly width: number;
  readonly height: number;
  /** Time its coding took, microseconds; 0 in others'. */
  readonly costUs: number;
}

/** Writes the header at the beginning of `message`. */
export function writePictureHeader(message: ArrayBuffer, header: PictureHeader): void {
  const view = new DataView(message);
  view.setUint8(0, header.key ? 1 : 0);
  view.setUint8(1, header.layer);
  view.setUint8(2, header.quarterTurns);
  view.setUint8(3, 0);
  view.setUint32(4, header.connection, true);
  view.setBigUint64(8, BigInt(header.timestampUs), true);
  view.setUint16(16, header.width, true);
  view.setUint16(18, header.height, true);
  view.setUint32(20, header.costUs, true);
}

/** Header and picture of a message; null if it is none: too short, too long, empty, or with values out of range. */
export function readPicture(message: ArrayBuffer): { readonly header: PictureHeader; readonly picture: Uint8Array } | null {
  const bytes = message.byteLength - PICTURE_HEADER_BYTES;
  if (bytes <= 0 || bytes > PICTURE_BYTES) return null;
  const view = new DataView(message);
  const timestamp = view.getBigUint64(8, true);
  const header: PictureHeader = {
    key: view.getUint8(0) === 1,
    layer: view.getUint8(1),
    quarterTurns: view.getUint8(2),
    connection: view.getUint32(4, true),
    timestampUs: Number(timestamp),
    width: view.getUint16(16, true),
    height: view.getUint16(18, true),
    costUs: view.getUint32(20, true),
  };
  const inRange =
    view.getUint8(0) <= 1 &&
    view.getUint8(3) === 0 &&
    header.layer < LAYERS &&
    header.quarterTurns < 4 &&
    header.width > 0 &&
    header.height > 0 &&
    Number.isSafeInteger(header.timestampUs);
  return inRange ? { header, picture: new Uint8Array(message, PICTURE_HEADER_BYTES) } : null;
}
