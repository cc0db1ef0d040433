// The limits of the wire that concern trust, and its version. Twin of `crates/protocol/src/limits.rs`; a test compares the numbers.

import { wellFormed } from './bytes';

/** The version of the wire, spoken in `join`, the envelope and the frame header. */
export const VERSION = 1;
/** Longest signaling message in bytes. */
export const MESSAGE_BYTES = 64 * 1024;
/** Longest `body` of a signal in characters: a signaling message less what stands around the body in it. */
export const BODY_CHARS = MESSAGE_BYTES - 512;
/** Longest display name in characters (code points). */
export const NAME_CHARS = 64;

/** A display name as it is shown and sent: well-formed, cut to `NAME_CHARS` code points. */
export function cutName(name: string): string {
  return Array.from(wellFormed(name)).slice(0, NAME_CHARS).join('');
}
