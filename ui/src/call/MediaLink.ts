// One media connection to one peer: a numbered `RTCPeerConnection` with one section for sound and one for picture.
//
// Promises: nothing of ours is sent and nothing of theirs is exposed before both sides have proven the connection; turning
// a device on, off or over never renegotiates. Left to others: numbers, mending and rebuilding (`PeerMedia`).
import type { Seen } from '../protocol/Seen';
import { localFingerprint, remoteFingerprint } from '../shared/rtc/fingerprint';
import { Negotiation, WrongCertificate } from '../shared/rtc/Negotiation';
import type { NegotiationSignal } from '../shared/rtc/Negotiation';
import type { DtlsTransportLike, MediaConnectionLike, RtpTransceiverLike } from '../shared/rtc/PeerConnectionLike';
import type { CodecProblem, MediaConnectionFactory, OpenedConnection, RemoteMedia } from '../shared/rtc/RemoteMedia';
import type { RemoteProblem } from './CallSnapshot';
import type { LocalTracks } from './LocalMedia';

/** What a link says to its owner. */
export interface MediaLinkOwner {
  send(signal: NegotiationSignal): void;
  /** DTLS is up: these are to be confirmed with the peer. */
  connected(fingerprints: { readonly local: string; readonly remote: string; readonly seen: Seen }): void;
  /** The other side is not who it says, or takes us for somebody else. */
  refused(): void;
  /** The connection's state changed; see `MediaLink.state`. */
  changed(): void;
}

const KINDS = ['audio', 'video'] as const;

export class MediaLink {
  /** The connection's own word, with `failed` for everything that cannot go on. */
  #state: 'connecting' | 'connected' | 'disconnected' | 'failed' = 'connecting';
  #proof: Seen | null = null;
  #media: RemoteMedia | null = null;
  #codecProblem: CodecProblem | null = null;
  #unshared: RemoteProblem | null = null;
  #announced = false;
  #closed = false;
  readonly #opened: OpenedConnection;
  readonly #connection: MediaConnectionLike;
  readonly #negotiation: Negotiation;
  /** What the other side's browser keeps together. Tracks are put into sections, not into it. */
  readonly #stream = new MediaStream();
  readonly #sections: Record<'audio' | 'video', RtpTransceiverLike | null> = { audio: null, video: null };

  constructor(
    readonly number: number,
    /** True when this side made the first offer of this connection. */
    readonly begunByUs: boolean,
    factory: MediaConnectionFactory,
    configuration: RTCConfiguration,
    private readonly tracks: () => LocalTracks,
    private readonly owner: MediaLinkOwner,
  ) {
    this.#opened = factory.open(configuration);
    this.#connection = this.#opened.connection;
    this.#connection.addEventListener('connectionstatechange', () => this.#stateChanged());
    this.#connection.addEventListener('signalingstatechange', () => this.#negotiated());
    this.#opened.watchProblem((problem) => {
      this.#codecProblem = problem;
      if (!this.#closed) owner.changed();
    });
    // Chromium shows no picture any more of a section that the other side's offer made, once an offer of its own was rolled back: so
    // the side that made the sections gives way. A first offer gives way to nothing (see `unanswered`).
    const isPolite = (): boolean => begunByUs && !this.unanswered;
    this.#negotiation = new Negotiation(this.#connection, isPolite, {
      send: (signal) => owner.send(signal),
      prepareAnswer: () => {
        this.#takeSections();
        return Promise.resolve();
      },
      failed: (error) => {
        if (error instanceof WrongCertificate) this.#refuse();
        else this.#set('failed');
      },
    });
  }

  get state(): 'connecting' | 'connected' | 'disconnected' | 'failed' {
    return this.#state;
  }

  get proof(): Seen | null {
    return this.#proof;
  }

  /** The peer's media; null until proven. */
  get media(): RemoteMedia | null {
    return this.#media;
  }

  /** Why not all of the peer's media can be had although the connection stands. */
  get problem(): RemoteProblem | null {
    return this.#unshared ?? this.#codecProblem;
  }

  /** True while our first offer has no answer: a colliding offer then begins the connection anew. */
  get unanswered(): boolean {
    return this.begunByUs && this.#connection.remoteDescription === null;
  }

  /** Makes the first offer. */
  begin(): void {
    for (const kind of KINDS) this.#use(kind, this.#connection.addTransceiver(kind, { direction: 'sendrecv' }));
    void this.#negotiation.offer();
  }

  receive(signal: NegotiationSignal): void {
    void this.#negotiation.receive(signal);
  }

  restart(): void {
    void this.#negotiation.restart();
  }

  /** The peer has proven this connection too: media flows from now on. */
  prove(seen: Seen): void {
    if (this.#closed || this.#proof !== null) return;
    this.#proof = seen;
    this.#media = this.#opened.play();
    this.sendTracks();
    this.owner.changed();
  }

  /** Sends what there is to send now. Does nothing before the proof. */
  sendTracks(): void {
    if (this.#closed || this.#proof === null) return;
    const tracks = this.tracks();
    for (const kind of KINDS) {
      // A refusal means that the connection was closed meanwhile or that the track does not fit it; the connection's state
      // tells the first, and the second cannot be: the track is of the section's kind.
      this.#sections[kind]?.sender.replaceTrack(tracks[kind]).catch(() => this.#stateChanged());
    }
  }

  /** Bytes and frames that came, for tests and details; see the W3C's `RTCInboundRtpStreamStats`. */
  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#negotiation.close();
    this.#connection.close();
  }

  /** The sections of the peer's offer: the first of each kind is ours to send in as well. */
  #takeSections(): void {
    for (const transceiver of this.#connection.getTransceivers()) {
      const { kind } = transceiver.receiver.track;
      if (kind !== 'audio' && kind !== 'video') continue;
      if (this.#sections[kind] !== null) continue;
      this.#use(kind, transceiver);
      transceiver.direction = 'sendrecv';
    }
  }

  /** Both sections send one stream: without one a browser plays sound and picture each as soon as it can, lips or not. */
  #use(kind: 'audio' | 'video', transceiver: RtpTransceiverLike): void {
    this.#sections[kind] = transceiver;
    transceiver.sender.setStreams(this.#stream);
  }

  /** Both sides want to send and receive both kinds, so a section that does neither shares no codec. */
  #negotiated(): void {
    if (this.#closed || this.#connection.signalingState !== 'stable' || this.#connection.remoteDescription === null) return;
    const unshared = KINDS.find((kind) => {
      const direction = this.#sections[kind]?.currentDirection ?? null;
      return direction === 'inactive' || direction === 'stopped';
    });
    const problem = unshared === undefined ? null : (`no-shared-${unshared}-codec` as const);
    if (problem === this.#unshared) return;
    this.#unshared = problem;
    this.owner.changed();
  }

  #stateChanged(): void {
    if (this.#closed) return;
    switch (this.#connection.connectionState) {
      case 'connected':
        this.#set('connected');
        this.#announce();
        break;
      case 'disconnected':
        this.#set('disconnected');
        break;
      case 'failed':
        // DTLS fails when either side refuses the other's certificate; ICE when there is no way.
        if (this.#transport?.state === 'failed') this.#refuse();
        else this.#set('failed');
        break;
      case 'closed':
        this.#set('failed');
        break;
      case 'new':
      case 'connecting':
        // After an ICE restart too; what was interrupted stays so until it is connected again.
        break;
    }
  }

  #announce(): void {
    if (this.#announced) return;
    const local = localFingerprint(this.#connection);
    const remote = remoteFingerprint(this.#connection, this.#transport);
    if (local === null || remote === null) {
      this.#set('failed');
      return;
    }
    if (remote.fingerprint !== this.#negotiation.named) {
      // The platform has compared them already. Should one not have done so, it ends here.
      this.#refuse();
      return;
    }
    this.#announced = true;
    this.owner.connected({ local, remote: remote.fingerprint, seen: remote.seen });
  }

  get #transport(): DtlsTransportLike | null {
    return this.#sections.audio?.sender.transport ?? this.#sections.video?.sender.transport ?? null;
  }

  #refuse(): void {
    if (!this.#closed) this.owner.refused();
  }

  #set(state: 'connecting' | 'connected' | 'disconnected' | 'failed'): void {
    if (this.#closed || state === this.#state) return;
    this.#state = state;
    this.owner.changed();
  }
}
