// The part of the W3C's RTCPeerConnection that Parlor uses, typed once, so that a webview without one can bring a stand-in.
//
// Promises: a real RTCPeerConnection is assignable to these types as it is. Left to others: making one (`call/native.ts`,
// the host), and what travels over it. Every member means exactly what https://www.w3.org/TR/webrtc/ says of it.

/** The DTLS side of a connection: what was really met on the wire. */
export interface DtlsTransportLike {
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
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  restartIce(): void;
  close(): void;
  getStats(): Promise<RTCStatsReport>;
  addEventListener(
    type: 'icecandidate',
    listener: (event: { readonly candidate: RTCIceCandidateInit | null }) => void,
  ): void;
  addEventListener(type: 'connectionstatechange' | 'negotiationneeded', listener: () => void): void;
}

/** Sends one track, or none. */
export interface RtpSenderLike {
  readonly transport: DtlsTransportLike | null;
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
}

/** Receives one track, which exists from the start and is muted until packets come. */
export interface RtpReceiverLike {
  readonly track: MediaStreamTrack;
}

/** A pair of the two, for one media section. */
export interface RtpTransceiverLike {
  readonly sender: RtpSenderLike;
  readonly receiver: RtpReceiverLike;
  direction: RTCRtpTransceiverDirection;
}

/** What the media plane needs beside negotiation. */
export interface MediaConnectionLike extends PeerConnectionLike {
  addTransceiver(kind: 'audio' | 'video', init: { direction: 'sendrecv' }): RtpTransceiverLike;
  /** In the order of the media sections. */
  getTransceivers(): readonly RtpTransceiverLike[];
}

/** Makes a media connection. Throws where the configuration is refused. */
export type MediaConnectionFactory = (configuration: RTCConfiguration) => MediaConnectionLike;
