// Knows whether another window of this program is in a room, so that nobody sits there twice by accident.
//
// Promises: answers at once; a window that died in whatever way counts as not there. What is asked stays within the origin. Without Web
// Locks (an insecure page) other windows are not known.

/** The other windows. */
export interface OtherWindows {
  /** Whether another window is in the room of this link. */
  isIn(link: string): Promise<boolean>;
  /** Answers for this window from now on; returns how to stop. */
  enter(link: string): () => void;
}

/** Each window holds a lock of its room, which any number may hold (https://www.w3.org/TR/web-locks/). */
export function lockedRooms({ locks }: { readonly locks?: LockManager } = navigator): OtherWindows {
  if (locks === undefined) return { isIn: () => Promise.resolve(false), enter: () => () => undefined };
  return {
    isIn: async (link) => {
      const name = nameOf(link);
      const { held = [] } = await locks.query();
      return held.some((lock) => lock.name === name);
    },
    enter: (link) => {
      const until = new AbortController();
      const left = new Promise<void>((resolve) => until.signal.addEventListener('abort', () => resolve()));
      // Refused in pages that keep nothing, such as a frame without an origin: then it is known to nobody.
      locks.request(nameOf(link), { mode: 'shared' }, () => left).catch((error: unknown) => console.warn('other windows will not know of this one', error));
      return () => until.abort();
    },
  };
}

/** Both forms of a link end in the same secret. */
function nameOf(link: string): string {
  return `parlor.rooms${link.slice(link.indexOf('#'))}`;
}
