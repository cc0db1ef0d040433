// The guest's side of a spoken code: one try at it, which brings the invitation behind it (docs/protocol.md, section 7.3).
//
// Promises: one try, with one owner, so that a server or a stranger in the number's room gets one guess at the words; it ends by itself,
// and leaves the room of the number. Leaves to others: entering the room that the invitation opens, and asking for another code.
import type { Failure } from '../../../protocol/Failure';
import type { PeerId } from '../../../protocol/PeerId';
import type { Random } from '../../../trust/bytes';
import { CodeGuest } from '../../../trust/CodeGuest';
import type { CodeMessage } from '../../../trust/codeMessage';
import type { Invitation } from '../../../trust/invitation';
import type { SpokenCode } from '../../../trust/spokenCode';
import { TrustError } from '../../../trust/TrustError';
import { HostError } from '../../port';
import { failed } from '../room/failure';
import { CodeSeat, type SeatFact } from './CodeSeat';

/** Longest time for the whole of it. */
const PATIENCE_MS = 20_000;

/**
 * Tries `code` with whoever waits behind its number on `server`, a base URL. Rejects with a `HostError`: `code-unknown`, `code-wrong`, or
 * why the server could not be asked; with `not-now` when `given` up.
 */
export function knock(server: string, code: SpokenCode, random: Random, given: AbortSignal): Promise<Invitation> {
  return new Promise((resolve, reject) => {
    /** Why nothing came of it, if nothing does. */
    let inVain: Failure = { code: 'server-unreachable', detail: 'not reached in time' };
    let exchange: { readonly owner: PeerId; readonly guest: CodeGuest } | null = null;

    const end = (settle: () => void): void => {
      clearTimeout(timer);
      given.removeEventListener('abort', giveUp);
      seat.leave();
      settle();
    };
    const fail = (error: HostError): void => end(() => reject(error));
    const giveUp = (): void => fail(failed('not-now', 'given up'));

    const begin = (peers: readonly PeerId[]): void => {
      // After the server was away the try goes on: what was said is said again by the link itself.
      if (exchange !== null) return;
      const [owner, ...strangers] = peers;
      if (owner === undefined) fail(failed('code-unknown', 'nobody waits there'));
      // Each of several could guess once.
      else if (strangers.length > 0) fail(failed('code-wrong', 'not one alone waits there'));
      else {
        inVain = { code: 'code-unknown', detail: 'no answer' };
        exchange = { owner, guest: new CodeGuest(code, seat.peer, random) };
        seat.say(owner, exchange.guest.first);
      }
    };
    const receive = (from: PeerId, message: CodeMessage): void => {
      if (exchange?.owner !== from) return;
      try {
        const output = exchange.guest.receive(from, message, server);
        if (output.type === 'send') seat.say(from, output.message);
        else end(() => resolve(output.invitation));
      } catch (error) {
        if (!(error instanceof TrustError)) throw error;
        if (error.code !== 'out-of-order') fail(failed('code-wrong', error.code));
      }
    };
    const seat = new CodeSeat({ server, number: code.number, isOwner: false }, random, (fact: SeatFact) => {
      switch (fact.type) {
        case 'entered':
          begin(fact.peers);
          break;
        case 'said':
          receive(fact.from, fact.message);
          break;
        case 'left':
          if (fact.peer === exchange?.owner) fail(failed('code-wrong', 'the owner has gone'));
          break;
        case 'server-lost':
          if (exchange === null) inVain = { code: fact.code, detail: fact.detail };
          break;
        case 'refused':
          fail(fact.code === 'room-refused' ? failed('code-unknown', 'no such number') : failed(fact.code, fact.detail));
          break;
      }
    });
    const timer = setTimeout(() => fail(new HostError(inVain)), PATIENCE_MS);
    given.addEventListener('abort', giveUp);
    seat.begin();
  });
}
