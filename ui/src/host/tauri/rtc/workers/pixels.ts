// From the bytes of a picture to RGBA, turned upright and thinned out on the way.
//
// Promises: writes every pixel of the target, opaque. Left to others: where the bytes are from (`FramePixels`).

/** How a picture's pixels are taken. */
export interface Grain {
  /** Of what is taken, before it is turned. */
  readonly width: number;
  readonly height: number;
  /** Of how many pixels, and of how many lines, one is taken. */
  readonly every: number;
  /** Clockwise. */
  readonly quarterTurns: number;
}

/** A byte of brightness for each pixel, two of colour for each four. */
export interface Planes {
  readonly bytes: Uint8Array;
  readonly y: PlaneLayout;
  readonly u: PlaneLayout;
  readonly v: PlaneLayout;
  /** Bytes from one colour byte to the next of its kind. */
  readonly apart: number;
}

/** What the bytes of `Planes` mean. */
export interface Colours {
  /** https://www.w3.org/TR/webcodecs/#enumdef-videomatrixcoefficients; null is what VP8 always means (RFC 6386, 9.2). */
  readonly matrix: string | null;
  /** Brightness from 0 to 255 rather than from 16 to 235. */
  readonly isFull: boolean;
}

/** Where a pixel goes: `origin`, and how far to go for the next of the line and for the next line. */
interface Walk {
  readonly origin: number;
  readonly right: number;
  readonly down: number;
}

function walkOf({ width, height, quarterTurns }: Grain): Walk {
  switch (quarterTurns & 3) {
    case 1:
      return { origin: height - 1, right: height, down: -1 };
    case 2:
      return { origin: width * height - 1, right: -1, down: -width };
    case 3:
      return { origin: (width - 1) * height, right: -height, down: 1 };
    default:
      return { origin: 0, right: 1, down: width };
  }
}

/** Parts of 256 by which brightness and the two colours count: ITU-R BT.601 and BT.709. */
function factorsOf({ matrix, isFull }: Colours) {
  const is709 = matrix === 'bt709';
  if (isFull) return is709 ? { y: 256, rv: 403, gu: 48, gv: 120, bu: 475 } : { y: 256, rv: 359, gu: 88, gv: 183, bu: 454 };
  return is709 ? { y: 298, rv: 459, gu: 55, gv: 136, bu: 541 } : { y: 298, rv: 409, gu: 100, gv: 208, bu: 516 };
}

/** Paints a picture of brightness and colour. */
export function paintPlanes(target: Uint8ClampedArray, { bytes, y, u, v, apart }: Planes, grain: Grain, colours: Colours): void {
  const { width, height, every } = grain;
  const { origin, right, down } = walkOf(grain);
  const factor = factorsOf(colours);
  const black = colours.isFull ? 0 : 16;
  for (let row = 0; row < height; row += 1) {
    const line = row * every;
    const yLine = y.offset + line * y.stride;
    const uLine = u.offset + (line >> 1) * u.stride;
    const vLine = v.offset + (line >> 1) * v.stride;
    let to = (origin + row * down) * 4;
    for (let column = 0; column < width; column += 1) {
      const from = column * every;
      const colour = (from >> 1) * apart;
      // Indices lie within the planes: the layout is that of a picture of this size.
      const light = ((bytes[yLine + from] as number) - black) * factor.y + 128;
      const blue = (bytes[uLine + colour] as number) - 128;
      const red = (bytes[vLine + colour] as number) - 128;
      target[to] = (light + red * factor.rv) >> 8;
      target[to + 1] = (light - blue * factor.gu - red * factor.gv) >> 8;
      target[to + 2] = (light + blue * factor.bu) >> 8;
      target[to + 3] = 255;
      to += right * 4;
    }
  }
}

/** Four bytes for each pixel: red or blue first, the last of no meaning. */
export interface FourBytes {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly stride: number;
  readonly isBlueFirst: boolean;
}

/** Paints a picture of four bytes a pixel. Cameras and screens are opaque. */
export function paintFourBytes(target: Uint8ClampedArray, { bytes, offset, stride, isBlueFirst }: FourBytes, grain: Grain): void {
  const { width, height, every } = grain;
  const { origin, right, down } = walkOf(grain);
  const red = isBlueFirst ? 2 : 0;
  const blue = 2 - red;
  for (let row = 0; row < height; row += 1) {
    let from = offset + row * every * stride;
    let to = (origin + row * down) * 4;
    for (let column = 0; column < width; column += 1) {
      target[to] = bytes[from + red] as number;
      target[to + 1] = bytes[from + 1] as number;
      target[to + 2] = bytes[from + blue] as number;
      target[to + 3] = 255;
      from += every * 4;
      to += right * 4;
    }
  }
}
