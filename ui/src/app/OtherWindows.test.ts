import { afterEach, describe, expect, it, vi } from 'vitest';

import { lockedRooms } from './OtherWindows';

const LINK = 'https://parlor.example/j#1.secret';

/** Locks of one origin, as its windows see them. */
class Locks {
  readonly #held: string[] = [];

  async request(name: string, _: LockOptions, held: (lock: Lock) => Promise<void>): Promise<void> {
    this.#held.push(name);
    await held({ name, mode: 'shared' });
    this.#held.splice(this.#held.indexOf(name), 1);
  }

  query(): Promise<LockManagerSnapshot> {
    return Promise.resolve({ held: this.#held.map((name) => ({ name })), pending: [] });
  }
}

function windows(count: number) {
  const locks = new Locks() as unknown as LockManager;
  return Array.from({ length: count }, () => lockedRooms({ locks }));
}

afterEach(() => vi.unstubAllGlobals());

describe('the other windows', () => {
  it('are known to be in a room, by either form of its link, until all have left', async () => {
    const [one, two, three] = windows(3);
    const [leaveOne, leaveTwo] = [one?.enter(LINK), two?.enter(LINK)];
    expect(await three?.isIn('parlor://join#1.secret')).toBe(true);
    leaveOne?.();
    await Promise.resolve();
    expect(await three?.isIn(LINK)).toBe(true);
    leaveTwo?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(await three?.isIn(LINK)).toBe(false);
  });

  it('are not taken for ones in another room', async () => {
    const [one, two] = windows(2);
    one?.enter(LINK);
    expect(await two?.isIn('https://parlor.example/j#1.other')).toBe(false);
  });

  it('are not known on a page without locks', async () => {
    vi.stubGlobal('navigator', {});
    const alone = lockedRooms();
    alone.enter(LINK)();
    expect(await alone.isIn(LINK)).toBe(false);
  });
});
