// The guest's side of a spoken code (docs/protocol.md, section 7.2): whoever types it in. Twin of `crates/trust/src/code_guest.rs`.
//
// Promises: an invitation comes out only if it was sealed by one who knew the words; a wrong answer ends the exchange, so that a server
// that plays the owner gets one guess. Leaves to others: sending, giving up, and asking the user for another code: the same one MUST NOT
// be tried again, since each try of it is a guess for whoever sits in between.

import type { PeerId } from '../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from './base64url';
import type { Bytes, Random } from './bytes';
import { codeGenerator, CodeKeys } from './codeKeys';
import { CODE_SESSION_BYTES, type CodeMessage } from './codeMessage';
import { CpaceSecret, SECRET_RANDOM_BYTES, SHARE_BYTES } from './cpace';
import { parseServer, pinned, type Invitation } from './invitation';
import type { SpokenCode } from './spokenCode';
import { TrustError } from './TrustError';

/** What comes of a message. */
export type CodeGuestOutput =
  /** Send this to the owner. */
  | { readonly type: 'send'; readonly message: CodeMessage }
  /** The exchange is over and has brought this. */
  | { readonly type: 'invited'; readonly invitation: Invitation };

type State =
  | { readonly is: 'tried'; readonly secret: CpaceSecret }
  | { readonly is: 'confirmed'; readonly owner: PeerId; readonly keys: CodeKeys }
  | { readonly is: 'over' };

/** One try at a code. */
export class CodeGuest {
  /** What to send to the code's owner first. */
  readonly first: CodeMessage;
  readonly #session: Bytes;
  readonly #share: Bytes;
  #state: State;

  /** Begins a try. `self` is our peer id, as the server will name us to the owner. */
  constructor(
    code: SpokenCode,
    private readonly self: PeerId,
    random: Random,
  ) {
    const secret = new CpaceSecret(random(SECRET_RANDOM_BYTES));
    this.#session = random(CODE_SESSION_BYTES);
    this.#share = secret.share(codeGenerator(code, this.#session));
    this.#state = { is: 'tried', secret };
    this.first = { type: 'code-try', session: encodeBase64url(this.#session), share: encodeBase64url(this.#share) };
  }

  /** Whether the exchange has ended, well or not. */
  get isOver(): boolean {
    return this.#state.is === 'over';
  }

  /**
   * Takes a message that came `from` a peer, as the server says. `server` is the base URL of the server we are on, which the invitation
   * will name. Throws `wrong-code`, `bad-share`, `does-not-open` and `not-an-invitation` (of `server`, or a fingerprint where it is not https), which have ended the exchange;
   * `out-of-order`, which changes nothing.
   */
  receive(from: PeerId, message: CodeMessage, server: string): CodeGuestOutput {
    const state = this.#state;
    if (state.is === 'tried' && message.type === 'code-answer') {
      // Over unless right: another answer would be another guess.
      this.#state = { is: 'over' };
      const share = decodeBase64url(message.share, SHARE_BYTES);
      if (share === null) throw new TrustError('not-a-message', 'no share');
      const guest = { peer: this.self, share: this.#share };
      const keys = new CodeKeys(state.secret, 'guest', this.#session, guest, { peer: from, share });
      keys.verify('owner', message.confirm);
      this.#state = { is: 'confirmed', owner: from, keys };
      return { type: 'send', message: { type: 'code-confirm', confirm: keys.confirm('guest') } };
    }
    if (state.is === 'confirmed' && message.type === 'code-invitation' && from === state.owner) {
      this.#state = { is: 'over' };
      const invitation = { secret: state.keys.open('secret', message.sealed), server: parseServer(server) };
      if (message.pin === undefined) return { type: 'invited', invitation };
      return { type: 'invited', invitation: pinned(invitation, state.keys.open('pin', message.pin)) };
    }
    throw new TrustError('out-of-order', `${message.type} while ${state.is}`);
  }
}
