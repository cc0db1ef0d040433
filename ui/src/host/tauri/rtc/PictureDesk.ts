// The page's side of everyone's pictures and the own one: hands canvases to the display worker and hears what becomes of them.
//
// Promises: a canvas may be attached, detached and attached again, to the same connection or another, although the platform
// lets it be handed over only once; one that has left the page is forgotten in the worker too. Left to others: decoding and
// drawing (the worker).
import type { MediaPortAddress } from '../../../protocol/MediaPortAddress';
import type { CodecProblem, Drawn, PictureSize } from '../../../shared/rtc/RemoteMedia';
import type { DisplayTells, DisplayTold, PictureName } from './workers/display.worker';

/** What of a worker is used, so that tests can bring others. */
export interface DisplayWorker {
  onmessage: ((event: MessageEvent<DisplayTells>) => void) | null;
  postMessage(message: DisplayTold, transfer: Transferable[]): void;
}

export class PictureDesk {
  #lastSurface = 0;
  readonly #surfaces = new WeakMap<HTMLCanvasElement, number>();
  readonly #pictured = new Map<number, (size: PictureSize) => void>();
  readonly #problems = new Map<number, (problem: CodecProblem | null) => void>();
  readonly #left = new FinalizationRegistry<number>((surface) => this.#tell({ type: 'forget', surface }));

  constructor(
    address: MediaPortAddress,
    private readonly worker: DisplayWorker = displayWorker(),
  ) {
    worker.onmessage = ({ data }) => this.#heard(data);
    this.#tell({ type: 'open', address });
  }

  /** Decodes a connection's pictures from now on. */
  play(connection: number, problem: (problem: CodecProblem | null) => void): void {
    this.#problems.set(connection, problem);
    this.#tell({ type: 'play', connection });
  }

  /** The connection has ended. */
  close(connection: number): void {
    if (this.#problems.delete(connection)) this.#tell({ type: 'close', connection });
  }

  /** Shows this own track from now on, and none before it. */
  showOwn(track: MediaStreamTrack | null): Drawn | null {
    // The track itself stays the page's; a copy is the worker's, which stops it.
    const copy = track?.clone() ?? null;
    this.#tell({ type: 'own', track: copy }, copy === null ? [] : [copy]);
    return copy === null ? null : { attach: (canvas, onPicture) => this.attach('own', canvas, onPicture) };
  }

  /** Draws a picture into `canvas` until the returned function is called. */
  attach(picture: PictureName, canvas: HTMLCanvasElement, onPicture: (size: PictureSize) => void): () => void {
    const surface = this.#surfaceOf(canvas);
    this.#pictured.set(surface, onPicture);
    this.#tell({ type: 'attach', picture, surface });
    return () => {
      if (this.#pictured.get(surface) !== onPicture) return;
      this.#pictured.delete(surface);
      this.#tell({ type: 'detach', picture, surface });
    };
  }

  #surfaceOf(canvas: HTMLCanvasElement): number {
    const known = this.#surfaces.get(canvas);
    if (known !== undefined) return known;
    this.#lastSurface += 1;
    const surface = this.#lastSurface;
    const offscreen = canvas.transferControlToOffscreen();
    this.#surfaces.set(canvas, surface);
    this.#left.register(canvas, surface);
    this.#tell({ type: 'keep', surface, canvas: offscreen }, [offscreen]);
    return surface;
  }

  #heard(message: DisplayTells): void {
    if (message.type === 'pictured') {
      this.#pictured.get(message.surface)?.({ width: message.width, height: message.height });
    } else {
      this.#problems.get(message.connection)?.(message.problem);
    }
  }

  #tell(message: DisplayTold, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}

function displayWorker(): DisplayWorker {
  return new Worker(new URL('./workers/display.worker.ts', import.meta.url), { type: 'module' });
}
