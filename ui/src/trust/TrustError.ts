// What can be wrong with something that claims to be trusted. One class, told apart by a stable code.
// Twin of `crates/trust/src/error.rs`; the codes are shared with it and with `tests/vectors`.

/**
 * - `not-an-invitation`: the text is no invitation. The user asks for the link again.
 * - `another-version`: an invitation or an envelope of another version of Parlor. The user updates.
 * - `not-an-envelope`: too short, or a field that must be zero is not, or it is of no epoch we know. The peer is at fault.
 * - `repeat`: it counted already. Dropped in silence.
 * - `does-not-open`: sealed with another key, or changed on its way. The server or the peer is at fault.
 * - `not-a-message`: it opened, but what it holds breaks the protocol: the peer is at fault. Or a message of ours is too long for an envelope.
 */
export type TrustErrorCode =
  | 'not-an-invitation'
  | 'another-version'
  | 'not-an-envelope'
  | 'repeat'
  | 'does-not-open'
  | 'not-a-message';

/** A refusal of this folder. Its message never holds a secret. */
export class TrustError extends Error {
  constructor(
    readonly code: TrustErrorCode,
    detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'TrustError';
  }
}
