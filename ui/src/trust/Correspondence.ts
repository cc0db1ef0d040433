// Everything sealed between this peer and one other: hellos, handshake, epoch, negotiation. One object a remote peer.
//
// Promises: every `body` that comes in ends as facts or as a counted drop, never as an exception; nothing passes that was not
// sealed for us by that peer; a repeat is dropped in silence. Leaves to others: sockets, time, and the connections themselves.
//
//     const correspondence = new Correspondence(keys, self, other, about, random);
//     for (const output of correspondence.begin()) …          // towards every peer of the join reply
//     for (const output of correspondence.receive(body)) …    // for every signal of that peer, in order

import type { PeerId } from '../protocol/PeerId';
import type { Plane } from '../protocol/Plane';
import type { Random } from './bytes';
import { NONCE_BYTES, type RoomKeys } from './derivation';
import { ENVELOPE_NONCE_BYTES, readEnvelope } from './envelope';
import type { Epoch, Negotiation, OpenedNegotiation } from './Epoch';
import { Handshake, type HelloNonces } from './handshake';
import { openHello, sealHello, type About } from './hello';
import { TrustError, type TrustErrorCode } from './TrustError';

export type { About } from './hello';

/** What comes of a body, or of a beginning: orders and facts, to be handled in order. */
export type CorrespondenceOutput =
  /** Send this `body` to the other peer. */
  | { readonly type: 'send-signal'; readonly body: string }
  /** A hello of the other peer opened. It may be a replay: good for a name, not for more. */
  | { readonly type: 'peer-introduced'; readonly about: About }
  /** The handshake is done; every connection of an earlier epoch ends now. */
  | { readonly type: 'epoch-began'; readonly epoch: Epoch }
  /** A description or candidate of the live epoch, with its plane. */
  | ({ readonly type: 'negotiation-received' } & OpenedNegotiation)
  /** The body was refused and counted. `another-version` is for the user's eyes. */
  | { readonly type: 'body-dropped'; readonly code: TrustErrorCode };

/** The sealed side of one remote peer. */
export class Correspondence {
  /** Bodies refused so far. Repeats do not count. */
  droppedCount = 0;
  readonly #handshake: Handshake;

  constructor(
    private readonly keys: RoomKeys,
    private readonly self: PeerId,
    private readonly other: PeerId,
    /** What our hellos say; replace it when the name changes. */
    public about: About,
    private readonly random: Random,
  ) {
    this.#handshake = new Handshake(keys, self, other);
  }

  /** The live epoch, if any. */
  get epoch(): Epoch | null {
    return this.#handshake.current;
  }

  /** Whether a handshake is under way. */
  get isPending(): boolean {
    return this.#handshake.isPending;
  }

  /** Begins a handshake. A pending one is given up; a live epoch stays until the new one is done. */
  begin(): CorrespondenceOutput[] {
    return [this.#send(this.#handshake.begin(this.random(NONCE_BYTES)))];
  }

  /** Seals a description or candidate: the `body` to send. Null while there is no epoch. */
  seal(plane: Plane, message: Negotiation): string | null {
    return this.epoch?.seal(plane, message, this.random) ?? null;
  }

  /** Takes a `body` that came from the other peer. */
  receive(body: string): CorrespondenceOutput[] {
    try {
      return readEnvelope(body).header.kind === 'hello' ? this.#receiveHello(body) : this.#receiveNegotiation(body);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      if (error.code === 'repeat') return [];
      this.droppedCount += 1;
      return [{ type: 'body-dropped', code: error.code }];
    }
  }

  #receiveHello(body: string): CorrespondenceOutput[] {
    const { name, agent, host, ...nonces } = openHello(this.keys, this.other, this.self, body);
    const { send, established } = this.#handshake.helloReceived(nonces, this.random(NONCE_BYTES));
    const outputs: CorrespondenceOutput[] = [{ type: 'peer-introduced', about: { name, agent, host } }];
    if (send !== null) outputs.push(this.#send(send));
    if (established !== null) outputs.push({ type: 'epoch-began', epoch: established });
    return outputs;
  }

  #receiveNegotiation(body: string): CorrespondenceOutput[] {
    if (this.epoch === null) throw new TrustError('not-an-envelope', 'no epoch yet');
    return [{ type: 'negotiation-received', ...this.epoch.open(body) }];
  }

  #send(nonces: HelloNonces): CorrespondenceOutput {
    const nonce = this.random(ENVELOPE_NONCE_BYTES);
    return { type: 'send-signal', body: sealHello(this.keys, this.self, this.other, nonces, this.about, nonce) };
  }
}
