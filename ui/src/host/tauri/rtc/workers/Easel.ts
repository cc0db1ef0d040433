// Where a moving picture stands: keeps its newest frame, and draws it into whatever canvas it has now.
//
// Promises: only the newest is drawn; without a canvas it is kept for the next one; every frame given is closed. Left to others:
// where frames are from, which canvas it is (`Surfaces`).
import { FramePixels } from './FramePixels';

/** Where pictures are drawn. */
export interface Surface {
  readonly canvas: OffscreenCanvas;
  /** The first picture stands in it, or its size changed. */
  sized(width: number, height: number): void;
}

/** What an easel says. */
export interface EaselOwner {
  drawn(costUs: number): void;
  /** One was never drawn, since a newer one came. */
  overtaken(): void;
}

/** Runs `act` when what is queued already has been done. */
export type Soon = (act: () => void) => void;

interface Shown {
  readonly frame: VideoFrame;
  readonly quarterTurns: number;
  isDrawn: boolean;
}

export class Easel {
  #surface: Surface | null = null;
  #context: OffscreenCanvasRenderingContext2D | null = null;
  #isSized = false;
  /** Kept open. */
  #newest: Shown | null = null;
  #isDrawing = false;

  constructor(
    private readonly owner: EaselOwner,
    private readonly soon: Soon,
    /** The longer side is thinned out to at most so many pixels. */
    private readonly longSide = Infinity,
    private readonly pixels = new FramePixels(),
    private readonly nowMs = (): number => performance.now(),
  ) {}

  get hasSurface(): boolean {
    return this.#surface !== null;
  }

  /** Takes a frame, which is the easel's from now on. */
  put(frame: VideoFrame, quarterTurns: number): void {
    if (this.#newest !== null && !this.#newest.isDrawn && this.#surface !== null) this.owner.overtaken();
    this.#newest?.frame.close();
    this.#newest = { frame, quarterTurns, isDrawn: false };
    this.#drawSoon();
  }

  /** Draws there from now on; null for nowhere. */
  attach(surface: Surface | null): void {
    this.#surface = surface;
    this.#isSized = false;
    this.#context = surface?.canvas.getContext('2d', { alpha: false, desynchronized: true }) ?? null;
    if (this.#newest !== null) this.#newest.isDrawn = false;
    this.#drawSoon();
  }

  /** Takes everything away. */
  close(): void {
    this.#newest?.frame.close();
    this.#newest = null;
    this.#surface = null;
    this.#context = null;
  }

  /** When several come at once, only the last of them is drawn. */
  #drawSoon(): void {
    if (this.#isDrawing || this.#newest === null || this.#newest.isDrawn || this.#surface === null) return;
    this.#isDrawing = true;
    this.soon(() => {
      const isOver = (): void => {
        this.#isDrawing = false;
        this.#drawSoon();
      };
      this.#draw().then(isOver, (error: unknown) => {
        // Closed or lost its memory meanwhile: the next one is as good.
        console.warn('a picture could not be drawn', error);
        isOver();
      });
    });
  }

  async #draw(): Promise<void> {
    const [shown, surface, context] = [this.#newest, this.#surface, this.#context];
    if (shown === null || shown.isDrawn || surface === null || context === null) return;
    shown.isDrawn = true;
    const begunMs = this.nowMs();
    const { frame, quarterTurns } = shown;
    if (FramePixels.canRead(frame)) {
      const every = Math.max(1, Math.ceil(Math.max(frame.displayWidth, frame.displayHeight) / this.longSide));
      const image = await this.pixels.read(frame, quarterTurns, every);
      if (surface !== this.#surface) return;
      this.#size(surface, image.width, image.height, () => context.putImageData(image, 0, 0));
    } else {
      const isLying = quarterTurns % 2 === 1;
      const [width, height] = [frame.displayWidth, frame.displayHeight];
      this.#size(surface, isLying ? height : width, isLying ? width : height, () => drawTurned(context, surface.canvas, frame, quarterTurns));
    }
    this.owner.drawn(Math.round((this.nowMs() - begunMs) * 1000));
  }

  #size(surface: Surface, width: number, height: number, draw: () => void): void {
    const { canvas } = surface;
    const isResized = canvas.width !== width || canvas.height !== height;
    if (isResized) {
      canvas.width = width;
      canvas.height = height;
    }
    draw();
    if (!isResized && this.#isSized) return;
    this.#isSized = true;
    surface.sized(width, height);
  }
}

function drawTurned(context: OffscreenCanvasRenderingContext2D, { width, height }: OffscreenCanvas, frame: VideoFrame, quarterTurns: number): void {
  if (quarterTurns === 0) {
    context.drawImage(frame, 0, 0);
    return;
  }
  context.setTransform(1, 0, 0, 1, width / 2, height / 2);
  context.rotate((quarterTurns * Math.PI) / 2);
  context.drawImage(frame, -frame.displayWidth / 2, -frame.displayHeight / 2);
  context.setTransform(1, 0, 0, 1, 0, 0);
}
