// Received bytes in a file that the user picked.
//
// Promises: the browser writes beside the file and replaces it when the stream is closed, so nothing shows under its name before `finish`;
// a write has resolved when the browser has taken the bytes out of the page's memory.

import type { EntrySink } from './entrySink';
import { translated } from './translated';

/** A sink into `handle`. Its `file` gives null: the bytes are the user's already. */
export async function openFileSink(handle: FileSystemFileHandle): Promise<EntrySink> {
  return new FileSink(await translated(handle.createWritable()));
}

class FileSink implements EntrySink {
  #isFinished = false;
  #isGone = false;

  constructor(
    private readonly stream: FileSystemWritableFileStream,
  ) {}

  write(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return translated(this.stream.write({ type: 'write', position: offset, data: bytes }));
  }

  async finish(): Promise<void> {
    await translated(this.stream.close());
    this.#isFinished = true;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  async discard(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    // An aborted stream leaves the file as it was. One that failed before is aborted already and says so: nothing is left of it either.
    if (!this.#isFinished) await this.stream.abort().catch(() => undefined);
  }

  file(): Promise<File | null> {
    return Promise.resolve(null);
  }
}
