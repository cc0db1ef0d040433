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
  return {
    link: () => attempt((storage) => storage.getItem(KEY), null),
    keep: (link) => attempt((storage) => storage.setItem(KEY, link), undefined),
    forget: () => attempt((storage) => storage.removeItem(KEY), undefined),
  };
}
