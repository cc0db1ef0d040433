// Remembers, for this window only, which room it is in and which devices are on, so that a reload, or a page that comes back after its
// process has ended, goes on as it was. Leaving forgets it.

/** A stay in a room. */
export interface Stay {
  readonly link: string;
  readonly camera: boolean;
  readonly microphone: boolean;
}

/** Where the current stay is kept. */
export interface RoomMemory {
  stay(): Stay | null;
  keep(stay: Stay): void;
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
    stay: () => (forgetting === null ? attempt((storage) => stayIn(storage.getItem(KEY)), null) : null),
    keep: (stay) => {
      if (forgetting !== null) clearTimeout(forgetting);
      forgetting = null;
      attempt((storage) => storage.setItem(KEY, JSON.stringify(stay)), undefined);
    },
    forget: () => {
      forgetting ??= setTimeout(() => {
        forgetting = null;
        attempt((storage) => storage.removeItem(KEY), undefined);
      });
    },
  };
}

/** Only this page writes there, but an older one may have. */
function stayIn(text: string | null): Stay | null {
  const value: unknown = JSON.parse(text ?? 'null');
  if (typeof value !== 'object' || value === null) return null;
  const { link, camera, microphone } = value as Partial<Record<keyof Stay, unknown>>;
  return typeof link === 'string' ? { link, camera: camera === true, microphone: microphone === true } : null;
}
