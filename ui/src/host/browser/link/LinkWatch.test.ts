import { describe, expect, it } from 'vitest';

import { INTERRUPTED_MS, LinkWatch, PING_MS, REBUILD_MS } from './LinkWatch';

describe('a watched link', () => {
  it('is pinged at a steady pace and is never interrupted while it answers', () => {
    const watch = new LinkWatch(0);
    const pings: number[] = [];
    for (let nowMs = 0; nowMs <= 60_000; nowMs = watch.deadlineMs ?? Infinity) {
      for (const output of watch.tick(nowMs)) {
        expect(output.type).toBe('send-ping');
        pings.push(nowMs);
        expect(watch.heard(nowMs)).toEqual([]);
      }
    }
    expect(pings.slice(0, 3)).toEqual([PING_MS, 2 * PING_MS, 3 * PING_MS]);
  });

  it('counts as interrupted once, and as mended when anything is heard', () => {
    const watch = new LinkWatch(0);
    expect(watch.tick(INTERRUPTED_MS).map(({ type }) => type)).toEqual(['interrupted', 'send-ping']);
    expect(watch.tick(INTERRUPTED_MS + 1)).toEqual([]);
    expect(watch.heard(INTERRUPTED_MS + 2)).toEqual([{ type: 'mended' }]);
    expect(watch.heard(INTERRUPTED_MS + 3)).toEqual([]);
  });

  it('is lost after too long a silence, and then wants nothing more', () => {
    const watch = new LinkWatch(0);
    watch.tick(INTERRUPTED_MS);
    expect(watch.tick(REBUILD_MS)).toEqual([{ type: 'lost' }]);
    expect(watch.deadlineMs).toBeNull();
    expect(watch.tick(REBUILD_MS + 60_000)).toEqual([]);
  });
});
