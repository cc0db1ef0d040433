// Remembers, for this window only, which room it is in, so that a reload goes back. Leaving forgets it.

/** Where the link of the current room is kept. */
export interface RoomMemory {
  link(): string | null;
  keep(link: string): void;
  forget(): void;
}

const KEY = 'parlor.room';

/** In the window's session storage; without one (a strict browser) nothing is remembered and nothing breaks. */
export function windowRoomMemory(): RoomMemory {
  const attempt = <T>(act: (storage: Storage) => T, otherwise: T): T => {
    try {
      return act(sessionStorage);
    } catch {
      return otherwise;
    }
  };
  // A page that goes away says goodbye, which closes its room; that is no reason to forget it. So forgetting is a task of
  // its own: a page that goes away runs no more of them.
  let forgetting: ReturnType<typeof setTimeout> | null = null;
  return {
    link: () => (forgetting === null ? attempt((storage) => storage.getItem(KEY), null) : null),
    keep: (link) => {
      if (forgetting !== null) clearTimeout(forgetting);
      forgetting = null;
      attempt((storage) => storage.setItem(KEY, link), undefined);
    },
    forget: () => {
      forgetting ??= setTimeout(() => {
        forgetting = null;
        attempt((storage) => storage.removeItem(KEY), undefined);
      });
    },
  };
}
