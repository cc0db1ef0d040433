// A media connection without a network, for tests of negotiation: signaling states as JSEP has them (RFC 9429 section 3.2), nothing
// behind them.
//
// Promises: refuses what a real one refuses (an answer in `stable`, a candidate before a description), rolls back by itself as a
// polite side expects, answers on microtasks. Left to others: carrying signals, saying when it is connected.
import type { MediaConnectionLike, RtpTransceiverLike } from '../../shared/rtc/PeerConnectionLike';
import type { MediaConnectionFactory } from '../../shared/rtc/RemoteMedia';

let made = 0;

/** A factory of whatever `make` makes. What comes on them is an empty stream. */
export function fakeFactory(make: () => FakeMediaConnection, showOwn: MediaConnectionFactory['showOwn'] = () => null): MediaConnectionFactory {
  return {
    open: () => ({
      connection: make(),
      play: () => ({ kind: 'stream', stream: new MediaStream(), watchLevel: () => () => undefined }),
      watchProblem: () => undefined,
    }),
    watchProblem: () => () => undefined,
    showOwn,
  };
}

export class FakeMediaConnection implements MediaConnectionLike {
  /** Tells connections apart in descriptions. */
  readonly id = (made += 1);
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { type: RTCSdpType; sdp: string } | null = null;
  remoteDescription: { type: RTCSdpType; sdp: string } | null = null;
  readonly candidates: string[] = [];
  readonly sent: (MediaStreamTrack | null)[] = [];
  /** By kind, as `setStreams` was told. */
  readonly streams = new Map<string, readonly MediaStream[]>();
  restarts = 0;
  rollbacks = 0;
  #generation = 0;
  readonly #candidateListeners: ((event: { candidate: RTCIceCandidateInit | null }) => void)[] = [];
  readonly #stateListeners: (() => void)[] = [];
  readonly #signalingListeners: (() => void)[] = [];
  readonly #needListeners: (() => void)[] = [];
  readonly #transceivers: (RtpTransceiverLike & { currentDirection: RTCRtpTransceiverDirection | null })[] = [];
  /** Kinds for which the sides share no codec. */
  readonly unshared = new Set<string>();

  constructor(readonly fingerprint: string) {}

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    this.#refuseClosed();
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    if (type === 'offer' && this.signalingState === 'stable') this.#generation += 1;
    this.localDescription = { type, sdp: `v=0\r\ns=${this.id}.${this.#generation}\r\na=fingerprint:sha-256 ${this.fingerprint}\r\n` };
    this.#signal(type === 'offer' ? 'have-local-offer' : 'stable');
    queueMicrotask(() => {
      this.#tellCandidate({ candidate: `candidate:${this.id}.${this.#generation}`, sdpMid: '0' });
      this.#tellCandidate(null);
    });
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve();
    this.#refuseClosed();
    const { type, sdp = '' } = description;
    if (type === 'answer' && this.signalingState !== 'have-local-offer') throw new Error('InvalidStateError');
    // An offer in `have-local-offer` rolls ours back (RFC 9429 section 4.1.10.2).
    if (type === 'offer' && this.signalingState === 'have-local-offer') this.rollbacks += 1;
    this.remoteDescription = { type, sdp };
    if (type === 'offer') {
      for (const kind of ['audio', 'video'] as const) {
        if (!this.#transceivers.some(({ receiver }) => receiver.track.kind === kind)) this.#add(kind);
      }
    }
    this.#signal(type === 'offer' ? 'have-remote-offer' : 'stable');
  }

  async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
    await Promise.resolve();
    if (this.remoteDescription === null) throw new Error('InvalidStateError');
    if (candidate?.candidate !== undefined) this.candidates.push(candidate.candidate);
  }

  restartIce(): void {
    this.restarts += 1;
  }

  close(): void {
    this.connectionState = 'closed';
  }

  getStats(): Promise<RTCStatsReport> {
    return Promise.resolve(new Map() as unknown as RTCStatsReport);
  }

  addEventListener(
    ...[type, listener]:
      | ['icecandidate', (event: { candidate: RTCIceCandidateInit | null }) => void]
      | ['connectionstatechange' | 'signalingstatechange' | 'negotiationneeded', () => void]
  ): void {
    if (type === 'icecandidate') this.#candidateListeners.push(listener);
    else if (type === 'negotiationneeded') this.#needListeners.push(listener);
    else if (type === 'signalingstatechange') this.#signalingListeners.push(listener);
    else this.#stateListeners.push(listener);
  }

  addTransceiver(kind: 'audio' | 'video'): RtpTransceiverLike {
    return this.#add(kind);
  }

  getTransceivers(): readonly RtpTransceiverLike[] {
    return this.#transceivers;
  }

  /** Says that the connection is in `state` now. */
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    for (const listener of this.#stateListeners) listener();
  }

  /** Says that something changed that the other side has to agree to. */
  need(): void {
    for (const listener of this.#needListeners) listener();
  }

  #add(kind: 'audio' | 'video'): RtpTransceiverLike {
    const transceiver = {
      direction: 'sendrecv' as RTCRtpTransceiverDirection,
      currentDirection: null as RTCRtpTransceiverDirection | null,
      receiver: { track: { kind, muted: true, addEventListener: () => undefined } },
      sender: {
        track: null,
        transport: null,
        getParameters: () => ({ encodings: [{}] }),
        setParameters: () => Promise.resolve(),
        replaceTrack: (track: MediaStreamTrack | null) => {
          this.sent.push(track);
          return Promise.resolve();
        },
        setStreams: (...streams: MediaStream[]) => {
          this.streams.set(kind, streams);
        },
      },
    };
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  #signal(state: RTCSignalingState): void {
    this.signalingState = state;
    if (state === 'stable') {
      for (const one of this.#transceivers) {
        one.currentDirection = this.unshared.has(one.receiver.track.kind) ? 'inactive' : 'sendrecv';
      }
    }
    for (const listener of this.#signalingListeners) listener();
  }

  #tellCandidate(candidate: RTCIceCandidateInit | null): void {
    if (this.connectionState === 'closed') return;
    for (const listener of this.#candidateListeners) listener({ candidate });
  }

  #refuseClosed(): void {
    if (this.connectionState === 'closed') throw new Error('InvalidStateError');
  }
}
