// Reads a track frame by frame until told to stop or the track ends.
//
// Promises: every frame is closed after it was looked at; nothing is looked at after `stop`. Left to others: what is done with a
// frame, whose the track is.

/** Frames of a track, one after the other. */
export type FrameReader = Pick<ReadableStreamDefaultReader<VideoFrame>, 'read' | 'cancel'>;

/** Reads a track. Throws where this page cannot. */
export type ReadFrames = (track: MediaStreamTrack) => FrameReader;

/** https://www.w3.org/TR/mediacapture-transform/#track-processor */
declare const MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack; maxBufferSize?: number }) => {
  readonly readable: ReadableStream<VideoFrame>;
};

/** The platform's way; in workers only. */
export const readFrames: ReadFrames = (track) => new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();

export class FrameLoop {
  readonly #reader: FrameReader;
  #isOver = false;

  /** Throws what `read` throws. `look` must not keep the frame; `ended` is told when there are no more although nobody stopped. */
  constructor(
    track: MediaStreamTrack,
    private readonly look: (frame: VideoFrame) => void,
    private readonly ended: () => void,
    read: ReadFrames = readFrames,
  ) {
    this.#reader = read(track);
    void this.#run();
  }

  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Cancelling a stream whose track has ended is refused, and then there is nothing to cancel.
    this.#reader.cancel().catch(() => undefined);
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const { value: frame, done } = await this.#reader.read();
        if (done) break;
        try {
          if (!this.#isOver) this.look(frame);
        } finally {
          frame.close();
        }
        if (this.#isStopped()) break;
      }
    } catch (error) {
      // The track has ended; the page hears that from the track it kept.
      console.warn('the camera gave up', error);
    }
    if (this.#isStopped()) return;
    this.#isOver = true;
    this.ended();
  }

  /** A method, since looking may stop. */
  #isStopped(): boolean {
    return this.#isOver;
  }
}

/** How the camera was held. Only some platforms say so on the frame (https://www.w3.org/TR/webcodecs/#dom-videoframe-rotation). */
export function quarterTurnsOf(frame: VideoFrame): number {
  const { rotation = 0 } = frame as VideoFrame & { readonly rotation?: number };
  return Math.round(rotation / 90) & 3;
}
