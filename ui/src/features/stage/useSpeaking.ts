// Marks an element while somebody speaks. Written past React, since levels change with every frame.
//
// Promises: `data-speaking` stands while speech goes on, short pauses included; `data-loudness` is 0 to 3; both are gone when
// there is nothing to listen to.
import { useEffect, type RefObject } from 'react';
import { loudness, SPEECH_PAUSE_MS } from '../../shared/view/speech';

/** Calls a listener with levels, 0 to 1; returns how to stop. */
export type WatchLevel = (listener: (level: number) => void) => () => void;

/** Listens while `watch` is not null. Give the same function as long as it is the same sound. */
export function useSpeaking(ref: RefObject<HTMLElement | null>, watch: WatchLevel | null): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null || watch === null) return undefined;
    let silence: ReturnType<typeof setTimeout> | null = null;
    let heardAtMs = 0;
    let last: number | null = null;
    const fall = (): void => {
      const left = heardAtMs + SPEECH_PAUSE_MS - performance.now();
      silence = left > 0 ? setTimeout(fall, left) : null;
      if (silence === null) element.removeAttribute('data-speaking');
    };
    const stop = watch((level) => {
      const now = loudness(level);
      if (now !== last) element.dataset['loudness'] = String(now);
      last = now;
      if (now === 0) return;
      heardAtMs = performance.now();
      if (silence !== null) return;
      element.setAttribute('data-speaking', '');
      silence = setTimeout(fall, SPEECH_PAUSE_MS);
    });
    return () => {
      stop();
      if (silence !== null) clearTimeout(silence);
      element.removeAttribute('data-speaking');
      element.removeAttribute('data-loudness');
    };
  }, [ref, watch]);
}
