// How an epoch begins (docs/protocol.md, section 4.1): hellos with nonces, each echoed by the other side.
//
// Promises: an epoch begins only when the other side has echoed a nonce made here for it, so a replayed hello can begin a handshake
// but neither finish one nor end a live epoch. At most one handshake is pending. Leaves to others: sealing and sending hellos
// (`hello`, `Correspondence`), and when to ask again
// (a peer that has not answered for 10 s: `begin` with a fresh nonce). Twin of `crates/trust/src/handshake.rs`.

import type { PeerId } from '../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from './base64url';
import { equalBytes, type Bytes } from './bytes';
import { NONCE_BYTES, type RoomKeys } from './derivation';
import { Epoch, isPolite } from './Epoch';
import { TrustError } from './TrustError';

/** The part of a hello that the handshake is about. */
export interface HelloNonces {
  /** base64url of 32 bytes. */
  readonly nonce: string;
  readonly echo: string | null;
}

/** What a hello led to: first send, then begin. */
export interface HandshakeStep {
  /** Seal and send a hello with these nonces. */
  readonly send: HelloNonces | null;
  /** The handshake is done: this is the epoch now, and every connection of an earlier one ends. */
  readonly established: Epoch | null;
}

const NOTHING: HandshakeStep = { send: null, established: null };

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
   * Begins a handshake with a fresh random nonce: towards every peer named in a `join` reply, and again after 10 s without an answer. A
   * pending one is given up; a live epoch stays until this one is done.
   */
  begin(nonce: Bytes): HelloNonces {
    this.#pending = { local: nonce, remote: null, began: true, otherBegan: false, echoed: false };
    return { nonce: encodeBase64url(nonce), echo: null };
  }

  /** Takes an opened hello of the other peer. `fresh` is random and used at most once. Throws `not-a-message` when a nonce is none. */
  helloReceived(hello: HelloNonces, fresh: Bytes): HandshakeStep {
    const nonce = decodeBase64url(hello.nonce, NONCE_BYTES);
    const echo = hello.echo === null ? null : decodeBase64url(hello.echo, NONCE_BYTES);
    if (nonce === null || (echo === null && hello.echo !== null)) throw new TrustError('not-a-message', 'a nonce is 32 bytes');
    return echo === null ? this.#beginningReceived(nonce, fresh) : this.#echoReceived(nonce, echo);
  }

  #beginningReceived(remote: Bytes, fresh: Bytes): HandshakeStep {
    let pending = this.#pending;
    if (pending === null || (pending.remote !== null && !equalBytes(pending.remote, remote))) {
      if (this.#current !== null && equalBytes(this.#current.remote.nonce, remote)) return NOTHING;
      pending = { local: fresh, remote: null, began: false, otherBegan: false, echoed: false };
      this.#pending = pending;
    }
    pending.remote = remote;
    pending.otherBegan = true;
    pending.echoed = true;
    return { send: greeting(pending.local, remote), established: null };
  }

  #echoReceived(remote: Bytes, echo: Bytes): HandshakeStep {
    const pending = this.#pending;
    if (pending === null || !equalBytes(pending.local, echo)) return NOTHING;
    this.#pending = null;
    // The echo proves `remote` fresh. A remote taken before it from an `echo: null` was not proven, perhaps replayed: it gives way,
    // and its beginning with it.
    const isKnown = pending.remote !== null && equalBytes(pending.remote, remote);
    const echoed = isKnown && pending.echoed;
    const otherBegan = isKnown && pending.otherBegan;
    const initiator = pending.began && (!otherBegan || !isPolite(this.self, this.other));
    const local = { peer: this.self, nonce: pending.local };
    this.#current = new Epoch(this.keys, local, { peer: this.other, nonce: remote }, initiator);
    return { send: echoed ? null : greeting(pending.local, remote), established: this.#current };
  }
}

function greeting(local: Bytes, remote: Bytes): HelloNonces {
  return { nonce: encodeBase64url(local), echo: encodeBase64url(remote) };
}
