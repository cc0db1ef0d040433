// Perfect negotiation (https://www.w3.org/TR/webrtc/#perfect-negotiation-example) of one connection, either plane.
//
// Promises: everything asked of it happens one after the other, so a description is never applied between the halves of
// another; our candidates leave after the description they belong to; candidates that come early wait, at most
// `EARLY_CANDIDATES`. The first offer is made when asked for, since only one side begins; later ones also when the connection
// itself asks (`negotiationneeded`). All descriptions that are taken name one and the same certificate. Left to others: link numbers, the way signals travel, when to mend.
import type { Candidate } from '../../protocol/Candidate';
import type { Description } from '../../protocol/Description';
import { fingerprintOfDescription } from './fingerprint';
import type { PeerConnectionLike } from './PeerConnectionLike';

/** A message of one connection's negotiation; `MediaSignal` without the link number. */
export type NegotiationSignal =
  | { readonly type: 'description'; readonly description: Description }
  | { readonly type: 'candidate'; readonly candidate: Candidate | null };

/** What a negotiation says to whoever owns the connection. */
export interface NegotiationOwner {
  /** To be carried to the other side, in order. */
  send(signal: NegotiationSignal): void;
  /** Between a remote offer and our answer: the moment to attach what we send. */
  prepareAnswer?(): Promise<void>;
  /** The connection cannot be negotiated; it should be closed. A `WrongCertificate` is the other side's fault. */
  failed(error: Error): void;
}

/** A description does not say for sure which certificate is meant, or another than the one before it. */
export class WrongCertificate extends Error {
  override readonly name = 'WrongCertificate';
}

/** Candidates kept before the description they belong to. More than any machine has interfaces. */
const EARLY_CANDIDATES = 256;

export class Negotiation {
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  /** True from ignoring a colliding offer until the next description is taken: its candidates are ignored with it. */
  #ignoringOffer = false;
  #described = false;
  /** The certificate that the other side's descriptions name. */
  #named: string | null = null;
  readonly #early: (Candidate | null)[] = [];
  readonly #unsent: (Candidate | null)[] = [];

  constructor(
    private readonly connection: PeerConnectionLike,
    /** Whether this side is the polite one, should offers collide now. */
    private readonly isPolite: () => boolean,
    private readonly owner: NegotiationOwner,
  ) {
    connection.addEventListener('icecandidate', (event) => {
      this.#sendCandidate(toWire(event.candidate));
    });
    connection.addEventListener('negotiationneeded', () => {
      // Before the first exchange both sides would say so; who begins is not theirs to decide.
      if (connection.remoteDescription !== null) void this.offer();
    });
  }

  /** The certificate that the other side named, lower-case hex; null before its first description. */
  get named(): string | null {
    return this.#named;
  }

  /** True when a remote offer, coming now, would collide with one of ours. */
  get offering(): boolean {
    return this.connection.signalingState === 'have-local-offer';
  }

  /** Makes an offer, unless a negotiation is under way already. */
  offer(): Promise<void> {
    return this.#queue(async () => {
      if (this.connection.signalingState !== 'stable') return;
      await this.connection.setLocalDescription();
      this.#sendDescription();
    });
  }

  /** Mends the connection by an ICE restart. */
  restart(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.connection.restartIce();
    return this.offer();
  }

  /** Takes a message of the other side. */
  receive(signal: NegotiationSignal): Promise<void> {
    return this.#queue(() =>
      signal.type === 'description' ? this.#describe(signal.description) : this.#addCandidate(signal.candidate),
    );
  }

  /** Stops; closing the connection is the owner's. */
  close(): void {
    this.#closed = true;
  }

  async #describe(description: Description): Promise<void> {
    const offer = description.type === 'offer';
    const collision = offer && this.connection.signalingState !== 'stable';
    this.#ignoringOffer = collision && !this.isPolite();
    if (this.#ignoringOffer) return;
    // An answer to an offer that was rolled back since answers nothing any more.
    if (!offer && this.connection.signalingState !== 'have-local-offer') return;
    this.#takeName(description.sdp);
    await this.connection.setRemoteDescription(description);
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    if (!offer) return;
    await this.owner.prepareAnswer?.();
    await this.connection.setLocalDescription();
    this.#sendDescription();
  }

  #takeName(sdp: string): void {
    const named = fingerprintOfDescription(sdp);
    if (named === null) throw new WrongCertificate('a description names no certificate for sure');
    // A connection keeps its DTLS, so a later description has nothing new to say about it.
    if (this.#named !== null && this.#named !== named) throw new WrongCertificate('a later description names another certificate');
    this.#named = named;
  }

  async #addCandidate(candidate: Candidate | null): Promise<void> {
    if (this.#ignoringOffer) return;
    if (this.connection.remoteDescription === null) {
      if (this.#early.length < EARLY_CANDIDATES) this.#early.push(candidate);
      return;
    }
    try {
      // Some platforms refuse null, and all of them conclude the end of candidates by themselves.
      if (candidate !== null) await this.connection.addIceCandidate(fromWire(candidate));
    } catch {
      // A candidate of a generation that is gone, or a kind this platform does not know: others remain, and when none
      // does the connection's own state says so.
    }
  }

  #sendDescription(): void {
    const local = this.connection.localDescription;
    if (this.#closed || local === null) return;
    if (local.type !== 'offer' && local.type !== 'answer') return;
    this.#described = true;
    this.owner.send({ type: 'description', description: { type: local.type, sdp: local.sdp } });
    for (const candidate of this.#unsent.splice(0)) this.owner.send({ type: 'candidate', candidate });
  }

  #sendCandidate(candidate: Candidate | null): void {
    if (this.#closed) return;
    if (this.#described) this.owner.send({ type: 'candidate', candidate });
    else if (this.#unsent.length < EARLY_CANDIDATES) this.#unsent.push(candidate);
  }

  #queue(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await step();
      } catch (error) {
        // Closing ends steps half way; that is no failure of theirs.
        if (!this.#isClosed()) this.owner.failed(error instanceof Error ? error : new Error(String(error)));
      }
    });
    return this.#work;
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}

function toWire(candidate: RTCIceCandidateInit | null): Candidate | null {
  // The empty candidate ends one generation (RFC 8838 section 8.2); for the other side that is the same end.
  if (candidate === null || candidate.candidate === undefined || candidate.candidate === '') return null;
  return {
    candidate: candidate.candidate,
    sdp_mid: candidate.sdpMid ?? null,
    sdp_m_line_index: candidate.sdpMLineIndex ?? null,
    username_fragment: candidate.usernameFragment ?? null,
  };
}

function fromWire(candidate: Candidate): RTCIceCandidateInit {
  return {
    candidate: candidate.candidate,
    sdpMid: candidate.sdp_mid,
    sdpMLineIndex: candidate.sdp_m_line_index,
    usernameFragment: candidate.username_fragment,
  };
}
