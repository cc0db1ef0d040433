// The part of the W3C's RTCPeerConnection that Parlor uses, typed once, so that a webview without one can bring a stand-in.
//
// Promises: a real RTCPeerConnection is assignable to these types as it is. Left to others: making one (`call/native.ts`,
// the host), what travels over it, and how what comes is shown (`RemoteMedia.ts`). Every member means exactly what
// https://www.w3.org/TR/webrtc/ says of it.

/** The DTLS side of a connection: what was really met on the wire. */
export interface DtlsTransportLike {
  /** `failed` when either side refused the other's certificate. Absent where the platform hides it. */
  readonly state?: RTCDtlsTransportState;
  /** DER certificates of the other side, leaf first; empty until DTLS is up. Absent where the platform hides them. */
  getRemoteCertificates?(): ArrayBuffer[];
}

/** What negotiation needs, on either plane. */
export interface PeerConnectionLike {
  readonly signalingState: RTCSignalingState;
  readonly connectionState: RTCPeerConnectionState;
  readonly localDescription: { readonly type: RTCSdpType; readonly sdp: string } | null;
  readonly remoteDescription: { readonly type: RTCSdpType; readonly sdp: string } | null;
  /** Without an argument: whatever the signaling state asks for, an offer or an answer. */
  setLocalDescription(): Promise<void>;
  /** An offer that comes while one of ours is unanswered takes ours back first. */
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  restartIce(): void;
  close(): void;
  getStats(): Promise<RTCStatsReport>;
  addEventListener(
    type: 'icecandidate',
    listener: (event: { readonly candidate: RTCIceCandidateInit | null }) => void,
  ): void;
  addEventListener(
    type: 'connectionstatechange' | 'signalingstatechange' | 'negotiationneeded',
    listener: () => void,
  ): void;
}

/** Bounds of what is sent. Absent is no bound. */
export interface RtpEncodingParametersLike {
  /** Bits a second. */
  maxBitrate?: number;
  /** Pictures a second. */
  maxFramerate?: number;
  /** How many times smaller a side than captured; at least 1. */
  scaleResolutionDownBy?: number;
}

/** To be read, changed and handed back, as the standard has it. */
export interface RtpSendParametersLike {
  encodings: RtpEncodingParametersLike[];
}

/** Sends one track, or none. */
export interface RtpSenderLike {
  readonly track: { readonly kind: string } | null;
  readonly transport: DtlsTransportLike | null;
  /**
   * Takes another track without a new negotiation. To be called again with the same track after its `enabled` changed: a
   * real sender then has nothing to do, a stand-in cannot see that by itself.
   */
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  /** Senders of one stream are played in time with each other at the other end (RFC 8830, section 2). Counts from the next offer or answer. */
  setStreams(...streams: MediaStream[]): void;
  getParameters(): RtpSendParametersLike;
  setParameters(parameters: RtpSendParametersLike): Promise<void>;
}

/** What comes in one section. */
export interface ReceivedTrackLike {
  readonly kind: string;
  /** True until packets come, and again when they stop for a while. */
  readonly muted: boolean;
  addEventListener(type: 'mute' | 'unmute', listener: () => void): void;
}

/** Receives one track, which exists from the start and is muted until packets come. */
export interface RtpReceiverLike {
  readonly track: ReceivedTrackLike;
}

/** A pair of the two, for one media section. */
export interface RtpTransceiverLike {
  readonly sender: RtpSenderLike;
  readonly receiver: RtpReceiverLike;
  /** As wanted; counts from the next negotiation on. */
  direction: RTCRtpTransceiverDirection;
  /** As negotiated; null before the first answer. */
  readonly currentDirection: RTCRtpTransceiverDirection | null;
}

/** What the media plane needs beside negotiation. */
export interface MediaConnectionLike extends PeerConnectionLike {
  addTransceiver(kind: 'audio' | 'video', init: { direction: 'sendrecv' }): RtpTransceiverLike;
  /** In the order of the media sections. */
  getTransceivers(): readonly RtpTransceiverLike[];
}
