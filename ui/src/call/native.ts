// The platform's own RTCPeerConnection as a factory of media connections, where there is one.
//
// Promises: probes, and never guesses by name or version of a browser. Left to others: a stand-in where it says null.
import type { MediaConnectionFactory } from '../shared/rtc/PeerConnectionLike';

/** Null where the platform has no RTCPeerConnection. */
export function nativeMediaConnections(): MediaConnectionFactory | null {
  if (!('RTCPeerConnection' in globalThis)) return null;
  return (configuration) => new RTCPeerConnection(configuration);
}
