// The picture of one connection: decoded, and put on an easel.
//
// Promises: every picture is decoded, since the next ones refer to it; a decoder that cannot keep up or breaks begins anew with a
// key frame, which it asks for; each size has a decoder of its own. Left to others: the socket, when a picture is to be shown (the
// engine sends it then), drawing (`Easel`).
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import type { PictureHeader } from '../PictureHeader';
import { Easel } from './Easel';
import type { Soon, Surface } from './Easel';

/** Counts since the last report. */
export interface ShownCounts {
  readonly decoded: number;
  readonly drawn: number;
  readonly dropped: number;
  readonly costUs: number;
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
  /** Of what the decoder was made for. */
  #size = { width: 0, height: 0 };
  #needsKey = true;
  #brokenInRow = 0;
  #askedMs = -Infinity;
  #lastOutputMs = 0;
  readonly #easel: Easel;
  #isClosed = false;
  readonly #begun = new Map<number, { readonly atMs: number; readonly quarterTurns: number }>();
  #counts = { decoded: 0, drawn: 0, dropped: 0, costUs: 0 };

  constructor(
    private readonly owner: RemotePictureOwner,
    soon: Soon,
    private readonly makeDecoder = (init: VideoDecoderInit): VideoDecoder => new VideoDecoder(init),
    private readonly nowMs = (): number => performance.now(),
  ) {
    const overtaken = (): void => void (this.#counts.dropped += 1);
    const drawn = (costUs: number): void => {
      this.#counts.drawn += 1;
      this.#counts.costUs += costUs;
    };
    this.#easel = new Easel({ drawn, overtaken }, soon);
  }

  /** Takes a coded picture. */
  take(header: PictureHeader, picture: Uint8Array): void {
    if (this.#isClosed) return;
    if ((this.#decoder?.decodeQueueSize ?? 0) > WAITING) this.#discard();
    // WebKitGTK's decoder says of all frames that they are as large as its first one, and reading their pixels goes by that.
    if (header.key && this.#decoder !== null && (header.width !== this.#size.width || header.height !== this.#size.height)) this.#discard();
    if (this.#needsKey && !header.key) {
      this.#counts.dropped += 1;
      this.#askForKey();
      return;
    }
    try {
      const decoder = this.#decoder ?? this.#make(header);
      this.#begun.set(header.timestampUs, { atMs: this.nowMs(), quarterTurns: header.quarterTurns });
      decoder.decode(new EncodedVideoChunk({ type: header.key ? 'key' : 'delta', timestamp: header.timestampUs, data: picture }));
      this.#needsKey = false;
    } catch (error) {
      this.#broke(error);
    }
  }

  /** Draws there from now on; null for nowhere. */
  attach(surface: Surface | null): void {
    this.#easel.attach(surface);
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
    this.#easel.close();
  }

  #make({ width, height }: PictureHeader): VideoDecoder {
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
    this.#size = { width, height };
    decoder.configure({ codec: 'vp8', codedWidth: width, codedHeight: height, optimizeForLatency: true });
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
    this.#easel.put(frame, begun?.quarterTurns ?? 0);
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
