// A media connection for a page whose platform has none: the engine keeps the real one, this mirrors it.
//
// Promises: means what the W3C's RTCPeerConnection means, as far as `PeerConnectionLike` names it; requests reach the engine in
// the order of the calls; states change with the engine's answers, before the promise of the call resolves. Left to others: RTP,
// ICE, DTLS and codecs of the wire (the engine), pictures and sound (`OwnMedia`, the workers).
import type { ConnectionState } from '../../../protocol/ConnectionState';
import type { Description } from '../../../protocol/Description';
import type { IceServer } from '../../../protocol/IceServer';
import type { MediaKind } from '../../../protocol/MediaKind';
import type { Section } from '../../../protocol/Section';
import type { DtlsTransportLike, MediaConnectionLike, RtpTransceiverLike } from '../../../shared/rtc/PeerConnectionLike';
import type { ConnectionNews, MediaPort, PortAnswer, PortConnection, PortQuestion } from './MediaPort';
import { StandInTransceiver } from './StandInTransceiver';
import type { OwnMedia, SectionOwner } from './StandInTransceiver';

type Described = { readonly type: RTCSdpType; readonly sdp: string };
type StateEvent = 'connectionstatechange' | 'signalingstatechange' | 'negotiationneeded';
type CandidateListener = (event: { readonly candidate: RTCIceCandidateInit | null }) => void;

/** What a connection says beside the standard's events. */
export interface StandInListener {
  level(levelDb: number): void;
  closed(): void;
}

export class StandInConnection implements MediaConnectionLike, PortConnection {
  readonly number: number;
  #signalingState: RTCSignalingState = 'stable';
  #connectionState: ConnectionState = 'new';
  #certificates: ArrayBuffer[] = [];
  #isDtlsFailed = false;
  /** As the standard has them: what an unanswered offer changed is pending, and is taken back by a rollback. */
  #local: { pending: Described | null; current: Described | null } = { pending: null, current: null };
  #remote: { pending: Described | null; current: Described | null } = { pending: null, current: null };
  #describing = 0;
  /** As of the standard's "negotiation-needed flag" (section 4.7.3): said once for all that came up since the last negotiation. */
  #isNegotiationNeeded = false;
  /** ICE user name that the next description of ours is to replace; null when none is. */
  #replacedUser: string | null = null;
  /** Closed, or lost with the port: the engine knows nothing of it any more. */
  #isOver = false;
  readonly #transceivers: StandInTransceiver[] = [];
  readonly #listeners = new Map<StateEvent, Set<() => void>>();
  readonly #candidateListeners = new Set<CandidateListener>();

  constructor(
    configuration: RTCConfiguration,
    private readonly port: MediaPort,
    private readonly own: OwnMedia,
    private readonly listener: StandInListener,
  ) {
    const iceServers = (configuration.iceServers ?? []).map(toIceServer);
    this.number = port.register(this);
    port.send({
      type: 'open',
      connection: this.number,
      ice_servers: iceServers,
      relay_only: configuration.iceTransportPolicy === 'relay',
    });
  }

  get signalingState(): RTCSignalingState {
    return this.#signalingState;
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#connectionState;
  }

  get localDescription(): Described | null {
    return this.#local.pending ?? this.#local.current;
  }

  get remoteDescription(): Described | null {
    return this.#remote.pending ?? this.#remote.current;
  }

  async setLocalDescription(): Promise<void> {
    const asked = this.#describe({ type: 'set-local-description', connection: this.number });
    // An answer speaks of what the offer has, and of nothing that was added since.
    const answered = this.#signalingState === 'have-remote-offer' ? sectionsOf(this.remoteDescription?.sdp ?? '') : Infinity;
    for (const transceiver of this.#transceivers.slice(0, answered)) transceiver.described();
    const { description, sections } = await asked;
    if (description === null) throw new DOMException('the engine gave no description', 'OperationError');
    if (this.#replacedUser !== null && userOf(description.sdp) !== this.#replacedUser) this.#replacedUser = null;
    this.#apply(this.#local, this.#remote, description, sections, 'have-local-offer');
  }

  async setRemoteDescription(init: RTCSessionDescriptionInit): Promise<void> {
    const { type, sdp = '' } = init;
    if (type !== 'offer' && type !== 'answer') throw new TypeError(`descriptions of the type "${type}" are not taken`);
    const description: Description = { type, sdp };
    const { sections } = await this.#describe({ type: 'set-remote-description', connection: this.number, description });
    if (type === 'offer') for (const transceiver of this.#transceivers) transceiver.takenBack();
    this.#apply(this.#remote, this.#local, description, sections, 'have-remote-offer');
  }

  async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
    this.#refuseClosed();
    // The end of candidates: the engine concludes it by itself.
    if (candidate === null || candidate?.candidate === undefined || candidate.candidate === '') return;
    if (this.remoteDescription === null && this.#describing === 0) {
      throw new DOMException('there is no remote description', 'InvalidStateError');
    }
    await this.port.ask({
      type: 'add-ice-candidate',
      connection: this.number,
      candidate: {
        candidate: candidate.candidate,
        sdp_mid: candidate.sdpMid ?? null,
        sdp_m_line_index: candidate.sdpMLineIndex ?? null,
        username_fragment: candidate.usernameFragment ?? null,
      },
    });
  }

  restartIce(): void {
    if (this.#isOver) return;
    this.port.send({ type: 'restart-ice', connection: this.number });
    // Before the first description there is nothing to replace.
    this.#replacedUser ??= this.localDescription === null ? null : userOf(this.localDescription.sdp);
    this.#lookForNeed();
  }

  close(): void {
    if (this.#connectionState === 'closed') return;
    this.port.release(this.number);
    this.#end();
    this.#connectionState = 'closed';
    this.#signalingState = 'closed';
  }

  async getStats(): Promise<RTCStatsReport> {
    const answer = await this.#ask({ type: 'get-stats', connection: this.number });
    if (answer.type !== 'stats') throw mismatch(answer);
    return new Map(answer.entries.map((entry) => [String(entry['id']), entry]));
  }

  addTransceiver(kind: MediaKind, { direction }: { direction: 'sendrecv' }): RtpTransceiverLike {
    this.#refuseClosed();
    // Sections are numbered by both ends; one that was added while the engine adds others would get another's number.
    if (this.#describing > 0) throw new DOMException('a description is being applied', 'InvalidStateError');
    this.port.send({ type: 'add-transceiver', connection: this.number, kind });
    const transceiver = this.#addSection(kind, direction);
    this.#lookForNeed();
    return transceiver;
  }

  getTransceivers(): readonly RtpTransceiverLike[] {
    return [...this.#transceivers];
  }

  addEventListener(...[type, listener]: ['icecandidate', CandidateListener] | [StateEvent, () => void]): void {
    if (type === 'icecandidate') {
      this.#candidateListeners.add(listener);
      return;
    }
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  /** What comes is shown and heard from now on. */
  play(): void {
    if (!this.#isOver) this.port.send({ type: 'set-playing', connection: this.number, on: true });
  }

  // What the port says.

  news(message: ConnectionNews): void {
    switch (message.type) {
      case 'candidate':
        this.#tellCandidate(message);
        break;
      case 'state':
        if (message.certificates.length > 0) this.#certificates = message.certificates.flatMap((one) => fromBase64(one) ?? []);
        this.#isDtlsFailed ||= message.dtls_failed;
        // Only this end closes. An engine that did it by itself could not go on.
        if (message.state === 'closed') this.lost();
        else this.#become(message.state);
        break;
      case 'muted':
        this.#transceivers[message.section]?.receiver.track.become(message.muted);
        break;
    }
  }

  level(levelDb: number): void {
    this.listener.level(levelDb);
  }

  lost(): void {
    this.#become('failed');
    this.#end();
  }

  async #describe(question: PortQuestion): Promise<Extract<PortAnswer, { type: 'described' }>> {
    this.#refuseClosed();
    this.#describing += 1;
    try {
      const answer = await this.#ask(question);
      if (answer.type !== 'described') throw mismatch(answer);
      return answer;
    } finally {
      this.#describing -= 1;
    }
  }

  async #ask(question: PortQuestion): Promise<PortAnswer> {
    this.#refuseClosed();
    return this.port.ask(question);
  }

  /** JSEP's states (RFC 9429, section 3.2), with the side that described first. */
  #apply(
    ours: { pending: Described | null; current: Described | null },
    theirs: { pending: Described | null; current: Described | null },
    description: Description,
    sections: readonly Section[],
    offered: RTCSignalingState,
  ): void {
    // A new offer takes an unanswered one back, whoever made it.
    const { pending } = theirs;
    theirs.pending = null;
    if (description.type === 'offer') {
      ours.pending = description;
    } else {
      ours.pending = null;
      ours.current = description;
      theirs.current = pending ?? theirs.current;
    }
    this.#takeSections(sections);
    const state = description.type === 'offer' ? offered : 'stable';
    if (state === this.#signalingState) return;
    this.#signalingState = state;
    this.#tell('signalingstatechange');
    if (state !== 'stable') return;
    for (const transceiver of this.#transceivers) transceiver.settled();
    this.#isNegotiationNeeded = false;
    this.#lookForNeed();
  }

  /** Says that a negotiation is needed, once what is under way is done. */
  #lookForNeed(): void {
    if (this.#isNegotiationNeeded || this.#signalingState !== 'stable' || this.#isOver) return;
    if (this.#replacedUser === null && !this.#transceivers.some(({ needsNegotiation }) => needsNegotiation)) return;
    this.#isNegotiationNeeded = true;
    queueMicrotask(() => {
      // One that has begun meanwhile sees to it; in the end it is looked again.
      if (this.#describing === 0 && this.#signalingState === 'stable') this.#tell('negotiationneeded');
    });
  }

  #takeSections(sections: readonly Section[]): void {
    sections.forEach((section, index) => {
      const transceiver = this.#transceivers[index] ?? this.#addSection(section.kind, section.direction);
      if (transceiver.kind !== section.kind) throw new DOMException(`section ${index} is of another kind`, 'OperationError');
      transceiver.negotiated(section);
    });
  }

  #addSection(kind: MediaKind, direction: Section['direction']): StandInTransceiver {
    const section = this.#transceivers.length;
    const transceiver = new StandInTransceiver(kind, direction, this.#sectionOwner(section), this.own);
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  #sectionOwner(section: number): SectionOwner {
    const connection = this.number;
    const isOver = (): boolean => this.#isOver;
    return {
      transport: this.#transport,
      get isClosed() {
        return isOver();
      },
      setDirection: (direction) => {
        this.port.send({ type: 'set-direction', connection, section, direction });
        this.#lookForNeed();
      },
      setSending: async (on) => {
        await this.#ask({ type: 'set-sending', connection, section, on });
      },
      setParameters: async (parameters) => {
        await this.#ask({ type: 'set-parameters', connection, section, parameters });
      },
    };
  }

  /** One for all sections: they are bundled. */
  get #transport(): DtlsTransportLike {
    const state = (): RTCDtlsTransportState => (this.#isDtlsFailed ? 'failed' : this.#certificates.length > 0 ? 'connected' : 'new');
    return {
      get state() {
        return state();
      },
      getRemoteCertificates: () => [...this.#certificates],
    };
  }

  #become(state: ConnectionState): void {
    if (this.#isOver || state === this.#connectionState) return;
    this.#connectionState = state;
    this.#tell('connectionstatechange');
  }

  /** Nothing goes or comes any more. As the standard has it, `close` fires no event. */
  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { sender } of this.#transceivers) sender.release();
    this.listener.closed();
  }

  #tell(type: StateEvent): void {
    if (this.#isOver) return;
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener();
  }

  #tellCandidate({ candidate }: Extract<ConnectionNews, { type: 'candidate' }>): void {
    const told =
      candidate === null
        ? null
        : {
            candidate: candidate.candidate,
            sdpMid: candidate.sdp_mid,
            sdpMLineIndex: candidate.sdp_m_line_index,
            usernameFragment: candidate.username_fragment,
          };
    for (const listener of [...this.#candidateListeners]) listener({ candidate: told });
  }

  #refuseClosed(): void {
    if (this.#isOver) throw new DOMException('the connection is closed', 'InvalidStateError');
  }
}

function toIceServer({ urls, username, credential }: RTCIceServer): IceServer {
  return {
    urls: typeof urls === 'string' ? [urls] : [...urls],
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}

function sectionsOf(sdp: string): number {
  return [...sdp.matchAll(/^m=/gm)].length;
}

function userOf(sdp: string): string | null {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? null;
}

function mismatch(answer: PortAnswer): DOMException {
  return new DOMException(`the engine answered with "${answer.type}"`, 'OperationError');
}

function fromBase64(text: string): ArrayBuffer | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
  } catch {
    // No certificate is then shown; the description's fingerprint is used, and said to be weaker.
    return null;
  }
}
