// A picture that says when it was drawn and whose it is, made of blocks large enough to outlive any codec.
//
// The upper left quarter is one colour; the upper right quarter is free (for detail that costs bits); the lower half holds 8 x 3 black or
// white cells: 20 bits of the clock in milliseconds and 4 bits of check.

/** Red, green, blue, 0 … 255. */
export type Colour = readonly [number, number, number];

/** What was read from a picture. */
export interface Reading {
  /** Of the upper left quarter. */
  readonly colour: Colour;
  /** Milliseconds, modulo `CODE_SPAN_MS`; null if there is no valid code. */
  readonly codeMs: number | null;
}

const COLUMNS = 8;
const ROWS = 3;
const TIME_BITS = 20;

/** The clock begins anew after these milliseconds, about 17 minutes. */
export const CODE_SPAN_MS = 2 ** TIME_BITS;

/** Cells of a code, first the highest bit. */
function cellsOf(codeMs: number): boolean[] {
  const word = codeMs * 16 + checkOf(codeMs);
  return Array.from({ length: COLUMNS * ROWS }, (_, index) => Math.floor(word / 2 ** (COLUMNS * ROWS - 1 - index)) % 2 === 1);
}

/** Never the check of an all-black or all-white picture. */
function checkOf(codeMs: number): number {
  let check = 0b1010;
  for (let rest = codeMs; rest > 0; rest = Math.floor(rest / 16)) check ^= rest % 16;
  return check;
}

/** Draws a picture of `nowMs`. */
export function drawTimeCode(context: CanvasRenderingContext2D, colour: Colour, nowMs: number): void {
  const { width, height } = context.canvas;
  context.fillStyle = `rgb(${colour.join(' ')})`;
  context.fillRect(0, 0, width / 2, height / 2);
  cellsOf(Math.floor(nowMs) % CODE_SPAN_MS).forEach((isWhite, index) => {
    context.fillStyle = isWhite ? '#fff' : '#000';
    const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
    context.fillRect((column * width) / COLUMNS, height / 2 + (row * height) / (2 * ROWS), width / COLUMNS + 1, height / (2 * ROWS) + 1);
  });
}

/** Reads what `drawTimeCode` drew from pixels of any size. */
export function readTimeCode({ data, width, height }: ImageData): Reading {
  const at = (x: number, y: number): Colour => {
    const sums = [0, 0, 0];
    // A small patch round the middle: edges of blocks are blurred.
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        const offset = ((Math.floor(y * height) + dy) * width + Math.floor(x * width) + dx) * 4;
        for (let channel = 0; channel < 3; channel += 1) sums[channel] = (sums[channel] ?? 0) + (data[offset + channel] ?? 0) / 9;
      }
    }
    return [Math.round(sums[0] ?? 0), Math.round(sums[1] ?? 0), Math.round(sums[2] ?? 0)];
  };
  let word = 0;
  let isClear = true;
  for (let index = 0; index < COLUMNS * ROWS; index += 1) {
    const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
    const [red, green, blue] = at((column + 0.5) / COLUMNS, 0.5 + (row + 0.5) / (2 * ROWS));
    const light = (red + green + blue) / 3;
    if (light > 90 && light < 165) isClear = false;
    word = word * 2 + (light >= 128 ? 1 : 0);
  }
  const codeMs = Math.floor(word / 16);
  return { colour: at(0.25, 0.25), codeMs: isClear && word % 16 === checkOf(codeMs) ? codeMs : null };
}

/** Milliseconds from a code to `nowMs`, right below half of `CODE_SPAN_MS`. */
export function ageOf(codeMs: number, nowMs: number): number {
  const age = (Math.floor(nowMs) - codeMs) % CODE_SPAN_MS;
  return age < 0 ? age + CODE_SPAN_MS : age;
}
