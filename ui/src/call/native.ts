// The platform's own RTCPeerConnection as a factory of media connections, where there is one.
//
// Promises: probes, and never guesses by name or version of a browser. Left to others: a stand-in where it says null.
import type { MediaConnectionFactory, StreamMedia } from '../shared/rtc/RemoteMedia';
import { LevelMeter } from './LevelMeter';

/** Null where the platform has no RTCPeerConnection. */
export function nativeMediaConnections(): MediaConnectionFactory | null {
  if (!('RTCPeerConnection' in globalThis)) return null;
  return {
    open: (configuration) => {
      const connection = new RTCPeerConnection(configuration);
      return {
        connection,
        play: () => played(connection.getTransceivers().map(({ receiver }) => receiver.track)),
        // A browser brings its own coders, and without a shared one the section is not negotiated.
        watchProblem: () => undefined,
      };
    },
    watchProblem: () => () => undefined,
    showOwn: () => null,
  };
}

function played(tracks: readonly MediaStreamTrack[]): StreamMedia {
  const meter = new LevelMeter();
  meter.attach(tracks.find(({ kind }) => kind === 'audio') ?? null);
  return { kind: 'stream', stream: new MediaStream([...tracks]), watchLevel: (listener) => meter.watch(listener) };
}
