// The picture of one connection: decoded, and drawn into whatever canvas it has now.
//
// Promises: every picture is decoded, since the next ones refer to it, but only the newest is drawn; a decoder that cannot keep
// up or breaks begins anew with a key frame, which it asks for; without a canvas the last picture is kept for the next one.
// Left to others: the socket, when a picture is to be shown (the engine sends it then).
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import type { PictureHeader } from '../PictureHeader';

/** Counts since the last report. */
export interface ShownCounts {
  readonly decoded: number;
  readonly drawn: number;
  readonly dropped: number;
  readonly costUs: number;
}

/** Where pictures are drawn. */
export interface Surface {
  readonly canvas: OffscreenCanvas;
  /** The first picture stands in it, or its size changed. */
  sized(width: number, height: number): void;
}

/** What a picture says. */
export interface RemotePictureOwner {
  keyFrameNeeded(): void;
  problem(problem: CodecProblem | null): void;
}

/** Pictures that may wait for the decoder: half a second. Beyond that it has lost the race, and begins anew with a key frame. */
const WAITING = 15;
/** Decoders that may break in a row before it is told. */
const BROKEN_IN_ROW = 3;
/** Milliseconds between two requests for a key frame, which is on its way meanwhile. */
const ASK_AGAIN_MS = 300;

export class RemotePicture {
  #decoder: VideoDecoder | null = null;
  #needsKey = true;
  #brokenInRow = 0;
  #askedMs = -Infinity;
  #lastOutputMs = 0;
  #surface: Surface | null = null;
  #context: OffscreenCanvasRenderingContext2D | null = null;
  #isSized = false;
  /** The newest, whether drawn or not; kept open. */
  #newest: { readonly frame: VideoFrame; readonly quarterTurns: number; isDrawn: boolean } | null = null;
  #isDrawing = false;
  #isClosed = false;
  readonly #begun = new Map<number, { readonly atMs: number; readonly quarterTurns: number }>();
  #counts = { decoded: 0, drawn: 0, dropped: 0, costUs: 0 };

  constructor(
    private readonly owner: RemotePictureOwner,
    /** Runs `act` when what is queued already has been done. */
    private readonly soon: (act: () => void) => void,
    private readonly makeDecoder = (init: VideoDecoderInit): VideoDecoder => new VideoDecoder(init),
    private readonly nowMs = (): number => performance.now(),
  ) {}

  /** Takes a coded picture. */
  take(header: PictureHeader, picture: Uint8Array): void {
    if (this.#isClosed) return;
    if ((this.#decoder?.decodeQueueSize ?? 0) > WAITING) this.#discard();
    if (this.#needsKey && !header.key) {
      this.#counts.dropped += 1;
      this.#askForKey();
      return;
    }
    try {
      const decoder = this.#decoder ?? this.#make();
      this.#begun.set(header.timestampUs, { atMs: this.nowMs(), quarterTurns: header.quarterTurns });
      decoder.decode(new EncodedVideoChunk({ type: header.key ? 'key' : 'delta', timestamp: header.timestampUs, data: picture }));
      this.#needsKey = false;
    } catch (error) {
      this.#broke(error);
    }
  }

  /** Draws there from now on; null for nowhere. */
  attach(surface: Surface | null): void {
    this.#surface = surface;
    this.#isSized = false;
    this.#context = surface?.canvas.getContext('2d', { alpha: false, desynchronized: true }) ?? null;
    if (this.#newest !== null && surface !== null) {
      this.#newest.isDrawn = false;
      this.#drawSoon();
    }
  }

  /** What was done since the last call; null when nothing. */
  takeCounts(): ShownCounts | null {
    const counts = this.#counts;
    if (counts.decoded + counts.dropped === 0) return null;
    this.#counts = { decoded: 0, drawn: 0, dropped: 0, costUs: 0 };
    return counts;
  }

  close(): void {
    this.#isClosed = true;
    this.#discard();
    this.#newest?.frame.close();
    this.#newest = null;
    this.#surface = null;
    this.#context = null;
  }

  #make(): VideoDecoder {
    const decoder = this.makeDecoder({
      output: (frame) => {
        if (decoder === this.#decoder) this.#put(frame);
        else frame.close();
      },
      error: (error) => {
        if (decoder === this.#decoder) this.#broke(error);
      },
    });
    this.#decoder = decoder;
    decoder.configure({ codec: 'vp8', optimizeForLatency: true });
    return decoder;
  }

  #put(frame: VideoFrame): void {
    const now = this.nowMs();
    const begun = this.#begun.get(frame.timestamp);
    // Those before it will not come any more.
    for (const timestamp of this.#begun.keys()) {
      this.#begun.delete(timestamp);
      if (timestamp === frame.timestamp) break;
    }
    this.#counts.costUs += Math.round((now - Math.max(begun?.atMs ?? now, this.#lastOutputMs)) * 1000);
    this.#lastOutputMs = now;
    this.#counts.decoded += 1;
    if (this.#brokenInRow > 0) {
      this.#brokenInRow = 0;
      this.owner.problem(null);
    }
    const overtaken = this.#newest;
    if (overtaken !== null) {
      if (!overtaken.isDrawn && this.#surface !== null) this.#counts.dropped += 1;
      overtaken.frame.close();
    }
    this.#newest = { frame, quarterTurns: begun?.quarterTurns ?? 0, isDrawn: false };
    if (this.#surface !== null) this.#drawSoon();
  }

  /** When the decoder gives several at once, only the last of them is drawn. */
  #drawSoon(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    this.soon(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const [newest, surface, context] = [this.#newest, this.#surface, this.#context];
    if (newest === null || newest.isDrawn || surface === null || context === null) return;
    const begunMs = this.nowMs();
    const { frame, quarterTurns } = newest;
    const lying = quarterTurns % 2 === 1;
    const [width, height] = lying ? [frame.displayHeight, frame.displayWidth] : [frame.displayWidth, frame.displayHeight];
    const { canvas } = surface;
    const isResized = canvas.width !== width || canvas.height !== height;
    if (isResized) {
      canvas.width = width;
      canvas.height = height;
    }
    if (quarterTurns === 0) {
      context.drawImage(frame, 0, 0);
    } else {
      context.setTransform(1, 0, 0, 1, width / 2, height / 2);
      context.rotate((quarterTurns * Math.PI) / 2);
      context.drawImage(frame, -frame.displayWidth / 2, -frame.displayHeight / 2);
      context.setTransform(1, 0, 0, 1, 0, 0);
    }
    newest.isDrawn = true;
    this.#counts.drawn += 1;
    this.#counts.costUs += Math.round((this.nowMs() - begunMs) * 1000);
    if (isResized || !this.#isSized) {
      this.#isSized = true;
      surface.sized(width, height);
    }
  }

  #broke(error: unknown): void {
    this.#discard();
    this.#brokenInRow += 1;
    this.#askForKey();
    if (this.#brokenInRow !== BROKEN_IN_ROW) return;
    console.error('pictures cannot be decoded', error);
    this.owner.problem('codec-missing');
  }

  #discard(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    this.#counts.dropped += this.#begun.size;
    this.#begun.clear();
    this.#needsKey = true;
    if (decoder !== null && decoder.state !== 'closed') decoder.close();
  }

  #askForKey(): void {
    const now = this.nowMs();
    if (now - this.#askedMs < ASK_AGAIN_MS) return;
    this.#askedMs = now;
    this.owner.keyFrameNeeded();
  }
}
