// @vitest-environment jsdom
// A reload goes back into the room; leaving does not.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { windowRoomMemory } from './RoomMemory';
import { LINK } from './testing/samples';

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
    memory.keep(LINK);
    expect(windowRoomMemory().link()).toBe(LINK);
    memory.forget();
    expect(memory.link()).toBeNull();
    vi.runAllTimers();
    expect(windowRoomMemory().link()).toBeNull();
  });

  it('does not forget the room because a page that goes away says goodbye', () => {
    const memory = windowRoomMemory();
    memory.keep(LINK);
    // The page ends in the task in which it says goodbye.
    memory.forget();
    expect(windowRoomMemory().link()).toBe(LINK);
  });

  it('keeps the next room although the last was just left', () => {
    const memory = windowRoomMemory();
    memory.keep('https://a.example/#v1.x');
    memory.forget();
    memory.keep(LINK);
    vi.runAllTimers();
    expect(windowRoomMemory().link()).toBe(LINK);
  });
});
