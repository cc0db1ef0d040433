// Keeps the focus near when the button that had it goes: a press on "Accept" takes the button away.
//
// Promises: takes no focus that was elsewhere. Left to others: making the element focusable (`tabIndex={-1}`).
import { useLayoutEffect, useRef, type RefObject } from 'react';

/** What to spread over the element that keeps the focus. */
export interface KeptFocus {
  readonly ref: RefObject<HTMLElement | null>;
  readonly onFocus: () => void;
  readonly onBlur: () => void;
}

/** Looks whenever `controls`, a name for what can have the focus inside, changes. */
export function useKeptFocus(controls: string): KeptFocus {
  const ref = useRef<HTMLElement>(null);
  // Nobody hears a blur of what is taken off the page, so this stays true exactly then.
  const isInside = useRef(false);
  useLayoutEffect(() => {
    if (isInside.current && (document.activeElement === null || document.activeElement === document.body)) ref.current?.focus();
  }, [controls]);
  return {
    ref,
    onFocus: () => {
      isInside.current = true;
    },
    onBlur: () => {
      isInside.current = false;
    },
  };
}
