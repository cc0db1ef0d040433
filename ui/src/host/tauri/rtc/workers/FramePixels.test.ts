import { describe, expect, it } from 'vitest';

import { FramePixels } from './FramePixels';
import type { ReadableFrame } from './FramePixels';

type Rgb = readonly [number, number, number];

/** Node has no ImageData. */
const makeImage = (width: number, height: number): ImageData =>
  ({ width, height, data: new Uint8ClampedArray(width * height * 4) }) as unknown as ImageData;

/** Bytes of brightness and colour of pure colours: ITU-R BT.601, 16 to 235. */
const BLACK = [16, 128, 128] as const;
const WHITE = [235, 128, 128] as const;
const RED = [81, 90, 240] as const;
const BLUE = [41, 240, 110] as const;

/** A picture of blocks of 2x2 pixels, each of one colour; lines are longer than the picture, as decoders have them. */
function blocks(format: 'I420' | 'NV12', rows: readonly (readonly (readonly [number, number, number])[])[], colorSpace: object = {}): ReadableFrame {
  const [width, height] = [(rows[0]?.length ?? 0) * 2, rows.length * 2];
  const stride = width + 4;
  const colours = format === 'I420' ? { stride: width / 2 + 2, apart: 1 } : { stride, apart: 2 };
  const u = stride * height;
  const v = format === 'I420' ? u + (colours.stride * height) / 2 : u + 1;
  const bytes = new Uint8Array(v + (colours.stride * height) / 2);
  rows.forEach((row, y) =>
    row.forEach(([light, blue, red], x) => {
      for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) bytes[(y * 2 + dy) * stride + x * 2 + dx] = light;
      bytes[u + y * colours.stride + x * colours.apart] = blue;
      bytes[v + y * colours.stride + x * colours.apart] = red;
    }),
  );
  const layout = [{ offset: 0, stride }, { offset: u, stride: colours.stride }];
  if (format === 'I420') layout.push({ offset: v, stride: colours.stride });
  return frameOf(format, width, height, bytes, layout, colorSpace);
}

function frameOf(format: string, width: number, height: number, bytes: Uint8Array, layout: PlaneLayout[], colorSpace: object = {}): ReadableFrame {
  return {
    format: format as VideoPixelFormat,
    visibleRect: { width, height } as DOMRectReadOnly,
    colorSpace: { matrix: null, fullRange: null, ...colorSpace } as VideoColorSpace,
    allocationSize: () => bytes.byteLength,
    copyTo: (to) => {
      (to as Uint8Array).set(bytes);
      return Promise.resolve(layout);
    },
  };
}

function pixelsOf({ width, height, data }: ImageData): Rgb[][] {
  const at = (index: number): number => data[index] ?? Number.NaN;
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_unused, x) => {
      const index = (y * width + x) * 4;
      expect(at(index + 3)).toBe(255);
      return [at(index), at(index + 1), at(index + 2)] as const;
    }),
  );
}

/** The names of what is nearly a pure colour. */
function namesOf(image: ImageData): string[] {
  const name = ([red, green, blue]: Rgb): string => {
    const is = (value: number): string => (value < 8 ? '0' : value > 247 ? '1' : '?');
    return { '000': 'k', '111': 'w', '100': 'r', '001': 'b' }[`${is(red)}${is(green)}${is(blue)}`] ?? `${red},${green},${blue}`;
  };
  return pixelsOf(image).map((row) => row.map(name).join(''));
}

describe('the pixels of a picture', () => {
  it.each(['I420', 'NV12'] as const)('are those of its colours, whatever the length of its lines: %s', async (format) => {
    const image = await new FramePixels(makeImage).read(blocks(format, [[BLACK, WHITE], [RED, BLUE]]), 0);
    expect(namesOf(image)).toEqual(['kkww', 'kkww', 'rrbb', 'rrbb']);
  });

  it('stand upright, however the camera was held', async () => {
    const frame = blocks('I420', [[BLACK, WHITE, RED]]);
    const read = async (turns: number): Promise<string[]> => namesOf(await new FramePixels(makeImage).read(frame, turns));
    expect(await read(1)).toEqual(['kk', 'kk', 'ww', 'ww', 'rr', 'rr']);
    expect(await read(2)).toEqual(['rrwwkk', 'rrwwkk']);
    expect(await read(3)).toEqual(['rr', 'rr', 'ww', 'ww', 'kk', 'kk']);
    // Upside down and mirrored are not the same.
    const corner = frameOf('RGBX', 2, 2, new Uint8Array([255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 0]), [{ offset: 0, stride: 8 }]);
    expect(namesOf(await new FramePixels(makeImage).read(corner, 1))).toEqual(['kr', 'wb']);
    expect(namesOf(await new FramePixels(makeImage).read(corner, 2))).toEqual(['wk', 'br']);
    expect(namesOf(await new FramePixels(makeImage).read(corner, 3))).toEqual(['bw', 'rk']);
  });

  it('are thinned out on the way, the last odd line too', async () => {
    const image = await new FramePixels(makeImage).read(blocks('NV12', [[BLACK, WHITE, RED], [BLUE, BLUE, BLUE], [WHITE, RED, BLACK]]), 0, 4);
    expect(namesOf(image)).toEqual(['kr', 'wk']);
  });

  it('know where blue comes first', async () => {
    const bytes = new Uint8Array([0, 0, 255, 7, 255, 0, 0, 7]);
    const read = async (format: string): Promise<string[]> => namesOf(await new FramePixels(makeImage).read(frameOf(format, 2, 1, bytes, [{ offset: 0, stride: 8 }]), 0));
    expect(await read('BGRX')).toEqual(['rb']);
    expect(await read('RGBA')).toEqual(['br']);
  });

  it('follow the matrix and range a picture says it has', async () => {
    const one = async (colorSpace: object): Promise<Rgb | undefined> =>
      pixelsOf(await new FramePixels(makeImage).read(blocks('I420', [[[120, 90, 200]]], colorSpace), 0))[0]?.[0];
    // Y'CbCr (120, 90, 200) by the equations of ITU-R BT.601-7 and BT.709-6.
    expect(await one({})).toEqual([236, 77, 44]);
    expect(await one({ matrix: 'bt709' })).toEqual([250, 91, 41]);
    expect(await one({ fullRange: true })).toEqual([221, 82, 53]);
    expect(await one({ matrix: 'bt709', fullRange: true })).toEqual([233, 93, 49]);
  });

  it('are read only of formats that are known', () => {
    const frame = (format: string | null) => ({ ...blocks('I420', [[BLACK]]), format: format as VideoPixelFormat });
    expect([null, 'I422', 'BGRA'].map((format) => FramePixels.canRead(frame(format)))).toEqual([false, false, true]);
  });
});
