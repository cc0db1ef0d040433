// Codes one layer of the own picture as the engine ordered it.
//
// Promises: never more than the ordered pictures a second, never larger than ordered or captured; a picture that comes while
// `IN_WORK` are in work is left out, so what is coded is always new; the first picture of a size is a key frame, and so is the
// next one after `wantKeyFrame`; how long each took is measured. Left to others: cameras, sockets, what the orders are.
import type { LayerOrder } from '../../../../protocol/LayerOrder';

/** A coded picture. */
export interface CodedPicture {
  readonly key: boolean;
  readonly timestampUs: number;
  readonly width: number;
  readonly height: number;
  readonly costUs: number;
  /** Writes the coded bytes. */
  readonly byteLength: number;
  copyTo(destination: Uint8Array): void;
}

/** What a layer says. */
export interface LayerOwner {
  coded(picture: CodedPicture): void;
  /** The coder does not work. It is not tried again by itself. */
  failed(error: unknown): void;
}

/** Pictures in work at once: one that is coded and one behind it, so that the coder never waits. */
const IN_WORK = 2;
/** Part of an interval by which a picture may come early: cameras tremble. Less than a third, so that 20 of 30 are 20. */
const TREMBLE = 0.3;
/** Microseconds after which a picture that did not come back is given up: many times what the slowest machine takes. */
const SWALLOWED_US = 1_000_000;
/** Coders that may break in a row before it is told; a single one may be bad luck. */
const BROKEN_IN_ROW = 3;

export class LayerEncoder {
  #encoder: VideoEncoder | null = null;
  #size: { readonly width: number; readonly height: number } | null = null;
  #configuredBps = 0;
  #wantsKey = true;
  #nextUs = -Infinity;
  #brokenInRow = 0;
  #isGivenUp = false;
  /** When the coder last gave one back, milliseconds: a picture behind another waits, and waiting is no work. */
  #lastOutputMs = 0;
  readonly #begun = new Map<number, number>();

  constructor(
    private order: LayerOrder,
    private readonly owner: LayerOwner,
    private readonly makeEncoder = (init: VideoEncoderInit): VideoEncoder => new VideoEncoder(init),
    private readonly nowMs = (): number => performance.now(),
  ) {}

  /** The order changed. */
  follow(order: LayerOrder): void {
    this.order = order;
  }

  wantKeyFrame(): void {
    this.#wantsKey = true;
  }

  /** Takes a captured picture, which stays the caller's. Timestamps rise. */
  take(frame: VideoFrame): void {
    if (this.#isGivenUp || this.#isBusy(frame.timestamp) || !this.#isDue(frame.timestamp)) return;
    try {
      const encoder = this.#ready(frame);
      const keyFrame = this.#wantsKey;
      this.#begun.set(frame.timestamp, this.nowMs());
      encoder.encode(frame, { keyFrame });
      this.#wantsKey = false;
    } catch (error) {
      this.#broke(error);
    }
  }

  close(): void {
    this.#discard();
    this.#isGivenUp = true;
  }

  /** A coder may swallow a picture when its bits are spent: one that is out for long is not waited for. */
  #isBusy(timestampUs: number): boolean {
    for (const begun of this.#begun.keys()) {
      if (begun > timestampUs - SWALLOWED_US) break;
      this.#begun.delete(begun);
    }
    return this.#begun.size >= IN_WORK;
  }

  #isDue(timestampUs: number): boolean {
    const interval = 1_000_000 / this.order.frame_rate;
    if (timestampUs < this.#nextUs - interval * TREMBLE) return false;
    // The beat is kept over late pictures, and begun anew after a rest.
    const next = this.#nextUs + interval;
    this.#nextUs = next > timestampUs ? next : timestampUs + interval;
    return true;
  }

  #ready(frame: VideoFrame): VideoEncoder {
    const size = fitInto(this.order.long_side, frame.displayWidth, frame.displayHeight);
    if (this.#encoder === null) {
      const encoder = this.makeEncoder({
        output: (chunk) => {
          if (encoder === this.#encoder) this.#put(chunk);
        },
        error: (error) => {
          if (encoder === this.#encoder) this.#broke(error);
        },
      });
      this.#encoder = encoder;
      this.#size = null;
    }
    const resized = size.width !== this.#size?.width || size.height !== this.#size.height;
    if (resized || this.order.bitrate_bps !== this.#configuredBps) {
      this.#size = size;
      this.#configuredBps = this.order.bitrate_bps;
      if (resized) this.#wantsKey = true;
      // The frame rate stays at its most: with a lower one the coder would spend the bits of pictures that were left out.
      this.#encoder.configure({
        codec: 'vp8',
        ...size,
        bitrate: this.order.bitrate_bps,
        framerate: this.order.frame_rate,
        latencyMode: 'realtime',
      });
    }
    return this.#encoder;
  }

  #put(chunk: EncodedVideoChunk): void {
    const now = this.nowMs();
    const begun = this.#begun.get(chunk.timestamp) ?? now;
    // They come in order, so those before it were swallowed.
    for (const timestamp of this.#begun.keys()) if (timestamp <= chunk.timestamp) this.#begun.delete(timestamp);
    const costMs = now - Math.max(begun, this.#lastOutputMs);
    this.#lastOutputMs = now;
    this.#brokenInRow = 0;
    const size = this.#size;
    if (size === null) return;
    this.owner.coded({
      key: chunk.type === 'key',
      timestampUs: chunk.timestamp,
      ...size,
      costUs: Math.max(0, Math.round(costMs * 1000)),
      byteLength: chunk.byteLength,
      copyTo: (destination) => chunk.copyTo(destination),
    });
  }

  #broke(error: unknown): void {
    this.#discard();
    this.#brokenInRow += 1;
    if (this.#brokenInRow < BROKEN_IN_ROW || this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.owner.failed(error);
  }

  #discard(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    this.#size = null;
    this.#wantsKey = true;
    this.#begun.clear();
    if (encoder !== null && encoder.state !== 'closed') encoder.close();
  }
}

/** The largest size of a picture in a square box, aspect kept, never enlarged; even, since colour is coded for 2x2 pixels. */
export function fitInto(longSide: number, width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const even = (pixels: number): number => Math.max(2, Math.round((pixels * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}
