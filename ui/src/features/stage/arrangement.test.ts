// Who stands where, how large, and how much of a picture is seen.
import { describe, expect, it } from 'vitest';
import { ENOUGH_IN_TILE, ENOUGH_ON_STAGE, fitOf, looksLikeScreen } from './fit';
import { gridOf } from './grid';
import { afterLook, afterToggle, ALL_ALIKE, staged } from './staging';

/** Rooms of phones, tablets and windows, upright and across, the smallest first. */
const ROOMS = [
  { width: 304, height: 420 },
  { width: 374, height: 690 },
  { width: 560, height: 300 },
  { width: 818, height: 1_040 },
  { width: 1_178, height: 680 },
  { width: 1_350, height: 868 },
] as const;

describe('the grid', () => {
  it('holds one to sixteen tiles without one sticking out, in every room', () => {
    for (const room of ROOMS) {
      for (let count = 1; count <= 16; count += 1) {
        const { columns, rows, tile } = gridOf(count, room, 8);
        const at = `${count} in ${room.width}x${room.height}`;
        expect(columns * rows, at).toBeGreaterThanOrEqual(count);
        expect((rows - 1) * columns, at).toBeLessThan(count);
        expect(columns * tile.width + (columns - 1) * 8, at).toBeLessThanOrEqual(room.width);
        expect(rows * tile.height + (rows - 1) * 8, at).toBeLessThanOrEqual(room.height);
        expect(tile.width / tile.height, at).toBeGreaterThan(0.98);
        expect(tile.width / tile.height, at).toBeLessThan(1.82);
        // Whoever is shown can be pressed.
        expect(Math.min(tile.width, tile.height), at).toBeGreaterThanOrEqual(44);
      }
    }
  });

  it('stands tiles beside each other where the room is wide and below each other where it is high', () => {
    expect(gridOf(3, { width: 1_350, height: 868 }, 8)).toMatchObject({ columns: 2, rows: 2 });
    expect(gridOf(9, { width: 1_350, height: 868 }, 8)).toMatchObject({ columns: 3, rows: 3 });
    expect(gridOf(3, { width: 374, height: 690 }, 8)).toMatchObject({ columns: 1, rows: 3 });
    expect(gridOf(6, { width: 374, height: 690 }, 8)).toMatchObject({ columns: 2, rows: 3 });
  });

  it('gives nothing rather than less than nothing where there is no room', () => {
    expect(gridOf(4, { width: 10, height: 4 }, 8).tile).toEqual({ width: 0, height: 0 });
  });
});

describe('a picture', () => {
  const hd = { width: 1_280, height: 720 };

  it('fills its tile when enough of it stays, and is shown whole otherwise', () => {
    expect(fitOf(hd, { width: 400, height: 300 }, ENOUGH_ON_STAGE)).toBe('cover');
    expect(fitOf(hd, { width: 300, height: 300 }, ENOUGH_IN_TILE)).toBe('cover');
    expect(fitOf(hd, { width: 300, height: 300 }, ENOUGH_ON_STAGE)).toBe('contain');
    expect(fitOf(hd, { width: 390, height: 844 }, ENOUGH_ON_STAGE)).toBe('contain');
  });

  it('is fitted anew when a tablet is turned', () => {
    const box = { width: 390, height: 844 };
    expect(fitOf({ width: 720, height: 1_280 }, box, ENOUGH_ON_STAGE)).toBe('cover');
    expect(fitOf({ width: 1_280, height: 720 }, box, ENOUGH_ON_STAGE)).toBe('contain');
  });

  it('of a size or shape that no camera gives is never cropped', () => {
    const screens = [
      { width: 1_920, height: 1_080 },
      { width: 1_366, height: 768 },
      { width: 1_280, height: 548 },
      { width: 420, height: 900 },
    ];
    for (const screen of screens) {
      expect(fitOf(screen, { width: 400, height: 300 }, ENOUGH_IN_TILE), `${screen.width}x${screen.height}`).toBe('contain');
    }
  });

  it('counts as a screen only when no camera gives it', () => {
    expect([hd, { width: 640, height: 480 }, { width: 720, height: 1_280 }, { width: 640, height: 400 }].map(looksLikeScreen)).toEqual([false, false, false, false]);
    expect(looksLikeScreen({ width: 1_920, height: 1_080 })).toBe(true);
    expect(looksLikeScreen({ width: 0, height: 0 })).toBe(false);
  });
});

describe('the stage', () => {
  const here = ['a', 'b', 'c'];

  it('is everybody’s until one is enlarged, and again after', () => {
    expect(staged(ALL_ALIKE, here)).toBeNull();
    const enlarged = afterToggle(ALL_ALIKE, 'b', null);
    expect(staged(enlarged, here)).toBe('b');
    expect(staged(afterToggle(enlarged, 'c', 'b'), here)).toBe('c');
    expect(staged(afterToggle(enlarged, 'b', 'b'), here)).toBeNull();
  });

  it('is everybody’s again when the enlarged one leaves', () => {
    expect(staged(afterToggle(ALL_ALIKE, 'b', null), ['a', 'c'])).toBeNull();
  });

  it('goes to a shared screen, unless somebody was enlarged by hand', () => {
    const shared = afterLook(ALL_ALIKE, 'a', true);
    expect(staged(shared, here)).toBe('a');
    expect(staged(afterToggle(shared, 'c', 'a'), here)).toBe('c');
  });

  it('leaves a screen that was put back where it is until it ends', () => {
    const back = afterToggle(afterLook(ALL_ALIKE, 'a', true), 'a', 'a');
    expect(staged(back, here)).toBeNull();
    expect(staged(afterLook(back, 'a', true), here)).toBeNull();
    expect(staged(afterLook(afterLook(back, 'a', false), 'a', true), here)).toBe('a');
  });
});
