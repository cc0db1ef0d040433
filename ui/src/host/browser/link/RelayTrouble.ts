// What went wrong with TURN while candidates were gathered, so that a connection that fails can say so.
//
// Promises: names TURN only when TURN was asked for and no relayed candidate came. Leaves to others: whether that matters.
import type { FailureCode } from '../../../protocol/FailureCode';

export class RelayTrouble {
  #refused = false;
  #unreachable = false;
  #relayed = false;

  constructor(
    connection: RTCPeerConnection,
    configuration: RTCConfiguration,
    /** Only relayed candidates are allowed, and there will be none. */
    hopeless: (code: FailureCode) => void,
  ) {
    connection.addEventListener('icecandidateerror', (event) => {
      if (!/^turns?:/.test(event.url)) return;
      // 701: no answer at all; else the error code of STUN (RFC 8489 section 14.8, RFC 8656 section 19).
      if (event.errorCode === 701) this.#unreachable = true;
      else this.#refused = true;
    });
    connection.addEventListener('icecandidate', (event) => {
      if (event.candidate?.type === 'relay') this.#relayed = true;
    });
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState !== 'complete' || configuration.iceTransportPolicy !== 'relay') return;
      if (!this.#relayed) hopeless(this.code ?? 'turn-unreachable');
    });
  }

  /** Null when TURN has nothing to do with it. */
  get code(): FailureCode | null {
    if (this.#relayed) return null;
    if (this.#refused) return 'turn-refused';
    return this.#unreachable ? 'turn-unreachable' : null;
  }
}
