// How loud one connection is, for whoever watches.
//
// Promises: on the same scale as `LevelMeter`. Left to others: measuring (the engine).

/** Quietest level shown, in dB below full scale: as in `LevelMeter`. */
const FLOOR_DB = 60;

export class LevelWatch {
  #level = 0;
  readonly #listeners = new Set<(level: number) => void>();

  /** In dB below full scale, as a positive number; null when nothing comes any more. */
  heard(levelDb: number | null): void {
    const level = levelDb === null ? 0 : Math.max(0, 1 - levelDb / FLOOR_DB);
    if (level === this.#level) return;
    this.#level = level;
    for (const listener of [...this.#listeners]) listener(level);
  }

  /** Calls `listener` now and whenever it changes; returns how to stop. */
  watch(listener: (level: number) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#level);
    return () => void this.#listeners.delete(listener);
  }
}
