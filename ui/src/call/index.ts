// The media plane for screens: own devices, and one proven media connection to each peer. See `CallSnapshot.ts` for how
// to use it.
export { createCall } from './Call';
export type { Call, CallOptions } from './Call';
export type * from './CallSnapshot';
export { createLocalMedia } from './LocalMedia';
export type { LocalMedia, LocalMediaOptions } from './LocalMedia';
export { lookAround } from './lookAround';
export { nativeMediaConnections } from './native';
export type { MediaConnectionLike } from '../shared/rtc/PeerConnectionLike';
export type { CanvasMedia, CodecProblem, Drawn, MediaConnectionFactory, RemoteMedia, StreamMedia } from '../shared/rtc/RemoteMedia';
