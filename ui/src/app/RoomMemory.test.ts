// @vitest-environment jsdom
// A reload goes back into the room; leaving does not.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { windowRoomMemory } from './RoomMemory';
import { LINK } from './testing/samples';

const STAY = { link: LINK, camera: true, microphone: false };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  sessionStorage.clear();
});

describe('the memory of a window', () => {
  it('keeps a room over a reload, until it is left', () => {
    const memory = windowRoomMemory();
    memory.keep(STAY);
    expect(windowRoomMemory().stay()).toEqual(STAY);
    memory.forget();
    expect(memory.stay()).toBeNull();
    vi.runAllTimers();
    expect(windowRoomMemory().stay()).toBeNull();
  });

  it('does not forget the room because a page that goes away says goodbye', () => {
    const memory = windowRoomMemory();
    memory.keep(STAY);
    // The page ends in the task in which it says goodbye.
    memory.forget();
    expect(windowRoomMemory().stay()).toEqual(STAY);
  });

  it('keeps the next room although the last was just left', () => {
    const memory = windowRoomMemory();
    memory.keep({ ...STAY, link: 'https://a.example/#v1.x' });
    memory.forget();
    memory.keep(STAY);
    vi.runAllTimers();
    expect(windowRoomMemory().stay()).toEqual(STAY);
  });

  it('goes nowhere by what is no stay', () => {
    for (const text of [LINK, '{', 'null', '7', '{"link":7}']) {
      sessionStorage.setItem('parlor.room', text);
      expect(windowRoomMemory().stay()).toBeNull();
    }
  });
});
