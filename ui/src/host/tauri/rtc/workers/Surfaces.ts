// The page's canvases, and which picture is drawn into which.
//
// Promises: one picture to a canvas and one canvas to a picture; a late word about an old place takes nothing away from the new
// one. Left to others: drawing (`Easel`).
import type { Surface } from './Easel';

/** What can be drawn into a canvas. */
export interface Drawable {
  /** Draws there from now on; null for nowhere. */
  attach(surface: Surface | null): void;
}

export class Surfaces {
  /** Every canvas of the page that is still there: a canvas can be handed over once only. */
  readonly #canvases = new Map<number, OffscreenCanvas>();
  readonly #places = new Map<Drawable, number>();

  /** `pictured` is told when a first picture stands in a surface, or one of another size. */
  constructor(private readonly pictured: (surface: number, width: number, height: number) => void) {}

  /** Takes in a canvas under a number of the page's. */
  keep(surface: number, canvas: OffscreenCanvas): void {
    this.#canvases.set(surface, canvas);
  }

  /** Draws a picture there, and nowhere else. */
  attach(picture: Drawable, surface: number): void {
    const canvas = this.#canvases.get(surface);
    if (canvas === undefined) return;
    for (const [other, place] of this.#places) if (place === surface) this.detach(other, surface);
    this.#places.set(picture, surface);
    picture.attach({ canvas, sized: (width, height) => this.pictured(surface, width, height) });
  }

  /** Draws it there no more. Does nothing when it is drawn elsewhere meanwhile. */
  detach(picture: Drawable, surface: number): void {
    if (this.#places.get(picture) !== surface) return;
    this.#places.delete(picture);
    picture.attach(null);
  }

  /** The canvas has left the page for good. */
  forget(surface: number): void {
    for (const [picture, place] of this.#places) if (place === surface) this.detach(picture, surface);
    this.#canvases.delete(surface);
  }

  /** The picture has ended. What was drawn stays in its canvas. */
  end(picture: Drawable): void {
    this.#places.delete(picture);
  }
}
