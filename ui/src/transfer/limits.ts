// The limits of the wire that concern texts and files. Twin of `crates/protocol/src/limits.rs`, which gives the reason of each
// number; a test compares them.

/** Longest message of the `control` channel in bytes. */
export const CONTROL_BYTES = 64 * 1024;
/** Longest chat text in bytes of UTF-8. */
export const TEXT_BYTES = 32 * 1024;
/** Bytes of a block: the unit that is hashed and proven. */
export const BLOCK_BYTES = 1024 * 1024;
/** Most payload bytes of a data frame. */
export const FRAME_PAYLOAD_BYTES = 64 * 1024;
/** Bytes sent but not yet stored on one connection. */
export const WINDOW_BYTES = 8 * 1024 * 1024;
/** Entries of an offer. */
export const OFFER_ENTRIES = 20_000;
/** Offers a peer keeps unanswered. */
export const OFFERS_PENDING = 64;
/** Longest path component in bytes of UTF-8. */
export const COMPONENT_BYTES = 255;
/** Deepest path in components. */
export const PATH_COMPONENTS = 32;
/** Longest path in bytes, separators included. */
export const PATH_BYTES = 1024;
