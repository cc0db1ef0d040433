// What it means to be seen and heard, for tests of calls.
import { expect } from 'vitest';
import type { CallSide } from './CallSide';
import { eventually } from './eventually';
import type { TileSummary } from './page/tiles';
import type { Colour } from './page/timeCode';

/** Somebody's picture and sound, as painted and played by the fake devices. */
export interface Look {
  readonly colour: Colour;
  readonly toneHz: number;
}

export const RED: Look = { colour: [200, 40, 40], toneHz: 600 };
export const BLUE: Look = { colour: [40, 60, 200], toneHz: 900 };
export const GREEN: Look = { colour: [40, 150, 60], toneHz: 1300 };

/** A coder shifts colours a little. */
const COLOUR_STEP = 45;
/** Of a tone: some bins of the transform. */
const TONE_STEP_HZ = 25;
/** Quieter than this a tone is only leakage of another. */
const TONE_DB = -50;

/** Whether a tile shows somebody's colour. */
export function shows(tile: TileSummary, { colour }: Look): boolean {
  return tile.colour !== null && tile.colour.every((value, channel) => Math.abs(value - (colour[channel] ?? 0)) <= COLOUR_STEP);
}

/** Watches and listens anew, for as long as `ms`, on all sides at once. */
export async function attend(sides: readonly CallSide[], ms: number): Promise<void> {
  await Promise.all(
    sides.map(async (side) => {
      await side.ask('watchTiles');
      await side.ask('listen');
    }),
  );
  await Promise.all(
    sides.map((side) =>
      eventually(`${side.name} has watched for ${ms} ms`, () => side.ask('heard'), ({ listenedMs }) => listenedMs >= ms, {
        limitMs: ms + 60_000,
        everyMs: 500,
      }),
    ),
  );
}

/** The tile with somebody's colour, on a side that watches. */
export async function tileOf(side: CallSide, look: Look): Promise<TileSummary> {
  const tiles = await side.ask('tiles');
  const found = tiles.find((tile) => shows(tile, look));
  if (found === undefined) throw new Error(`${side.name} does not show ${look.colour.join(' ')}: ${JSON.stringify(tiles)}`);
  return found;
}

/** The tones of `looks` were heard by a side that listens. */
export async function expectHeard(side: CallSide, looks: readonly Look[]): Promise<void> {
  const { tones } = await side.ask('heard');
  for (const { toneHz } of looks) {
    const found = tones.some(({ hz, db }) => Math.abs(hz - toneHz) <= TONE_STEP_HZ && db >= TONE_DB);
    expect(found, `${side.name} hears ${toneHz} Hz among ${JSON.stringify(tones)}`).toBe(true);
  }
}
