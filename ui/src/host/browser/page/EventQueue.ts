// Hands values to listeners in order, one at a time, never from within a listener or a command.
//
// Promises: as the port asks of events. A listener that throws does not keep the next from hearing.

export class EventQueue<T> {
  readonly #listeners = new Set<{ readonly tell: (value: T) => void }>();
  readonly #waiting: T[] = [];
  #scheduled = false;

  /** Calls `listener` for every value put from now on; returns how to stop. */
  subscribe(listener: (value: T) => void): () => void {
    const entry = { tell: listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  put(value: T): void {
    this.#waiting.push(value);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#drain());
  }

  #drain(): void {
    for (let value = this.#waiting.shift(); value !== undefined; value = this.#waiting.shift()) {
      for (const listener of [...this.#listeners]) {
        try {
          listener.tell(value);
        } catch (error) {
          reportError(error);
        }
      }
    }
    this.#scheduled = false;
  }
}
