// Whether a picture fills its tile and loses an edge, or is shown whole between bars; and what looks like a shared screen.
import type { Size } from './grid';

/** How much a tile has room to say. */
export type Room = 'tight' | 'small' | 'ample';

/** By a tile's height, in pixels of ordinary text: in the smallest there is room for a letter and a name. */
const TIGHT_BELOW_PX = 160;
const SMALL_BELOW_PX = 260;

/** Room in a tile of this size; in one of the strip, whose size is not known, it is tight. */
export function roomIn(box: Size | null): Room {
  if (box === null || box.height < TIGHT_BELOW_PX) return 'tight';
  return box.height < SMALL_BELOW_PX || box.width < SMALL_BELOW_PX ? 'small' : 'ample';
}

/** The CSS `object-fit` of a picture. */
export type Fit = 'cover' | 'contain';

/** Of a tile among others this much of a picture is enough: faces are in the middle. */
export const ENOUGH_IN_TILE = 0.5;
/** Of a picture that has the stage to itself more is wanted. */
export const ENOUGH_ON_STAGE = 0.7;

/** Long side that cameras are asked for; what is larger is no camera. */
const CAMERA_PX = 1_280;
/** Width by height, upright ones the other way round. */
const CAMERA_SHAPES = [1, 5 / 4, 4 / 3, 3 / 2, 16 / 10, 16 / 9] as const;
/** Sizes are rounded to even pixels when a picture is made smaller on its way. */
const SHAPE_TOLERANCE = 0.02;

/**
 * Whether a picture is surely no camera's. The wire does not say what a picture shows, so this goes by its size: cameras are
 * asked for no more than 1280 pixels, and screens have more. A smaller screen is missed, and can be enlarged by hand.
 */
export function looksLikeScreen({ width, height }: Size): boolean {
  return Math.max(width, height) > CAMERA_PX;
}

/** Fills the box when at least `enough` of the picture stays visible, a share of 1. What no camera gives is shown whole. */
export function fitOf(picture: Size, box: Size, enough: number): Fit {
  const shape = picture.width / picture.height;
  const boxShape = box.width / box.height;
  if (!(shape > 0) || !(boxShape > 0)) return 'cover';
  if (looksLikeScreen(picture) || !isCameraShape(shape)) return 'contain';
  return Math.min(shape / boxShape, boxShape / shape) >= enough ? 'cover' : 'contain';
}

function isCameraShape(shape: number): boolean {
  const across = Math.max(shape, 1 / shape);
  return CAMERA_SHAPES.some((known) => Math.abs(across - known) < known * SHAPE_TOLERANCE);
}
