// Byte strings as the rest of the page builds them: joining, comparing, UTF-8, big-endian integers.
//
// Promises: `equalBytes` takes the same time wherever the first difference is. Leaves to others: text forms (`base64url`, `id`).

/** Bytes that own a plain buffer, so that channels, files and blobs take them without a copy. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Where randomness comes from: `length` fresh bytes a call. An argument everywhere, so that tests decide it. */
export type Random = (length: number) => Bytes;

const encoder = new TextEncoder();

/** UTF-8. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** `text` without lone surrogates, which are legal in JavaScript and in JSON, but no text for anyone else. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

/** The parts, one behind the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether both are the same, in a time that tells nothing of where they differ. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}

/** Negative, zero or positive as `left` stands before, at or behind `right`, bytewise. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Four bytes, big-endian; `value` is 0 … 2^32-1. */
export function u32Bytes(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Eight bytes, big-endian; `value` is 0 … 2^53-1. */
export function u64Bytes(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
