// Chooses where the bytes of a received entry go, best first: the origin's private file system, then blobs up to a cap. A file the user
// picked beforehand (`pickedFileSink`) is better than both, but needs a gesture for each.
//
// Promises: opening never leaves half a place behind; what is kept of an unfinished transfer is in the private file system alone.

import type { Unfinished } from '../../../protocol/Unfinished';
import { BlobRoom } from './blobSink';
import { StorageError, type EntrySink } from './entrySink';
import { openFileSink } from './fileSink';
import type { LeftEntry, OfferFolder } from './OfferFolder';
import { OfferFolders } from './OfferFolders';
import type { OpfsSurroundings } from './opfs';

/** The places of one page. */
export class ReceivedStore {
  readonly #blobs = new BlobRoom();
  readonly #folders: Promise<OfferFolders | null>;

  /** Begins to clear what earlier visits left. `opfs` is `browserOpfs()`. */
  constructor(opfs: OpfsSurroundings | null) {
    // A private window may have the file system and refuse it: blobs then, as where it is missing.
    this.#folders = opfs === null ? Promise.resolve(null) : OfferFolders.begin(opfs).catch(() => null);
  }

  /** A place for an accepted transfer. `offer` is the same for the same offer; null when none is to be known again. */
  async accept(offer: string | null): Promise<StoredOffer> {
    const folders = await this.#folders;
    const folder = offer === null ? null : await folders?.open(offer).catch(() => null);
    return new StoredOffer(folder ?? null, () => folders?.roomBytes() ?? Promise.resolve(null), this.#blobs);
  }

  /** Throws away what is kept of an offer that the user does not want, unless somebody goes on with it. */
  async forget(offer: string): Promise<void> {
    await (await this.#folders)?.forget(offer);
  }

  /** What earlier sessions left, and nobody goes on with at the moment. */
  async unfinished(): Promise<Unfinished> {
    return (await (await this.#folders)?.unfinished()) ?? { transfers: 0, bytes: 0 };
  }

  /** Throws that away. */
  async discardUnfinished(): Promise<void> {
    await (await this.#folders)?.discard();
  }
}

/** The places for the entries of one transfer. */
export class StoredOffer {
  readonly #inFolder: EntrySink[] = [];
  readonly #inBlobs: EntrySink[] = [];
  #isKept = false;

  constructor(
    private readonly folder: OfferFolder | null,
    private readonly roomBytes: () => Promise<number | null>,
    private readonly blobs: BlobRoom,
  ) {}

  /** What an earlier session left, in the order of the entries. */
  async left(): Promise<LeftEntry[]> {
    try {
      return (await this.folder?.left()) ?? [];
    } catch {
      // What cannot be read is received again.
      return [];
    }
  }

  /** A place for an entry of `size` bytes. Rejects with a `StorageError`. */
  async open(entry: number, size: number): Promise<EntrySink> {
    const stored = await this.#openInFolder(entry, size);
    const sink = stored ?? this.blobs.open(size);
    (stored === null ? this.#inBlobs : this.#inFolder).push(sink);
    return sink;
  }

  async #openInFolder(entry: number, size: number): Promise<EntrySink | null> {
    if (this.folder === null) return null;
    try {
      const [room, here] = await Promise.all([this.roomBytes(), this.folder.bytesOf(entry)]);
      return room !== null && room < size - here ? null : await this.folder.open(entry, size);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'no-space') throw error;
      // The file system refused; blobs are the next best.
      return null;
    }
  }

  /** The transfer has ended; parts are kept for a later session, or thrown away. */
  async end(keep: boolean): Promise<void> {
    this.#isKept = keep;
    // Blobs end with the page, so no later session could go on with them.
    for (const sink of keep ? this.#inBlobs : [...this.#inBlobs, ...this.#inFolder]) {
      if (!sink.isFinished) await sink.discard();
    }
    await this.folder?.end(keep);
  }

  /** Throws away what was finished, but for what is kept for a later session. */
  async clear(): Promise<void> {
    for (const sink of this.#inBlobs) await sink.discard();
    if (this.#isKept) return;
    for (const sink of this.#inFolder) await sink.discard();
    await this.folder?.giveUp();
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
    return await openFileSink(await pick({ suggestedName: name }));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}
