// What can be wrong with something that claims to be trusted. One class, told apart by a stable code.
// Twin of `crates/trust/src/error.rs`; the codes are shared with it and with `tests/vectors`.

/**
 * - `not-an-invitation`: the text is no invitation. The user asks for the link again.
 * - `another-version`: an invitation or an envelope of another version of Parlor. The user updates.
 * - `not-an-envelope`: too short, or a field that must be zero is not, or it is of no epoch we know. The peer is at fault.
 * - `repeat`: it counted already. Dropped in silence.
 * - `does-not-open`: sealed with another key, or changed on its way. The server or the peer is at fault.
 * - `proof-failed`: a device's signature is not of its key, or not for this connection. The user is told.
 * - `not-a-code`: the text is no spoken code. The user reads it again.
 * - `unknown-word`: the word at `place` stands in no list. The user spells it again; no try is spent.
 * - `wrong-code`: the other side does not know the words. The code is burnt; the users make another.
 * - `code-burnt`, `code-expired`: a try at a code that is over. Its owner makes another.
 * - `bad-share`: no point of the group, or the identity. The server or the peer is at fault.
 * - `out-of-order`: a message that was not awaited. Dropped and counted.
 * - `wrong-commitment`: a nonce other than the one committed to. The users are told: somebody may be in between.
 * - `not-a-device-key`: no Ed25519 public key, or one for which anyone can sign. The peer is not recognised.
 * - `not-a-message`: it opened, but what it holds breaks the protocol: the peer is at fault. Or a message of ours is too long for an envelope.
 */
export type TrustErrorCode =
  | 'not-an-invitation'
  | 'another-version'
  | 'not-an-envelope'
  | 'repeat'
  | 'does-not-open'
  | 'not-a-message'
  | 'proof-failed'
  | 'not-a-code'
  | 'unknown-word'
  | 'wrong-code'
  | 'code-burnt'
  | 'code-expired'
  | 'bad-share'
  | 'out-of-order'
  | 'wrong-commitment'
  | 'not-a-device-key';

/** A refusal of this folder. Its message never holds a secret. */
export class TrustError extends Error {
  constructor(
    readonly code: TrustErrorCode,
    detail: string,
    /** Of an `unknown-word`: which, from 0. */
    readonly place: number | null = null,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'TrustError';
  }
}
