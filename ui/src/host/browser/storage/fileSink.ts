// Received bytes in a file that the browser lets the page write: one of the origin's private file system, or one the user picked.
//
// Promises: the browser writes beside the file and replaces it when the stream is closed, so nothing shows under its name before `finish`;
// a write has resolved when the browser has taken the bytes out of the page's memory.

import { StorageError, type EntrySink } from './entrySink';

/** A sink into `handle`. `remove` takes the file away again; where it is missing (a picked file) `file` gives null. */
export async function openFileSink(handle: FileSystemFileHandle, remove: (() => Promise<void>) | null): Promise<EntrySink> {
  return new FileSink(handle, await translated(handle.createWritable()), remove);
}

class FileSink implements EntrySink {
  #isFinished = false;
  #isGone = false;

  constructor(
    private readonly handle: FileSystemFileHandle,
    private readonly stream: FileSystemWritableFileStream,
    private readonly remove: (() => Promise<void>) | null,
  ) {}

  write(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return translated(this.stream.write({ type: 'write', position: offset, data: bytes }));
  }

  async finish(): Promise<void> {
    await translated(this.stream.close());
    this.#isFinished = true;
  }

  async discard(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    // An aborted stream leaves the file as it was. One that failed before is aborted already and says so: nothing is left of it either.
    if (!this.#isFinished) await this.stream.abort().catch(() => undefined);
    this.#isFinished = false;
    if (this.remove !== null) await translated(this.remove());
  }

  async file(): Promise<File | null> {
    return this.#isFinished && this.remove !== null ? translated(this.handle.getFile()) : null;
  }
}

/** The same promise, rejecting with a `StorageError`. */
async function translated<Value>(promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new StorageError(isFull ? 'no-space' : 'write-failed', { cause: error });
  }
}
