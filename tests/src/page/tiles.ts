// Runs in the page under test: watches the pictures of others as they are shown, in a <video> or a <canvas>.
import { ageOf, readTimeCode, type Colour } from './timeCode';

/** What was seen of a tile since it was watched. */
export interface TileSummary {
  readonly peer: string;
  readonly element: 'video' | 'canvas' | 'none';
  readonly width: number;
  readonly height: number;
  /** Pictures that differed from the one before. */
  readonly pictures: number;
  /** Of those, pictures with a valid time code. */
  readonly codes: number;
  readonly colour: Colour | null;
  /** Milliseconds between drawing at the source and showing here, of valid codes. */
  readonly delayMedianMs: number | null;
  readonly delayP95Ms: number | null;
  /** Longest time without a new picture, the time since the last one included. */
  readonly longestFreezeMs: number;
  /** How long it was watched. */
  readonly watchedMs: number;
  /** `Date.now()` of the first picture; null before. */
  readonly firstAtMs: number | null;
}

const WIDTH = 64;
const HEIGHT = 48;
/** About ten minutes at 30 pictures a second. */
const DELAYS = 20_000;

class Watch {
  readonly canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  readonly context = this.canvas.getContext('2d', { willReadFrequently: true });
  began = performance.now();
  pictures = 0;
  codes = 0;
  colour: Colour | null = null;
  delays: number[] = [];
  longestFreezeMs = 0;
  lastAt = this.began;
  lastHash = 0;
  firstAtMs: number | null = null;
  element: HTMLVideoElement | HTMLCanvasElement | null = null;
  isOver = false;

  constructor(readonly peer: string) {
    this.next();
  }

  reset(): void {
    this.began = performance.now();
    this.pictures = 0;
    this.codes = 0;
    this.delays = [];
    this.longestFreezeMs = 0;
    this.lastAt = this.began;
    this.firstAtMs = null;
  }

  next(): void {
    if (this.isOver) return;
    const element = pictureOf(this.peer);
    this.element = element;
    const look = (): void => {
      if (this.element !== null) this.look(this.element);
      this.next();
    };
    // A <video> that was taken away never calls back, so both clocks race.
    if (element instanceof HTMLVideoElement && !element.paused && element.isConnected) {
      let isDone = false;
      const once = (): void => {
        if (isDone) return;
        isDone = true;
        clearTimeout(limit);
        look();
      };
      const limit = setTimeout(once, 250);
      element.requestVideoFrameCallback(once);
    } else requestAnimationFrame(look);
  }

  look(element: HTMLVideoElement | HTMLCanvasElement): void {
    const { context } = this;
    if (context === null || sizeOf(element).width === 0) return;
    context.drawImage(element, 0, 0, WIDTH, HEIGHT);
    const image = context.getImageData(0, 0, WIDTH, HEIGHT);
    let hash = 0;
    for (let index = 0; index < image.data.length; index += 4) hash = (Math.imul(hash, 31) + (image.data[index] ?? 0) + (image.data[index + 1] ?? 0)) | 0;
    if (hash === this.lastHash) return;
    this.lastHash = hash;
    const now = performance.now();
    this.longestFreezeMs = Math.max(this.longestFreezeMs, now - this.lastAt);
    this.lastAt = now;
    this.pictures += 1;
    this.firstAtMs ??= Date.now();
    const { colour, codeMs } = readTimeCode(image);
    this.colour = colour;
    if (codeMs === null) return;
    this.codes += 1;
    if (this.delays.length < DELAYS) this.delays.push(ageOf(codeMs, Date.now()));
  }

  summary(): TileSummary {
    const sorted = [...this.delays].sort((one, other) => one - other);
    const size = this.element === null ? { width: 0, height: 0 } : sizeOf(this.element);
    return {
      peer: this.peer,
      element: this.element === null ? 'none' : this.element instanceof HTMLVideoElement ? 'video' : 'canvas',
      ...size,
      pictures: this.pictures,
      codes: this.codes,
      colour: this.colour,
      delayMedianMs: sorted[Math.floor(sorted.length / 2)] ?? null,
      delayP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? null,
      longestFreezeMs: Math.max(this.longestFreezeMs, performance.now() - this.lastAt),
      watchedMs: performance.now() - this.began,
      firstAtMs: this.firstAtMs,
    };
  }
}

const watches = new Map<string, Watch>();

function pictureOf(peer: string): HTMLVideoElement | HTMLCanvasElement | null {
  const tile = document.querySelector(`[data-testid=tile][data-peer="${peer}"]`);
  const found = tile?.querySelector('[data-testid=remote-video]') ?? tile?.querySelector('canvas, video') ?? null;
  if (found instanceof HTMLVideoElement || found instanceof HTMLCanvasElement) return found;
  const inner = found?.querySelector('canvas, video') ?? null;
  return inner instanceof HTMLVideoElement || inner instanceof HTMLCanvasElement ? inner : null;
}

function sizeOf(element: HTMLVideoElement | HTMLCanvasElement): { width: number; height: number } {
  return element instanceof HTMLVideoElement
    ? { width: element.videoWidth, height: element.videoHeight }
    : { width: element.width, height: element.height };
}

/** Peers that have a tile now. */
export function peersShown(): string[] {
  return [...document.querySelectorAll('[data-testid=tile]')].map((tile) => tile.getAttribute('data-peer') ?? '');
}

/** Watches the tiles that there are and no others, anew. Watching costs time of the processor. */
export function watchTiles(): void {
  const shown = peersShown();
  for (const [peer, watch] of watches) {
    if (shown.includes(peer)) continue;
    watch.isOver = true;
    watches.delete(peer);
  }
  for (const peer of shown) {
    const known = watches.get(peer);
    if (known === undefined) watches.set(peer, new Watch(peer));
    else known.reset();
  }
}

/** Stops watching. */
export function unwatchTiles(): void {
  for (const watch of watches.values()) watch.isOver = true;
  watches.clear();
}

/** What was seen so far. */
export function tiles(): TileSummary[] {
  return [...watches.values()].map((watch) => watch.summary());
}

/** When somebody went in, and when each picture of others was there first; `Date.now()`. */
export interface FirstPictures {
  readonly joinedAtMs: number | null;
  readonly pictures: readonly { readonly peer: string; readonly atMs: number }[];
}

let first: { joinedAtMs: number | null; pictures: { peer: string; atMs: number }[] } = { joinedAtMs: null, pictures: [] };
let isNoting = false;

/** Begins to note, anew: from the press of "join" to the first picture of each tile. Rests once there is one. */
export function noteFirstPictures(): void {
  const noted: typeof first = { joinedAtMs: null, pictures: [] };
  first = noted;
  if (!isNoting) {
    isNoting = true;
    addEventListener(
      'click',
      ({ target }) => {
        if (target instanceof Element && target.closest('[data-testid=join]') !== null) first.joinedAtMs ??= Date.now();
      },
      { capture: true },
    );
  }
  const dot = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const look = (): void => {
    if (first !== noted) return;
    for (const peer of peersShown()) {
      const element = pictureOf(peer);
      if (element === null || noted.pictures.some((one) => one.peer === peer)) continue;
      if (hasPicture(element, dot)) noted.pictures.push({ peer, atMs: Date.now() });
    }
    if (noted.pictures.length === 0) requestAnimationFrame(look);
  };
  look();
}

function hasPicture(element: HTMLVideoElement | HTMLCanvasElement, dot: CanvasRenderingContext2D | null): boolean {
  if (element instanceof HTMLVideoElement) return element.videoWidth > 0 && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  if (dot === null || element.width === 0) return false;
  dot.clearRect(0, 0, 1, 1);
  // A canvas into which nothing was drawn is transparent.
  dot.drawImage(element, 0, 0, 1, 1);
  return dot.getImageData(0, 0, 1, 1).data[3] === 255;
}

/** What was noted. */
export function firstPictures(): FirstPictures {
  return first;
}

/** Pictures that `<video>`s have shown so far, all tiles together; null where a tile is no `<video>` (its owner counts then). */
export function presented(): number | null {
  let total = 0;
  for (const peer of peersShown()) {
    const element = pictureOf(peer);
    if (!(element instanceof HTMLVideoElement)) return null;
    const { totalVideoFrames, droppedVideoFrames } = element.getVideoPlaybackQuality();
    total += totalVideoFrames - droppedVideoFrames;
  }
  return total;
}
