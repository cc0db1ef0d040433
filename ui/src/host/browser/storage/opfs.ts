// What is needed of the browser to keep files in the origin's private file system (OPFS).
//
// Promises: a lock is freed when the page dies in whatever way, so what another tab uses is told for sure from what was left behind. Needs a
// secure context (https, or http on localhost) and Web Locks.

/** The parts of the browser, so that tests can bring their own. */
export interface OpfsSurroundings {
  root(): Promise<FileSystemDirectoryHandle>;
  /** Web Locks, as `navigator.locks.request`. */
  lock(name: string, options: { ifAvailable: boolean }, held: (lock: Lock | null) => Promise<void>): Promise<void>;
  /** Bytes this origin may still store, about; null when the browser does not say. */
  roomBytes(): Promise<number | null>;
  /** Milliseconds since 1970. */
  now(): number;
}

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
    now: () => Date.now(),
  };
}

/** Takes a lock if it is free. Gives how to let it go, or null when someone else has it. */
export function takeLock(around: Pick<OpfsSurroundings, 'lock'>, name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> => {
      if (lock !== null) return new Promise<void>((letGo) => resolve(() => letGo()));
      resolve(null);
      return Promise.resolve();
    };
    around.lock(name, { ifAvailable: true }, held).catch(reject);
  });
}
