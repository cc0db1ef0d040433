// Chooses where the bytes of a received entry go, best first: the origin's private file system, then blobs up to a cap. A file the user
// picked beforehand (`pickedFileSink`) is better than both, but needs a gesture for each.
//
// Promises: opening never leaves half a place behind; the first entry waits for the clearing of earlier visits' leftovers, no other does.

import type { Random } from '../../../trust/bytes';
import { BlobRoom } from './blobSink';
import { StorageError, type EntrySink } from './entrySink';
import { openFileSink } from './fileSink';
import { OpfsVisit, type OpfsSurroundings } from './opfsVisit';

/** The places of one page. */
export class ReceivedStore {
  readonly #blobs = new BlobRoom();
  readonly #visit: Promise<OpfsVisit | null>;

  /** Begins to clear what earlier visits left. `opfs` is `browserOpfs()`. */
  constructor(opfs: OpfsSurroundings | null, random: Random) {
    // A private window may have the file system and refuse it: blobs then, as where it is missing.
    this.#visit = opfs === null ? Promise.resolve(null) : OpfsVisit.begin(opfs, random).catch(() => null);
  }

  /** A place for an entry of `size` bytes. Rejects with a `StorageError`. */
  async open(size: number): Promise<EntrySink> {
    const visit = await this.#visit;
    try {
      const sink = await visit?.open(size);
      if (sink != null) return sink;
    } catch (error) {
      if (error instanceof StorageError && error.code === 'no-space') throw error;
      // The file system refused; blobs are the next best.
    }
    return this.#blobs.open(size);
  }

  /** Gives the folder up at the end of the page's life; the next visit clears it. */
  async leave(): Promise<void> {
    (await this.#visit)?.leave();
  }
}

/**
 * Lets the user pick the file that an entry goes to directly. Null where the browser has no such picker, or when they think better of it.
 * Call from a gesture; `name` is a safe file name.
 */
export async function pickedFileSink(name: string): Promise<EntrySink | null> {
  const pick = (globalThis as { showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle> })
    .showSaveFilePicker;
  if (pick === undefined) return null;
  try {
    return await openFileSink(await pick({ suggestedName: name }), null);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}
