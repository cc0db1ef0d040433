// The owner's side of a spoken code (docs/protocol.md, section 7.2): whoever reads it out. Twin of `crates/trust/src/code_owner.rs`.
//
// Promises: whatever a server does, the words can be guessed at once: the first try spends the code, a wrong one burns it, and so do ten
// minutes. The invitation leaves only sealed, after the guest has proven to know the words, and once.
// Leaves to others: the number, sending, the clock, and a new code where this one is over.

import type { PeerId } from '../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from './base64url';
import type { Bytes, Random } from './bytes';
import { codeGenerator, CodeKeys } from './codeKeys';
import { CODE_SESSION_BYTES, type CodeMessage } from './codeMessage';
import { CpaceSecret, SECRET_RANDOM_BYTES, SHARE_BYTES } from './cpace';
import { ENVELOPE_NONCE_BYTES } from './envelope';
import type { Invitation } from './invitation';
import type { SpokenCode } from './spokenCode';
import { TrustError } from './TrustError';

/** Milliseconds a code lives. */
export const CODE_LIFE_MS = 10 * 60 * 1000;

/**
 * How far a code has come. `waiting`: nobody has tried it. `tried`: somebody has; whether rightly is not known yet. `used`: the guest knew
 * it and has the invitation. `burnt`: a wrong try, or the owner, has ended it. `expired`: its time was over.
 */
export type CodeStatus = 'waiting' | 'tried' | 'used' | 'burnt' | 'expired';

type State =
  | { readonly is: 'waiting'; readonly code: SpokenCode }
  | { readonly is: 'tried'; readonly guest: PeerId; readonly keys: CodeKeys }
  | { readonly is: 'used' | 'burnt' | 'expired' };

/** A code its owner waits behind. */
export class CodeOwner {
  /** When it expires, on the clock that `nowMs` is read from. */
  readonly expiresMs: number;
  #state: State;

  /** Begins to wait. `self` is our peer id, as the server will name us to the guest. */
  constructor(
    code: SpokenCode,
    private readonly self: PeerId,
    nowMs: number,
  ) {
    this.expiresMs = nowMs + CODE_LIFE_MS;
    this.#state = { is: 'waiting', code };
  }

  /** How far it has come. */
  status(nowMs: number): CodeStatus {
    const isLive = this.#state.is === 'waiting' || this.#state.is === 'tried';
    return isLive && nowMs >= this.expiresMs ? 'expired' : this.#state.is;
  }

  /** Ends it, as its owner may at any time. A code that is over stays as it is. */
  burn(): void {
    if (this.#state.is === 'waiting' || this.#state.is === 'tried') this.#state = { is: 'burnt' };
  }

  /**
   * Takes a message that came `from` a peer, as the server says, and returns the answer to it. Throws `code-expired`; `code-burnt`;
   * `wrong-code` and `bad-share`, which have burnt it; `out-of-order` for a second try, for a message of another peer, and for whatever
   * else was not awaited, which changes nothing.
   */
  receive(from: PeerId, message: CodeMessage, invitation: Invitation, random: Random, nowMs: number): CodeMessage {
    const status = this.status(nowMs);
    if (status === 'burnt') throw new TrustError('code-burnt', 'burnt before');
    if (status === 'expired') {
      // The words are of no more use: they go now.
      this.#state = { is: 'expired' };
      throw new TrustError('code-expired', 'too late');
    }
    const state = this.#state;
    if (state.is === 'waiting' && message.type === 'code-try') {
      // From here on no second guess can be made, whether or not this one was right.
      this.#state = { is: 'burnt' };
      const session = bytesOf(message.session, CODE_SESSION_BYTES);
      const secret = new CpaceSecret(random(SECRET_RANDOM_BYTES));
      const share = secret.share(codeGenerator(state.code, session));
      const guest = { peer: from, share: bytesOf(message.share, SHARE_BYTES) };
      const keys = new CodeKeys(secret, 'owner', session, guest, { peer: this.self, share });
      this.#state = { is: 'tried', guest: from, keys };
      return { type: 'code-answer', share: encodeBase64url(share), confirm: keys.confirm('owner') };
    }
    if (state.is === 'tried' && message.type === 'code-confirm' && from === state.guest) {
      this.#state = { is: 'burnt' };
      state.keys.verify('guest', message.confirm);
      this.#state = { is: 'used' };
      const sealed = state.keys.seal('secret', invitation.secret, random(ENVELOPE_NONCE_BYTES));
      if (invitation.pin === undefined) return { type: 'code-invitation', sealed };
      return { type: 'code-invitation', sealed, pin: state.keys.seal('pin', invitation.pin, random(ENVELOPE_NONCE_BYTES)) };
    }
    throw new TrustError('out-of-order', `${message.type} while ${status}`);
  }
}

/** Of a message that its guard has let through. Throws `not-a-message` otherwise. */
function bytesOf(text: string, length: number): Bytes {
  const bytes = decodeBase64url(text, length);
  if (bytes === null) throw new TrustError('not-a-message', `not ${length} bytes`);
  return bytes;
}
