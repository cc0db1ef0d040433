// Received bytes as blobs of the page: the last resort, where the origin's private file system is missing (a page on plain http, an old
// browser). The browser holds them in memory, or spills them as it likes; all of them together are capped.

import { StorageError, type EntrySink } from './entrySink';

/** Most bytes of all blob sinks together: a desktop's page lives with it, and a tablet's tab is not killed for it. */
export const BLOB_CAP_BYTES = 512 * 1024 * 1024;

/** The room all blob sinks of a page share. */
export class BlobRoom {
  #usedBytes = 0;

  constructor(private readonly capBytes: number = BLOB_CAP_BYTES) {}

  /** Takes room for `size` bytes at once. Throws `no-space` beyond the cap. */
  open(size: number): EntrySink {
    if (this.#usedBytes + size > this.capBytes) throw new StorageError('no-space');
    this.#usedBytes += size;
    return new BlobSink(() => {
      this.#usedBytes -= size;
    });
  }
}

class BlobSink implements EntrySink {
  #parts: { readonly offset: number; readonly blob: Blob }[] = [];
  #file: File | null = null;
  #isGone = false;

  constructor(private readonly release: () => void) {}

  write(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    // A blob copies, so the block's own buffer is free at once.
    this.#parts.push({ offset, blob: new Blob([bytes]) });
    return Promise.resolve();
  }

  finish(): Promise<void> {
    const ordered = this.#parts.toSorted((one, other) => one.offset - other.offset);
    this.#file = new File(ordered.map(({ blob }) => blob), 'received');
    this.#parts = [];
    return Promise.resolve();
  }

  get isFinished(): boolean {
    return this.#file !== null;
  }

  discard(): Promise<void> {
    if (!this.#isGone) this.release();
    this.#isGone = true;
    this.#parts = [];
    this.#file = null;
    return Promise.resolve();
  }

  file(): Promise<File | null> {
    return Promise.resolve(this.#file);
  }
}
