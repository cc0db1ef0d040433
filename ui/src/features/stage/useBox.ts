// How large an element is, as it changes.
import { useLayoutEffect, useState, type RefObject } from 'react';
import type { Size } from './grid';

/** Inner size of an element and the gap between what stands in it, pixels. */
export interface Box extends Size {
  readonly gap: number;
}

/** The box of `ref`'s element; null before it is on the screen. Looks anew whenever `key` changes. */
export function useBox(ref: RefObject<HTMLElement | null>, key: string): Box | null {
  const [box, setBox] = useState<Box | null>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      const gap = Number.parseFloat(getComputedStyle(element).columnGap) || 0;
      if (width === 0 || height === 0) return;
      setBox((before) => (before?.width === width && before.height === height && before.gap === gap ? before : { width, height, gap }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, key]);
  return box;
}
