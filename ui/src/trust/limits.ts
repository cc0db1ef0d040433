// The limits of the wire that concern trust, and its version. Twin of `crates/protocol/src/limits.rs`; a test compares the numbers.

/** The version of the wire, spoken in `join`, the envelope and the frame header. */
export const VERSION = 1;
/** Longest signaling message in bytes. */
export const MESSAGE_BYTES = 64 * 1024;
/** Longest `body` of a signal in characters: a signaling message less what stands around the body in it. */
export const BODY_CHARS = MESSAGE_BYTES - 512;
/** Longest display name in characters (code points). */
export const NAME_CHARS = 64;

/** A display name as it is shown: cut to `NAME_CHARS` code points. */
export function cutName(name: string): string {
  const characters = Array.from(name);
  return characters.length <= NAME_CHARS ? name : characters.slice(0, NAME_CHARS).join('');
}
