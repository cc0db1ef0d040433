// A set of listeners that are told one thing at a time and never from within themselves.

/** Tells its listeners in order. A listener that throws does not keep the others from hearing. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #waiting: T[] = [];
  #isTelling = false;

  /** Adds a listener; returns how to stop. */
  add(listener: (value: T) => void): () => void {
    // A wrapper of its own: the same function added twice is told twice and removed once.
    const own = (value: T): void => { listener(value); };
    this.#listeners.add(own);
    return () => { this.#listeners.delete(own); };
  }

  /** True while nobody listens. */
  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Tells everyone, after what is being told already. */
  tell(value: T): void {
    this.#waiting.push(value);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        for (const listener of [...this.#listeners]) {
          try {
            listener(next);
          } catch (error) {
            reportError(error);
          }
        }
      }
    } finally {
      this.#isTelling = false;
    }
  }
}
