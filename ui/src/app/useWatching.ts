// Whether one only watches: nothing moved, pressed or touched for a while.
import { useEffect, useState } from 'react';

/** Stillness after which the controls step back. */
const STILL_MS = 3_000;

/** True after three seconds of stillness, while `isEnabled`. */
export function useWatching(isEnabled: boolean): boolean {
  const [isStill, setStill] = useState(false);
  useEffect(() => {
    if (!isEnabled) return undefined;
    let timer = setTimeout(() => setStill(true), STILL_MS);
    const stir = (): void => {
      clearTimeout(timer);
      setStill(false);
      timer = setTimeout(() => setStill(true), STILL_MS);
    };
    const kinds = ['pointermove', 'pointerdown', 'keydown', 'focusin', 'wheel'] as const;
    for (const kind of kinds) addEventListener(kind, stir, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const kind of kinds) removeEventListener(kind, stir);
    };
  }, [isEnabled]);
  return isEnabled && isStill;
}
