// Everything sealed between this peer and one other: hellos, handshake, epoch, negotiation. One object a remote peer.
//
// Promises: every `body` that comes in ends as facts or as a counted drop, never as an exception; nothing passes that was not
// sealed for us by that peer; a repeat is dropped in silence. Leaves to others: sockets, time, and the connections themselves.
//
//     const correspondence = new Correspondence(keys, self, other, about, random);
//     for (const output of correspondence.begin()) …          // towards every peer of the join reply
//     for (const output of correspondence.receive(body)) …    // for every signal of that peer, in order

import type { HostKind } from '../protocol/HostKind';
import type { PeerId } from '../protocol/PeerId';
import type { Plane } from '../protocol/Plane';
import { decodeBase64url, encodeBase64url } from './base64url';
import type { Bytes, Random } from './bytes';
import type { RoomKeys } from './derivation';
import { ENVELOPE_NONCE_BYTES, HELLO_HEADER, openEnvelope, readHeader, sealEnvelope, type EnvelopeHeader } from './envelope';
import type { Epoch, Negotiation, OpenedNegotiation } from './Epoch';
import { Handshake, type HandshakeOutput } from './handshake';
import { cutName } from './limits';
import { parseSealed } from './sealedGuard';
import { TrustError, type TrustErrorCode } from './TrustError';

/** What a hello says of its sender, apart from nonces. */
export interface About {
  readonly name: string;
  /** Program and version, `parlor/0.1.0`. */
  readonly agent: string;
  readonly host: HostKind;
}

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

  /** Begins a handshake, or says the last hello of a pending one again. */
  begin(): CorrespondenceOutput[] {
    return this.#follow(this.#handshake.begin(this.random));
  }

  /** Seals a description or candidate: the `body` to send. Null while there is no epoch. */
  seal(plane: Plane, message: Negotiation): string | null {
    return this.epoch?.seal(plane, message, this.random) ?? null;
  }

  /** Takes a `body` that came from the other peer. */
  receive(body: string): CorrespondenceOutput[] {
    try {
      const envelope = decodeBase64url(body);
      if (envelope === null) throw new TrustError('not-an-envelope', 'no base64url');
      const header = readHeader(envelope);
      return header.kind === 'hello' ? this.#receiveHello(envelope) : this.#receiveNegotiation(header, envelope);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      this.droppedCount += 1;
      return [{ type: 'body-dropped', code: error.code }];
    }
  }

  #receiveHello(envelope: Bytes): CorrespondenceOutput[] {
    const addresses = { room: this.keys.room, from: this.other, to: this.self };
    const message = parseSealed(openEnvelope(this.keys.helloKey, addresses, envelope));
    if (message?.type !== 'hello') throw new TrustError('not-a-message', 'not a hello');
    const { nonce, echo, name, agent, host } = message;
    return [
      { type: 'peer-introduced', about: { name, agent, host } },
      ...this.#follow(this.#handshake.receive({ nonce, echo }, this.random)),
    ];
  }

  #receiveNegotiation(header: EnvelopeHeader, envelope: Bytes): CorrespondenceOutput[] {
    if (this.epoch === null) throw new TrustError('not-an-envelope', 'no epoch yet');
    const opened = this.epoch.open(header, envelope);
    return opened === null ? [] : [{ type: 'negotiation-received', ...opened }];
  }

  #follow(outputs: readonly HandshakeOutput[]): CorrespondenceOutput[] {
    return outputs.map((output) => {
      if (output.type === 'begin-epoch') return { type: 'epoch-began', epoch: output.epoch };
      const hello = { type: 'hello', ...output.nonces, ...this.about, name: cutName(this.about.name) };
      const addresses = { room: this.keys.room, from: this.self, to: this.other };
      const nonce = this.random(ENVELOPE_NONCE_BYTES);
      const envelope = sealEnvelope(this.keys.helloKey, HELLO_HEADER, addresses, nonce, JSON.stringify(hello));
      return { type: 'send-signal', body: encodeBase64url(envelope) };
    });
  }
}
