// What the sound thread and the sound worker share: what the microphone gives one way, what is to be played the other, and wishes.
//
// Promises: neither waits for the other, nor for the page's main thread, over which WebKit leads every message between the two while
// it draws; what does not fit is dropped, so memory and delay have a bound. One thread writes and one reads each of the rings.
// Left to others: when to look (`rung`), and what it means.
import { CAPTURED_SAMPLES, SOUND_PIECE_SAMPLES } from './portLimits';

/** Of each ring; a power of two, so that counters may wrap. */
const SLOTS = 16;

/** Counters, of 32 bits each. */
const BELL = 0;
const CAPTURED = 1;
const PLAYED = 3;
const WANTED = 5;
const STARTS = 6;
const COUNTERS = 8;
const COUNTER_BYTES = COUNTERS * Int32Array.BYTES_PER_ELEMENT;

export class SoundMemory {
  /** From the microphone to the worker, 20 ms each. */
  readonly captured: SoundRing;
  /** From the worker to the player, 10 ms each. */
  readonly played: SoundRing;
  readonly #counters: Int32Array<SharedArrayBuffer>;

  /** A view of `shared`, which came from `allocate`. */
  constructor(shared: SharedArrayBuffer) {
    this.#counters = new Int32Array(shared, 0, COUNTERS);
    const samples = new Int16Array(shared, COUNTER_BYTES);
    this.captured = new SoundRing(this.#counters, CAPTURED, samples.subarray(0, SLOTS * CAPTURED_SAMPLES), CAPTURED_SAMPLES);
    this.played = new SoundRing(this.#counters, PLAYED, samples.subarray(SLOTS * CAPTURED_SAMPLES), SOUND_PIECE_SAMPLES);
  }

  /** Empty memory for both. */
  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(COUNTER_BYTES + SLOTS * (CAPTURED_SAMPLES + SOUND_PIECE_SAMPLES) * Int16Array.BYTES_PER_ELEMENT);
  }

  /** Tells whoever waits that there is something to look for. */
  ring(): void {
    Atomics.add(this.#counters, BELL, 1);
    Atomics.notify(this.#counters, BELL);
  }

  /** How often was rung; to be asked before looking. */
  get rings(): number {
    return Atomics.load(this.#counters, BELL);
  }

  /** Resolves once the bell has rung after `rings` was asked. */
  async rung(rings: number): Promise<void> {
    await Atomics.waitAsync(this.#counters, BELL, rings).value;
  }

  /** The player has room for so many pieces more. */
  want(pieces: number): void {
    Atomics.add(this.#counters, WANTED, pieces);
  }

  /** What it has had room for since this was asked. */
  takeWanted(): number {
    return Atomics.exchange(this.#counters, WANTED, 0);
  }

  /** What the player has asked for will not come. */
  startOver(): void {
    Atomics.add(this.#counters, STARTS, 1);
  }

  /** How often it was started over. */
  get starts(): number {
    return Atomics.load(this.#counters, STARTS);
  }
}

/** Pieces of equally many samples, in order. */
class SoundRing {
  constructor(
    private readonly counters: Int32Array<SharedArrayBuffer>,
    /** Of the counter of pieces written; the next one counts those read. */
    private readonly at: number,
    private readonly samples: Int16Array<SharedArrayBuffer>,
    private readonly length: number,
  ) {}

  /** False if there is no room: the piece is dropped. */
  write(piece: Int16Array): boolean {
    const written = Atomics.load(this.counters, this.at);
    if (((written - Atomics.load(this.counters, this.at + 1)) | 0) >= SLOTS) return false;
    this.samples.set(piece, (written & (SLOTS - 1)) * this.length);
    // After the samples: whoever sees the count sees them.
    Atomics.store(this.counters, this.at, (written + 1) | 0);
    return true;
  }

  /** A copy of the oldest; null when there is none. */
  read(): Int16Array<ArrayBuffer> | null {
    const read = Atomics.load(this.counters, this.at + 1);
    if (read === Atomics.load(this.counters, this.at)) return null;
    const begin = (read & (SLOTS - 1)) * this.length;
    const piece = new Int16Array(this.length);
    piece.set(this.samples.subarray(begin, begin + this.length));
    Atomics.store(this.counters, this.at + 1, (read + 1) | 0);
    return piece;
  }
}
