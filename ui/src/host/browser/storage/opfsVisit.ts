// This visit's folder in the origin's private file system (OPFS), and the clearing of what earlier visits left there.
//
// Promises: a folder belongs to a visit as long as the visit holds its lock, which the browser frees when the page dies in whatever way; so
// leftovers are told from the files of another tab for sure. Needs a secure context (https, or http on localhost) and Web Locks.

import type { Random } from '../../../trust/bytes';
import { newId } from '../../../trust/id';
import type { EntrySink } from './entrySink';
import { openFileSink } from './fileSink';

/** The parts of the browser that are needed, so that tests can bring their own. */
export interface OpfsSurroundings {
  root(): Promise<FileSystemDirectoryHandle>;
  /** Web Locks, as `navigator.locks.request`. */
  lock(name: string, options: { ifAvailable: boolean }, held: (lock: Lock | null) => Promise<void>): Promise<void>;
  /** Bytes this origin may still store, about; null when the browser does not say. */
  roomBytes(): Promise<number | null>;
}

const FOLDER = 'received';

/** The browser's own, or null where a part is missing. */
export function browserOpfs(): OpfsSurroundings | null {
  // In an insecure context these are undefined whatever the types say.
  const { storage, locks } = navigator as { storage?: Partial<StorageManager>; locks?: LockManager };
  const canWrite = 'FileSystemFileHandle' in globalThis && 'createWritable' in FileSystemFileHandle.prototype;
  if (storage?.getDirectory === undefined || locks === undefined || !canWrite) return null;
  return {
    root: () => navigator.storage.getDirectory(),
    lock: (name, options, held) => locks.request(name, options, held),
    roomBytes: async () => {
      const { quota, usage } = await navigator.storage.estimate();
      return quota === undefined || usage === undefined ? null : quota - usage;
    },
  };
}

/** The folder of one visit. */
export class OpfsVisit {
  #entries = 0;

  private constructor(
    private readonly around: OpfsSurroundings,
    private readonly folder: FileSystemDirectoryHandle,
    /** Frees the lock, and with it the folder, for the next visit to clear. */
    readonly leave: () => void,
  ) {}

  /** Takes a folder for this visit and clears those of visits that are over. */
  static async begin(around: OpfsSurroundings, random: Random): Promise<OpfsVisit> {
    const name = newId(random);
    // Held before the folder exists, so that no other tab ever sees it without its lock.
    const leave = await holdLock(around, name);
    try {
      const received = await (await around.root()).getDirectoryHandle(FOLDER, { create: true });
      const folder = await received.getDirectoryHandle(name, { create: true });
      await clearOthers(around, received, name);
      return new OpfsVisit(around, folder, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** A place for an entry of `size` bytes; null when the browser says that there is no room. */
  async open(size: number): Promise<EntrySink | null> {
    const room = await this.around.roomBytes();
    if (room !== null && room < size) return null;
    this.#entries += 1;
    const name = String(this.#entries);
    const handle = await this.folder.getFileHandle(name, { create: true });
    return openFileSink(handle, () => this.folder.removeEntry(name));
  }
}

function lockName(visit: string): string {
  return `parlor ${FOLDER} ${visit}`;
}

/** Resolves with how to let go, once the lock is held. */
function holdLock(around: OpfsSurroundings, visit: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    around
      .lock(lockName(visit), { ifAvailable: false }, () => new Promise<void>((letGo) => resolve(() => letGo())))
      .catch(reject);
  });
}

async function clearOthers(around: OpfsSurroundings, received: FileSystemDirectoryHandle, own: string): Promise<void> {
  const names: string[] = [];
  for await (const name of received.keys()) if (name !== own) names.push(name);
  for (const name of names) {
    await around.lock(lockName(name), { ifAvailable: true }, async (lock) => {
      if (lock === null) return;
      try {
        await received.removeEntry(name, { recursive: true });
      } catch (error) {
        // Another tab that started at the same time may have been faster. Anything else must not keep this visit from its own folder:
        // what could not be removed now is tried again by the next visit.
        if (!(error instanceof DOMException)) throw error;
      }
    });
  }
}
