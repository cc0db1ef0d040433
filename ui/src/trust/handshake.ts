// How an epoch begins (docs/protocol.md, section 4.1): hellos with nonces, each echoed by the other side.
//
// Promises: an epoch begins only when the other side has echoed a nonce made here for it, so a replayed hello can begin a handshake
// but neither finish one nor end a live epoch. At most one handshake is pending. Leaves to others: sealing and sending hellos
// (`Correspondence`), and when to ask again (a peer whose hello is unanswered for 10 s may).

import type { PeerId } from '../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from './base64url';
import { equalBytes, type Bytes, type Random } from './bytes';
import { NONCE_BYTES, type RoomKeys } from './derivation';
import { Epoch, isPolite } from './Epoch';

/** The part of a hello that the handshake is about. */
export interface HelloNonces {
  /** base64url of 32 bytes. */
  readonly nonce: string;
  readonly echo: string | null;
}

/** What the handshake orders, in this order. */
export type HandshakeOutput =
  | { readonly type: 'send-hello'; readonly nonces: HelloNonces }
  /** The handshake is done. All connections of an earlier epoch end now. */
  | { readonly type: 'begin-epoch'; readonly epoch: Epoch };

interface Pending {
  readonly local: Bytes;
  remote: Bytes | null;
  /** We have sent `echo: null`. */
  began: boolean;
  /** The other side has sent `echo: null`. */
  otherBegan: boolean;
  /** We have echoed `remote`. */
  echoed: boolean;
}

/** The handshake towards one remote peer. */
export class Handshake {
  #pending: Pending | null = null;
  #current: Epoch | null = null;

  constructor(
    private readonly keys: RoomKeys,
    private readonly self: PeerId,
    private readonly other: PeerId,
  ) {}

  /** The live epoch, if any. */
  get current(): Epoch | null {
    return this.#current;
  }

  /** Whether a handshake is under way. */
  get isPending(): boolean {
    return this.#pending !== null;
  }

  /**
   * Begins a handshake, as who enters a room does with every peer named in its `join` reply. While one is pending it says that
   * one's last hello again, so it also serves as the repeat after 10 s without an answer.
   */
  begin(random: Random): HandshakeOutput[] {
    const pending = (this.#pending ??= freshPending(random));
    if (pending.remote === null) pending.began = true;
    return [sendHello(pending)];
  }

  /** Takes a hello of the other peer. `nonces` passed the guard of `Sealed`; what does not fit is ignored. */
  receive(nonces: HelloNonces, random: Random): HandshakeOutput[] {
    const remote = decodeBase64url(nonces.nonce, NONCE_BYTES);
    if (remote === null) return [];
    if (nonces.echo === null) return this.#receiveBeginning(remote, random);
    const echo = decodeBase64url(nonces.echo, NONCE_BYTES);
    return echo === null ? [] : this.#receiveEcho(remote, echo);
  }

  #receiveBeginning(remote: Bytes, random: Random): HandshakeOutput[] {
    let pending = this.#pending;
    if (pending?.remote === null) pending.remote = remote;
    if (pending?.remote == null || !equalBytes(pending.remote, remote)) {
      if (this.#current !== null && equalBytes(this.#current.remote.nonce, remote)) return [];
      pending = freshPending(random);
      pending.remote = remote;
      this.#pending = pending;
    }
    pending.otherBegan = true;
    pending.echoed = true;
    return [sendHello(pending)];
  }

  #receiveEcho(remote: Bytes, echo: Bytes): HandshakeOutput[] {
    const pending = this.#pending;
    if (pending === null || !equalBytes(pending.local, echo)) return [];
    if (pending.remote !== null && !equalBytes(pending.remote, remote)) return [];
    pending.remote = remote;
    const outputs: HandshakeOutput[] = pending.echoed ? [] : [sendHello(pending)];
    // Who said `echo: null` began; if both did, the impolite one counts as the one.
    const initiator = pending.began && (!pending.otherBegan || !isPolite(this.self, this.other));
    const local = { peer: this.self, nonce: pending.local };
    this.#current = new Epoch(this.keys, local, { peer: this.other, nonce: remote }, initiator);
    this.#pending = null;
    outputs.push({ type: 'begin-epoch', epoch: this.#current });
    return outputs;
  }
}

function freshPending(random: Random): Pending {
  return { local: random(NONCE_BYTES), remote: null, began: false, otherBegan: false, echoed: false };
}

function sendHello(pending: Pending): HandshakeOutput {
  const echo = pending.remote === null ? null : encodeBase64url(pending.remote);
  return { type: 'send-hello', nonces: { nonce: encodeBase64url(pending.local), echo } };
}
