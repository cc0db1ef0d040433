// Identifiers and other short byte strings in lower-case hex: 128 random bits of a peer, room, transfer or text.
//
// Promises: parsing takes exactly what printing makes. Twin of `crates/protocol/src/id.rs`.

import type { Bytes, Random } from './bytes';

/** Bytes of an id. */
export const ID_BYTES = 16;

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The bytes of lower-case hex, or null when it is not that or not `length` bytes long. */
export function fromHex(text: string, length: number): Bytes | null {
  if (text.length !== length * 2 || !/^[0-9a-f]*$/.test(text)) return null;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

/** Whether `value` is an id: 32 lower-case hex digits. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}

/** The 16 bytes of an id that a guard has let through. Throws a `RangeError` on anything else: a bug of the caller. */
export function idBytes(id: string): Bytes {
  const bytes = fromHex(id, ID_BYTES);
  if (bytes === null) throw new RangeError('an id is 32 lower-case hex digits');
  return bytes;
}

/** A fresh id. */
export function newId(random: Random): string {
  return toHex(random(ID_BYTES));
}
