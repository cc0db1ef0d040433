// The own picture as its sender sees it: straight from the track, coded by nobody.
//
// Promises: the track is read only while there is a canvas, and stopped when another follows. Left to others: mirroring (the
// screen), sending (`OwnPicture`).
import { Easel } from './Easel';
import type { Soon, Surface } from './Easel';
import { FrameLoop, quarterTurnsOf, readFrames } from './FrameLoop';
import type { ReadFrames } from './FrameLoop';

/** A small picture beside the large ones: more could not be seen, and every pixel costs. */
const LONG_SIDE = 480;

export class OwnView {
  readonly #easel: Easel;
  #track: MediaStreamTrack | null = null;
  #loop: FrameLoop | null = null;
  #isOdd = false;

  constructor(
    soon: Soon,
    private readonly read: ReadFrames = readFrames,
  ) {
    this.#easel = new Easel({ drawn: () => undefined, overtaken: () => undefined }, soon, LONG_SIDE);
  }

  /** Shows this track from now on. It is this object's: it is stopped in the end. */
  use(track: MediaStreamTrack | null): void {
    this.#loop?.stop();
    this.#loop = null;
    this.#track?.stop();
    this.#track = track;
    this.#isOdd = false;
    this.#readIfWanted();
  }

  attach(surface: Surface | null): void {
    this.#easel.attach(surface);
    this.#readIfWanted();
  }

  #readIfWanted(): void {
    if (!this.#easel.hasSurface) {
      this.#loop?.stop();
      this.#loop = null;
      return;
    }
    if (this.#track === null || this.#loop !== null) return;
    try {
      this.#loop = new FrameLoop(this.#track, (frame) => this.#look(frame), () => undefined, this.read);
    } catch (error) {
      // The capture worker cannot read it either, and tells.
      console.error('the own picture cannot be shown', error);
    }
  }

  /** Every second one: where pictures are drawn without a GPU, one's own are the first to save on. */
  #look(frame: VideoFrame): void {
    this.#isOdd = !this.#isOdd;
    if (this.#isOdd) this.#easel.put(frame.clone(), quarterTurnsOf(frame));
  }
}
