// The keys of the room. Silent while one writes, while a dialog is open, and for keys that belong to the focused control.
import { useEffect, useRef } from 'react';

/** What keys do. */
export interface RoomKeys {
  readonly toggleMicrophone: () => void;
  readonly toggleCamera: () => void;
  readonly toggleScreen: () => void;
  readonly chat: () => void;
  readonly files: () => void;
  readonly people: () => void;
  readonly list: () => void;
  readonly close: () => void;
  /** Held down and let go. */
  readonly talk: (isHeld: boolean) => void;
}

/** Listens while the room is on the screen. */
export function useRoomKeys(keys: RoomKeys, isActive: boolean): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (!isActive) return undefined;
    let isTalking = false;
    const endTalk = (): void => {
      if (isTalking) current.current.talk(false);
      isTalking = false;
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
      if (event.key === 'Escape') {
        current.current.close();
        return;
      }
      if (isWriting(event.target)) return;
      if (event.key === ' ') {
        if (isControl(event.target)) return;
        event.preventDefault();
        if (event.repeat || isTalking) return;
        isTalking = true;
        current.current.talk(true);
        return;
      }
      if (event.repeat) return;
      const act = actionOf(event, current.current);
      if (act === null) return;
      event.preventDefault();
      act();
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key === ' ') endTalk();
    };
    addEventListener('keydown', onKeyDown);
    addEventListener('keyup', onKeyUp);
    addEventListener('blur', endTalk);
    return () => {
      endTalk();
      removeEventListener('keydown', onKeyDown);
      removeEventListener('keyup', onKeyUp);
      removeEventListener('blur', endTalk);
    };
  }, [isActive]);
}

/** By the place of the key, so that they work while a Korean keyboard is on. */
function actionOf(event: KeyboardEvent, keys: RoomKeys): (() => void) | null {
  if (event.key === '?') return keys.list;
  switch (event.code) {
    case 'KeyM':
      return keys.toggleMicrophone;
    case 'KeyV':
      return keys.toggleCamera;
    case 'KeyS':
      return keys.toggleScreen;
    case 'KeyC':
      return keys.chat;
    case 'KeyF':
      return keys.files;
    case 'KeyP':
      return keys.people;
    default:
      return null;
  }
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && !isBox(target) && target.closest('input, textarea, select, [contenteditable=true], [role=menu], [role=listbox]') !== null;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (isBox(target) || target.closest('button, a, [role=tab], [role=log]') !== null);
}

/** A box, a switch or one choice of several: nobody writes in it, and only Space is its own. */
function isBox(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && (target.type === 'checkbox' || target.type === 'radio');
}
