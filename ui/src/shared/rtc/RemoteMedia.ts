// What came of a peer, ready to be shown and heard, however the platform does that; and who makes the connections it comes on.
//
// Promises: a screen needs to know only the two kinds below. Left to others: whether it may be shown (`call`), how it looks.
import type { MediaConnectionLike } from './PeerConnectionLike';

/** Sound and picture of one peer. The same object as long as the connection is the same. */
export type RemoteMedia = StreamMedia | CanvasMedia;

interface Heard {
  /** Calls `listener` with the loudness of the peer's sound, 0 (silence) to 1, some times a second; returns how to stop. */
  watchLevel(listener: (level: number) => void): () => void;
}

/** Played by a `<video>`, sound and picture: the platform's own connections. */
export interface StreamMedia extends Heard {
  readonly kind: 'stream';
  readonly stream: MediaStream;
}

/** Pixels, as to be shown. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A moving picture that somebody else draws into a `<canvas>`. */
export interface Drawn {
  /**
   * Draws into `canvas`, and into no other, until the returned function is called; its pixel size follows the picture (the
   * screen scales it, for example with `object-fit`). May be called again with the same canvas. The canvas belongs to the
   * drawing from then on: its own `width`, `height` and `getContext` are not to be used.
   *
   * `onPicture` is called when the first picture stands in the canvas, and when its size changes.
   */
  attach(canvas: HTMLCanvasElement, onPicture: (size: PictureSize) => void): () => void;
}

/** Drawn; the sound plays by itself, always on the system's choice of speaker. */
export interface CanvasMedia extends Heard, Drawn {
  readonly kind: 'canvas';
}

/** Why own sound or picture cannot be sent although the device works, or a peer's not be shown although it comes. */
export type CodecProblem =
  /** This system lacks the coder. On Linux it comes with the package gstreamer1.0-plugins-good. */
  'codec-missing';

/** Why nothing of a call goes on, whoever is in it. */
export type EngineProblem =
  | CodecProblem
  /** What carries sound and picture for this page was lost. It comes back by itself, and every connection with it. */
  | 'engine-lost';

/** A media connection, and how what comes on it is had. */
export interface OpenedConnection {
  readonly connection: MediaConnectionLike;
  /** Begins to play what comes; before, nothing of it is decoded or heard. To be called once, when the other side is proven. */
  play(): RemoteMedia;
  /** Calls `listener` when what comes cannot be decoded, and with null when it can again. */
  watchProblem(listener: (problem: CodecProblem | null) => void): void;
}

/** Makes media connections. */
export interface MediaConnectionFactory {
  /** Throws where the configuration is refused. */
  open(configuration: RTCConfiguration): OpenedConnection;
  /** Calls `listener` when own media cannot be coded or the engine was lost, and with null when all is well again; returns how to stop. */
  watchProblem(listener: (problem: EngineProblem | null) => void): () => void;
  /**
   * Draws this own track from now on, and none before it; null where a `<video>` of it is better. With null instead of a track
   * it lets go of the last one. The track stays the caller's.
   */
  showOwn(track: MediaStreamTrack | null): Drawn | null;
}
