import { describe, expect, it, vi } from 'vitest';

import { BLOCK_BYTES, WINDOW_BYTES } from '../protocol/limits';
import { fastHash, seeded, seededBytes, TestNetwork } from './testNetwork';
import { TransferError } from './error';
import { equalBytes } from '../trust/bytes';

// A machine that also builds is slow; nothing here waits for time.
vi.setConfig({ testTimeout: 120_000 });

const T1 = '1'.repeat(32);
const T2 = '2'.repeat(32);

/** Comparing a megabyte by `toEqual` takes seconds. */
function expectEntry(network: TestNetwork, entry: number, path: string, bytes: Uint8Array, seed: number): void {
  const stored = network.b.entry(T1, entry);
  expect({ path: stored?.path, state: stored?.state }, `seed ${seed}`).toEqual({ path, state: 'finished' });
  expect(equalBytes(stored?.bytes ?? new Uint8Array(0), bytes), `seed ${seed}, entry ${entry}`).toBe(true);
}

describe('two exchanges over a network', () => {
  it('move files of every shape, in any order of delivery', () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const network = new TestNetwork(seed);
      network.linkUp();
      const files: [string, Uint8Array<ArrayBuffer>][] = [
        ['one', seededBytes(1, 1)],
        ['empty', new Uint8Array(0)],
        ['folder/exact', seededBytes(2, BLOCK_BYTES)],
        ['folder/more', seededBytes(3, BLOCK_BYTES + 1)],
        ['empty too', new Uint8Array(0)],
      ];
      network.offer(T1, files);
      network.accept(T1);
      network.run();
      for (const [index, [path, bytes]] of files.entries()) {
        expectEntry(network, index, path, bytes, seed);
      }
      for (const side of [network.a, network.b]) {
        expect(side.transfer(T1)).toMatchObject({ state: 'proven', proven_count: 5, stored_bytes: 2 * BLOCK_BYTES + 2 });
        expect(side.released).toEqual([T1]);
        expect(side.exchange.isBusy).toBe(false);
        expect(side.exchange.nextTimeoutMs()).toBeNull();
      }
    }
  });

  it('keep what is under way within the window', () => {
    const network = new TestNetwork(7, fastHash);
    network.linkUp();
    const withheld: (() => void)[] = [];
    network.b.refuse = (order) => {
      if (order.type !== 'write-block') return null;
      const { transfer, entry, block } = order;
      withheld.push(() => network.b.answers.push({ type: 'block-written', transfer, entry, block, result: null }));
      // The disk does not answer; a harmless tick stands in for it.
      return { type: 'tick' };
    };
    network.offer(T1, [['large', new Uint8Array(20 * BLOCK_BYTES)]]);
    network.accept(T1);
    network.run();
    expect(withheld).toHaveLength(WINDOW_BYTES / BLOCK_BYTES);
    while (withheld.length > 0) {
      withheld.shift()?.();
      network.run();
    }
    expect(network.a.transfer(T1)?.state).toBe('proven');
    expect(network.a.mostQueuedBytes).toBeLessThan(WINDOW_BYTES + 64 * 1024);
  });

  it('keep what is under way within two seconds of a limited speed, a block at least', () => {
    const underWay = (...limits: (number | null)[]): number => {
      const network = new TestNetwork(7, fastHash);
      network.linkUp();
      let blocks = 0;
      network.b.refuse = (order) => {
        if (order.type !== 'write-block') return null;
        blocks += 1;
        return { type: 'tick' };
      };
      network.offer(T1, [['large', new Uint8Array(20 * BLOCK_BYTES)]]);
      network.accept(T1);
      for (const bytesPerSecond of limits) {
        network.tell(network.a, { type: 'limit-speed', bytesPerSecond });
        network.run();
      }
      return blocks;
    };
    const all = WINDOW_BYTES / BLOCK_BYTES;
    expect([0, 1, BLOCK_BYTES, 1.5 * BLOCK_BYTES, 2 * BLOCK_BYTES - 1, 10 * all * BLOCK_BYTES].map((limit) => underWay(limit))).toEqual([1, 1, 2, 3, 3, all]);
    expect(underWay(1, null)).toBe(all);
  });

  it('go on where they were after the link was lost at any moment', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const network = new TestNetwork(seed, fastHash);
      const chance = seeded(seed);
      network.linkUp();
      const files: [string, Uint8Array<ArrayBuffer>][] = [
        ['a', seededBytes(seed, 3 * BLOCK_BYTES + 17)],
        ['b', new Uint8Array(0)],
        ['c', seededBytes(seed + 100, 2 * BLOCK_BYTES)],
      ];
      network.offer(T1, files);
      let isAccepted = false;
      for (let cut = 0; cut < 6; cut += 1) {
        for (let steps = Math.floor(chance() * 120); steps > 0; steps -= 1) {
          if (!isAccepted && network.b.transfer(T1)?.state === 'waiting') {
            isAccepted = true;
            network.tell(network.b, { type: 'accept', transfer: T1, without: [] });
          }
          network.step();
        }
        network.linkLost();
        for (let steps = Math.floor(chance() * 10); steps > 0; steps -= 1) network.step();
        network.linkUp();
      }
      if (!isAccepted) network.accept(T1);
      network.run();
      for (const [index, [path, bytes]] of files.entries()) {
        expectEntry(network, index, path, bytes, seed);
      }
      expect(network.a.transfer(T1)?.state, `seed ${seed}`).toBe('proven');
      expect(network.b.transfer(T1)?.state, `seed ${seed}`).toBe('proven');
    }
  });

  it('say "interrupted" while there is no link, and "moving" again', () => {
    const network = new TestNetwork(1, fastHash);
    network.linkUp();
    network.offer(T1, [['a', new Uint8Array(12 * BLOCK_BYTES)]]);
    network.accept(T1);
    network.run(() => network.a.transfer(T1)?.state === 'moving' && network.b.transfer(T1)?.state === 'moving');
    network.linkLost();
    expect([network.a.transfer(T1)?.state, network.b.transfer(T1)?.state]).toEqual(['interrupted', 'interrupted']);
    network.linkUp();
    network.run(() => network.a.transfer(T1)?.state === 'moving');
    expect(network.b.transfer(T1)?.state).toBe('moving');
  });

  it('take blocks of several transfers in turn', () => {
    const network = new TestNetwork(3, fastHash);
    network.linkUp();
    network.offer(T1, [['large', new Uint8Array(30 * BLOCK_BYTES)]]);
    network.offer(T2, [['small', new Uint8Array(BLOCK_BYTES)]]);
    network.accept(T1);
    network.accept(T2);
    network.run(() => network.a.transfer(T2)?.state === 'proven');
    expect(network.a.transfer(T1)?.state).toBe('moving');
    network.run();
    expect(network.a.transfer(T1)?.state).toBe('proven');
  });

  it('end an entry that cannot be read or written alone', () => {
    const network = new TestNetwork(4, fastHash);
    network.linkUp();
    network.a.refuse = (order) => {
      if (order.type !== 'read-block' || order.entry !== 1 || order.block !== 1) return null;
      return { type: 'block-read', transfer: T1, entry: 1, block: 1, result: 'source-changed' };
    };
    network.b.refuse = (order) => {
      if (order.type !== 'write-block' || order.entry !== 2) return null;
      return { type: 'block-written', transfer: T1, entry: 2, block: order.block, result: 'write-failed' };
    };
    const files = [0, 1, 2, 3].map((n): [string, Uint8Array<ArrayBuffer>] => [`${n}`, new Uint8Array(3 * BLOCK_BYTES).fill(n)]);
    network.offer(T1, files);
    network.accept(T1);
    network.run();
    for (const side of [network.a, network.b]) {
      expect(side.transfer(T1)).toMatchObject({ state: 'partial', proven_count: 2 });
      expect(side.transfer(T1)?.entries.map(({ failed }) => failed)).toEqual([null, 'source-changed', 'write-failed', null]);
    }
    expect([0, 2, 3].map((entry) => network.b.entry(T1, entry)?.state)).toEqual(['finished', 'discarded', 'finished']);
    // It may have failed before anything of it was sent.
    expect(network.b.entry(T1, 1)?.state).not.toBe('finished');
  });

  it('give the window back for entries that failed under way', () => {
    const network = new TestNetwork(5, fastHash);
    network.linkUp();
    network.b.refuse = (order) => {
      if (order.type !== 'write-block' || order.entry === 39) return null;
      return { type: 'block-written', transfer: T1, entry: order.entry, block: order.block, result: 'write-failed' };
    };
    network.offer(T1, Array.from({ length: 40 }, (_, n) => [`${n}`, new Uint8Array(BLOCK_BYTES)]));
    network.accept(T1);
    network.run();
    expect(network.a.transfer(T1)).toMatchObject({ state: 'partial', proven_count: 1 });
  });

  it('end the whole transfer when there is no space', () => {
    const network = new TestNetwork(6, fastHash);
    network.linkUp();
    network.b.refuse = (order) =>
      order.type === 'write-block'
        ? { type: 'block-written', transfer: T1, entry: order.entry, block: order.block, result: 'no-space' }
        : null;
    network.offer(T1, [['a', new Uint8Array(3 * BLOCK_BYTES)]]);
    network.accept(T1);
    network.run();
    expect(network.a.transfer(T1)).toMatchObject({ state: 'cancelled', code: 'no-space', ended_by_us: false });
    expect(network.b.transfer(T1)).toMatchObject({ state: 'cancelled', code: 'no-space', ended_by_us: true });
    expect(network.b.released).toEqual([T1]);
  });

  it('write nothing before consent, and nothing after a refusal', () => {
    const network = new TestNetwork(8, fastHash);
    network.linkUp();
    network.offer(T1, [['a', new Uint8Array(10)]]);
    network.run();
    expect(network.b.stored.size).toBe(0);
    network.tell(network.b, { type: 'decline', transfer: T1 });
    network.run();
    expect(network.a.transfer(T1)).toMatchObject({ state: 'declined', ended_by_us: false });
    expect(network.b.stored.size).toBe(0);
  });

  it('say again what the other side cannot have heard', () => {
    const network = new TestNetwork(9, fastHash);
    network.linkUp();
    network.offer(T1, [['a', new Uint8Array(10)]]);
    network.run();
    network.linkLost();
    network.tell(network.b, { type: 'decline', transfer: T1 });
    network.tell(network.a, { type: 'send-text', id: T2, body: 'hello', sentAtMs: 3 });
    network.linkUp();
    network.run();
    expect(network.a.transfer(T1)?.state).toBe('declined');
    expect(network.b.texts()).toEqual(['hello']);
    network.linkLost();
    network.linkUp();
    network.run();
    expect(network.b.texts()).toEqual(['hello']);
    expect(network.a.events.filter(({ type }) => type === 'text-delivered')).toHaveLength(1);
  });

  it('send only text that others can read', () => {
    const network = new TestNetwork(12, fastHash);
    network.linkUp();
    network.tell(network.a, { type: 'send-text', id: T1, body: 'half \ud83c of a house 🏠', sentAtMs: 1 });
    network.offer(T2, [['half \ud83c', new Uint8Array(0)]]);
    network.accept(T2);
    network.run();
    expect(network.b.texts()).toEqual(['half \ufffd of a house 🏠']);
    expect(network.b.entry(T2, 0)?.path).toBe('half \ufffd');
  });

  it('cancel from either side, whatever is under way', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const network = new TestNetwork(seed, fastHash);
      network.linkUp();
      network.offer(T1, [['a', new Uint8Array(9 * BLOCK_BYTES)]]);
      network.accept(T1);
      network.run(() => (network.b.transfer(T1)?.stored_bytes ?? 0) > 0);
      network.tell(seed % 2 === 0 ? network.a : network.b, { type: 'cancel', transfer: T1 });
      network.run();
      expect(network.a.transfer(T1)?.state, `seed ${seed}`).toBe('cancelled');
      expect(network.b.transfer(T1)?.state, `seed ${seed}`).toBe('cancelled');
      // The window is whole again: another transfer runs through.
      network.offer(T2, [['b', new Uint8Array(9 * BLOCK_BYTES)]]);
      network.accept(T2);
      network.run();
      expect(network.a.transfer(T2)?.state, `seed ${seed}`).toBe('proven');
    }
  });

  it('carry offers too long for one message, and four thousand small files', () => {
    const network = new TestNetwork(10, fastHash);
    network.linkUp();
    network.offer(T1, Array.from({ length: 4_000 }, (_, n) => [`folder ${n % 7}/file ${n}`, new Uint8Array(n % 3)]));
    network.accept(T1);
    network.run();
    expect(network.a.transfer(T1)).toMatchObject({ state: 'proven', proven_count: 4_000, entry_count: 4_000 });
    expect(network.b.transfer(T1)?.entries).toHaveLength(200);
  });

  it('tell progress at most five times a second', () => {
    const network = new TestNetwork(11, fastHash);
    network.linkUp();
    network.offer(T1, [['a', new Uint8Array(40 * BLOCK_BYTES)]]);
    network.accept(T1);
    const before = network.nowMs;
    network.run();
    const told = network.a.events.filter(({ type }) => type === 'transfer-changed').length;
    expect(told).toBeLessThan((network.nowMs - before) / 200 + 5);
    expect(told).toBeGreaterThan(5);
  });
});

describe('wishes that are not granted', () => {
  it('are named and change nothing', () => {
    const network = new TestNetwork(1, fastHash);
    const refused = (act: () => void): string | null => {
      try {
        act();
        return null;
      } catch (error) {
        return error instanceof TransferError ? error.code : 'another error';
      }
    };
    const offerOf = (entries: { path: string[]; size: number }[]) => () =>
      network.tell(network.a, { type: 'offer-files', transfer: T1, entries });
    expect(refused(offerOf([]))).toBe('offer-invalid');
    expect(refused(offerOf([{ path: ['..'], size: 1 }]))).toBe('offer-invalid');
    expect(refused(offerOf([{ path: ['a'], size: -1 }]))).toBe('offer-invalid');
    expect(refused(() => network.tell(network.a, { type: 'accept', transfer: T1, without: [] }))).toBe('not-now');
    expect(refused(() => network.tell(network.a, { type: 'cancel', transfer: T1 }))).toBe('not-now');
    const long = { type: 'send-text', id: T1, body: 'é'.repeat(16_385), sentAtMs: 0 } as const;
    expect(refused(() => network.tell(network.a, long))).toBe('text-too-long');
    expect(network.a.exchange.isBusy).toBe(false);
    expect(network.a.events).toEqual([]);
  });
});
