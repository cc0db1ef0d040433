// Entries of an accepted offer that the receiver does not want.
import { describe, expect, it, vi } from 'vitest';

import type { Control } from '../protocol/Control';
import { BLOCK_BYTES } from '../protocol/limits';
import type { TransferCode } from '../protocol/TransferCode';
import { equalBytes, type Bytes } from '../trust/bytes';
import { TransferError } from './error';
import { fastHash, seededBytes, TestNetwork } from './testNetwork';

vi.setConfig({ testTimeout: 120_000 });

const T1 = '1'.repeat(32);
const FILES: [string, Bytes][] = [
  ['folder/a', seededBytes(1, 2 * BLOCK_BYTES + 1)],
  ['folder/b.exe', seededBytes(2, 3 * BLOCK_BYTES)],
  ['c', new Uint8Array(0)],
  ['d', seededBytes(3, 12 * BLOCK_BYTES)],
  ['e', new Uint8Array(0)],
];
const TOTAL = 17 * BLOCK_BYTES + 1;

function offered(seed: number): TestNetwork {
  const network = new TestNetwork(seed, fastHash);
  network.linkUp();
  network.offer(T1, FILES);
  return network;
}

function expectWhole(network: TestNetwork, wanted: readonly number[]): void {
  for (const [index, [, bytes]] of FILES.entries()) {
    const stored = network.b.entry(T1, index);
    expect(stored?.state).toBe(wanted.includes(index) ? 'finished' : undefined);
    if (stored !== undefined) expect(equalBytes(stored.bytes, bytes)).toBe(true);
  }
}

describe('entries that are not wanted', () => {
  it('fail as "declined" on both sides, and the rest is proven without them', () => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const network = offered(seed);
      const reads = new Set<number>();
      network.a.refuse = (order) => {
        if (order.type === 'read-block') reads.add(order.entry);
        return null;
      };
      network.run();
      expect(network.b.transfer(T1)).toMatchObject({ state: 'waiting', total_bytes: TOTAL });
      network.accept(T1, [4, 1]);
      expect(network.b.transfer(T1)).toMatchObject({ state: 'moving', total_bytes: TOTAL - 3 * BLOCK_BYTES, proven_count: 0 });
      const said = network.b.control.map((text) => JSON.parse(text) as Control);
      expect(said).toEqual([
        { type: 'entry-failed', transfer: T1, entry: 1, code: 'declined' },
        { type: 'entry-failed', transfer: T1, entry: 4, code: 'declined' },
        { type: 'accept', transfer: T1, resume: [] },
      ]);
      network.run();
      for (const side of [network.a, network.b]) {
        expect(side.transfer(T1)).toMatchObject({ state: 'proven', code: null, proven_count: 3, entry_count: 5 });
        expect(side.transfer(T1)).toMatchObject({ total_bytes: TOTAL - 3 * BLOCK_BYTES, stored_bytes: TOTAL - 3 * BLOCK_BYTES });
        expect(side.transfer(T1)?.entries.map(({ failed }) => failed)).toEqual([null, 'declined', null, null, 'declined']);
        expect(side.released).toEqual([T1]);
      }
      expect(reads).toEqual(new Set([0, 3]));
      expectWhole(network, [0, 2, 3]);
      expect([network.a.missing.get(T1), network.b.missing.get(T1)]).toEqual([[1, 4], []]);
    }
  });

  it('are so over a lost link', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const network = offered(seed);
      network.accept(T1, [1]);
      for (let cut = 0; cut < 4; cut += 1) {
        for (let steps = seed * 11 * (cut + 1); steps > 0; steps -= 1) network.step();
        network.linkLost();
        network.linkUp();
      }
      network.run();
      for (const side of [network.a, network.b]) {
        expect(side.transfer(T1), `seed ${seed}`).toMatchObject({ state: 'proven', proven_count: 4, total_bytes: TOTAL - 3 * BLOCK_BYTES });
        expect(side.transfer(T1)?.entries[1]?.failed).toBe('declined');
      }
      expectWhole(network, [0, 2, 3, 4]);
    }
  });

  it('can be named while there is no link', () => {
    const network = offered(3);
    network.run();
    network.linkLost();
    network.accept(T1, [0, 3]);
    network.linkUp();
    network.run();
    expect(network.a.transfer(T1)).toMatchObject({ state: 'proven', proven_count: 3, stored_bytes: 3 * BLOCK_BYTES });
    expectWhole(network, [1, 2, 4]);
  });

  it('are wanted after all by a receiver that has forgotten the offer', () => {
    for (const without of [[], [0, 2]]) {
      const network = offered(4);
      network.accept(T1, [1, 2]);
      network.run(() => network.a.transfer(T1)?.entries[1]?.failed === 'declined' && (network.a.transfer(T1)?.stored_bytes ?? 0) > 0);
      network.linkLost();
      network.forgetB();
      network.linkUp();
      network.accept(T1, without);
      network.run();
      const wanted = [0, 1, 2, 3, 4].filter((entry) => !without.includes(entry));
      expect(network.a.transfer(T1)).toMatchObject({ state: 'proven', proven_count: wanted.length });
      expectWhole(network, wanted);
    }
  });

  it('are apart from those that fail', () => {
    const network = offered(5);
    network.b.refuse = (order) =>
      order.type === 'write-block' && order.entry === 0
        ? { type: 'block-written', transfer: T1, entry: 0, block: order.block, result: 'write-failed' }
        : null;
    network.accept(T1, [1]);
    network.run();
    for (const side of [network.a, network.b]) {
      expect(side.transfer(T1)).toMatchObject({ state: 'partial', proven_count: 3 });
      expect(side.transfer(T1)?.entries.map(({ failed }) => failed)).toEqual(['write-failed', 'declined', null, null, null]);
    }
    expect(network.a.missing.get(T1)).toEqual([0, 1]);
  });

  it('cannot be all of them, nor one that does not exist, nor one twice; the offer waits on', () => {
    const network = offered(6);
    network.run();
    for (const without of [[0, 1, 2, 3, 4], [5], [-1], [0.5], [Number.NaN], [1, 1], [0, 1, 2, 3, 4, 5]]) {
      expect(() => network.tell(network.b, { type: 'accept', transfer: T1, without })).toThrow(new TransferError('not-now'));
    }
    expect(network.b.transfer(T1)).toMatchObject({ state: 'waiting', total_bytes: TOTAL });
    expect(network.b.transfer(T1)?.entries.every(({ failed }) => failed === null)).toBe(true);
    expect(network.b.control).toEqual([]);
    network.accept(T1, [0, 1, 2, 3]);
    network.run();
    expect(network.a.transfer(T1)).toMatchObject({ state: 'proven', proven_count: 1, total_bytes: 0, stored_bytes: 0 });
  });
});

describe('the code "declined"', () => {
  const codesSaid = (texts: readonly string[]): TransferCode[] =>
    texts.map((text) => JSON.parse(text) as Control).flatMap((message) => (message.type === 'cancel' ? [message.code] : []));

  it('is not the sender\'s to say', () => {
    const network = offered(7);
    network.accept(T1);
    network.b.control = [];
    network.tell(network.b, { type: 'control-received', message: { type: 'entry-failed', transfer: T1, entry: 0, code: 'declined' } });
    expect(codesSaid(network.b.control)).toEqual(['protocol']);
    expect(network.b.transfer(T1)).toMatchObject({ state: 'cancelled', code: 'protocol' });
  });

  it('cannot be said of every entry', () => {
    const network = offered(8);
    network.a.control = [];
    for (const entry of FILES.keys()) {
      expect(codesSaid(network.a.control)).toEqual([]);
      network.tell(network.a, { type: 'control-received', message: { type: 'entry-failed', transfer: T1, entry, code: 'declined' } });
    }
    expect(codesSaid(network.a.control)).toEqual(['protocol']);
    expect(network.a.transfer(T1)).toMatchObject({ state: 'cancelled', code: 'protocol' });
  });

  it('is the only one to be said before "accept", and only of what was offered', () => {
    const say = (entry: number, code: TransferCode): TransferCode[] => {
      const network = offered(8);
      network.a.control = [];
      network.tell(network.a, { type: 'control-received', message: { type: 'entry-failed', transfer: T1, entry, code } });
      return codesSaid(network.a.control);
    };
    expect([say(0, 'declined'), say(4, 'declined')]).toEqual([[], []]);
    expect([say(5, 'declined'), say(0, 'write-failed')]).toEqual([['protocol'], ['protocol']]);
  });
});

describe('an ended transfer', () => {
  it('names what did not arrive', () => {
    const network = offered(10);
    network.accept(T1);
    network.run(() => (network.a.transfer(T1)?.proven_count ?? 0) >= 2);
    network.tell(network.b, { type: 'cancel', transfer: T1 });
    network.run();
    const proven = network.a.transfer(T1)?.entries.flatMap((entry, index) => (entry.proven ? [index] : []));
    expect(network.a.missing.get(T1)).toEqual([0, 1, 2, 3, 4].filter((entry) => proven?.includes(entry) !== true));
    expect(network.b.missing.get(T1)).toEqual([]);
  });
});

describe('an offer', () => {
  it('with something that systems run says so to who receives it, however much lies before it', () => {
    const network = offered(9);
    const [T2, T3] = ['2'.repeat(32), '3'.repeat(32)];
    const many = Array.from({ length: 900 }, (_, number): [string, Bytes] => [`exe/${number}`, new Uint8Array(1)]);
    network.offer(T2, many);
    network.offer(T3, [...many, ['folder/Setup.EXE', new Uint8Array(1)]]);
    network.run();
    expect([T1, T2, T3].map((transfer) => network.b.transfer(transfer)?.executable)).toEqual([true, false, true]);
    expect([T1, T2, T3].map((transfer) => network.a.transfer(transfer)?.executable)).toEqual([false, false, false]);
  });
});
