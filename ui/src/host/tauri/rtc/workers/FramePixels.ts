// The pixels of pictures, converted here and not by the platform.
//
// WebKitGTK converts each `VideoFrame` that is drawn by one pipeline for all threads, without a lock and set up anew for each
// picture: that is slow, and when two threads draw at once, one may get the other's picture. `copyTo` in the frame's own format
// does without it.
//
// Promises: one picture at a time; what was read stays until the next is read. Left to others: drawing, formats not in `FORMATS`.
import { paintFourBytes, paintPlanes } from './pixels';
import type { Grain, Planes } from './pixels';

/** What of a picture is read. `VideoFrame` is one. */
export type ReadableFrame = Pick<VideoFrame, 'format' | 'visibleRect' | 'colorSpace' | 'allocationSize' | 'copyTo'>;

/** Makes room for so many pixels. */
export type MakeImage = (width: number, height: number) => ImageData;

/** Formats that are read (https://www.w3.org/TR/webcodecs/#pixel-format). */
const FORMATS: readonly string[] = ['I420', 'NV12', 'RGBA', 'RGBX', 'BGRA', 'BGRX'];

export class FramePixels {
  #bytes = new Uint8Array(0);
  #image: ImageData | null = null;

  constructor(private readonly makeImage: MakeImage = (width, height) => new ImageData(width, height)) {}

  /** True where `read` is of use. */
  static canRead({ format, visibleRect }: ReadableFrame): boolean {
    return format !== null && visibleRect !== null && FORMATS.includes(format);
  }

  /**
   * The pixels of a picture, upright: `quarterTurns` clockwise turns are undone here. Every `every`th pixel of every `every`th
   * line is taken. Rejects when the picture was closed before.
   */
  async read(frame: ReadableFrame, quarterTurns: number, every = 1): Promise<ImageData> {
    const { format, visibleRect, colorSpace } = frame;
    if (format === null || visibleRect === null) throw new TypeError('a picture in no known format');
    const bytes = this.#room(frame.allocationSize());
    const layout = await frame.copyTo(bytes);
    const [width, height] = [Math.ceil(visibleRect.width / every), Math.ceil(visibleRect.height / every)];
    const isLying = quarterTurns % 2 === 1;
    const image = this.#imageOf(isLying ? height : width, isLying ? width : height);
    const grain: Grain = { width, height, every, quarterTurns };
    if (format === 'I420' || format === 'NV12') {
      paintPlanes(image.data, planesOf(format, bytes, layout), grain, { matrix: colorSpace.matrix ?? null, isFull: colorSpace.fullRange === true });
    } else {
      const { offset = 0, stride = visibleRect.width * 4 } = layout[0] ?? {};
      paintFourBytes(image.data, { bytes, offset, stride, isBlueFirst: format.startsWith('B') }, grain);
    }
    return image;
  }

  #room(byteLength: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.byteLength !== byteLength) this.#bytes = new Uint8Array(byteLength);
    return this.#bytes;
  }

  #imageOf(width: number, height: number): ImageData {
    if (this.#image?.width !== width || this.#image.height !== height) this.#image = this.makeImage(width, height);
    return this.#image;
  }
}

function planesOf(format: 'I420' | 'NV12', bytes: Uint8Array, layout: readonly PlaneLayout[]): Planes {
  const [y, u, v] = layout;
  if (y === undefined || u === undefined) throw new TypeError('a picture without planes');
  if (format === 'NV12') return { bytes, y, u, v: { offset: u.offset + 1, stride: u.stride }, apart: 2 };
  if (v === undefined) throw new TypeError('a picture without planes');
  return { bytes, y, u, v, apart: 1 };
}
