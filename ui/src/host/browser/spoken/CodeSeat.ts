// A seat in the room of a code's number, beside the one in the room that the code opens (docs/protocol.md, section 7.3).
//
// Promises: a peer of its own each time; what arrives is a message of a code, or is not heard. Leaves to others: what is said
// (`CodeDesk`, `knock`), and leaving.
import type { FailureCode } from '../../../protocol/FailureCode';
import { VERSION } from '../../../protocol/limits';
import type { PeerId } from '../../../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from '../../../trust/base64url';
import { utf8, type Random } from '../../../trust/bytes';
import { parseCodeMessage, type CodeMessage } from '../../../trust/codeMessage';
import { codeRoom } from '../../../trust/codeRoom';
import { newId } from '../../../trust/id';
import { TrustError } from '../../../trust/TrustError';
import { SignalingLink, type SignalingFact } from '../signaling/SignalingLink';

/** What happens to it. */
export type SeatFact =
  /** In the room, for the first time or again after the server was away; these are the others. */
  | { readonly type: 'entered'; readonly peers: readonly PeerId[] }
  | { readonly type: 'said'; readonly from: PeerId; readonly message: CodeMessage }
  | { readonly type: 'left'; readonly peer: PeerId }
  /** The server does not answer; it is tried again by itself. */
  | { readonly type: 'server-lost'; readonly code: FailureCode; readonly detail: string }
  /** Out, and nothing is tried any more. */
  | { readonly type: 'refused'; readonly code: FailureCode; readonly detail: string };

/** Where to sit. */
export interface CodePlace {
  /** Base URL. */
  readonly server: string;
  readonly number: number;
  /** The owner makes the room; a guest finds it or not. */
  readonly isOwner: boolean;
}

const RESUME_BYTES = 32;

export class CodeSeat {
  /** Who we are there. */
  readonly peer: PeerId;
  readonly #link: SignalingLink;
  #isLeft = false;

  constructor(
    place: CodePlace,
    random: Random,
    private readonly heard: (fact: SeatFact) => void,
  ) {
    this.peer = newId(random);
    const resume = encodeBase64url(random(RESUME_BYTES));
    const seat = { version: VERSION, ...codeRoom(place.number), peer: this.peer, resume, starter: place.isOwner };
    this.#link = new SignalingLink(place.server, seat, (fact) => this.#hear(fact));
  }

  /** Sits down. */
  begin(): void {
    this.#link.begin();
  }

  say(to: PeerId, message: CodeMessage): void {
    this.#link.send(to, encodeBase64url(utf8(JSON.stringify(message))));
  }

  /** Nothing is heard from then on. */
  leave(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#link.leave();
  }

  #hear(fact: SignalingFact): void {
    if (this.#isLeft) return;
    switch (fact.type) {
      case 'entered':
        this.heard({ type: 'entered', peers: fact.joined.peers });
        break;
      case 'signal-received': {
        const message = messageIn(fact.body);
        if (message !== null) this.heard({ type: 'said', from: fact.from, message });
        break;
      }
      case 'peer-left':
        this.heard({ type: 'left', peer: fact.peer });
        break;
      case 'server-lost':
      case 'refused':
        this.heard(fact);
        break;
      case 'peer-joined':
        // Whoever comes has to say something first.
        break;
    }
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Whoever tries numbers may say anything here. */
function messageIn(body: string): CodeMessage | null {
  const bytes = decodeBase64url(body);
  if (bytes === null) return null;
  try {
    return parseCodeMessage(decoder.decode(bytes));
  } catch (error) {
    if (error instanceof TrustError || error instanceof TypeError) return null;
    throw error;
  }
}
