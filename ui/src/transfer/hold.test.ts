// A transfer that one side or both hold up: nothing more than what is under way moves, and it goes on where it was.
import { describe, expect, it, vi } from 'vitest';

import type { Control } from '../protocol/Control';
import { BLOCK_BYTES, WINDOW_BYTES } from '../protocol/limits';
import { equalBytes } from '../trust/bytes';
import { TransferError } from './error';
import { Exchange } from './exchange';
import type { Input } from './input';
import type { Output } from './output';
import { fastHash, seededBytes, TestNetwork, type Side } from './testNetwork';

vi.setConfig({ testTimeout: 120_000 });

const T1 = '1'.repeat(32);
const T2 = '2'.repeat(32);
const BLOCKS = 20;
const FILE = seededBytes(5, BLOCKS * BLOCK_BYTES);

/** A transfer of `FILE` of which some blocks have arrived. */
function moving(seed: number): TestNetwork {
  const network = new TestNetwork(seed, fastHash);
  network.linkUp();
  network.offer(T1, [['a', FILE]]);
  network.accept(T1);
  network.run(() => arrived(network) >= 2 * BLOCK_BYTES && network.a.transfer(T1)?.state === 'moving');
  return network;
}

function pause(network: TestNetwork, side: Side, paused: boolean, transfer = T1): void {
  network.tell(side, { type: 'pause', transfer, paused });
}

/** Bytes of `T1` that were stored, whatever was told of them. */
function arrived(network: TestNetwork): number {
  return network.b.transfer(T1)?.stored_bytes ?? 0;
}

/** Frames that are sent while `act` runs. */
function framesDuring(network: TestNetwork, act: () => void): number {
  let frames = 0;
  network.a.refuse = (order) => {
    if (order.type === 'send-frame') frames += 1;
    return null;
  };
  act();
  network.a.refuse = null;
  return frames;
}

function states(network: TestNetwork): [string | undefined, string | undefined] {
  return [network.a.transfer(T1)?.state, network.b.transfer(T1)?.state];
}

function pausedByUs(network: TestNetwork): [boolean | undefined, boolean | undefined] {
  return [network.a.transfer(T1)?.paused_by_us, network.b.transfer(T1)?.paused_by_us];
}

function expectWhole(network: TestNetwork): void {
  expect(states(network)).toEqual(['proven', 'proven']);
  expect(equalBytes(network.b.entry(T1, 0)?.bytes ?? new Uint8Array(0), FILE)).toBe(true);
}

describe.each(['a', 'b'] as const)('a transfer held up by side %s', (name) => {
  it('stands still but for what is under way, and goes on', () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const network = moving(seed);
      pause(network, network[name], true);
      network.run(() => network.a.transfer(T1)?.state === 'paused');
      const told = arrived(network);
      expect(framesDuring(network, () => network.run()), `seed ${seed}`).toBe(0);
      expect(states(network)).toEqual(['paused', 'paused']);
      expect(pausedByUs(network)).toEqual([name === 'a', name === 'b']);
      expect(arrived(network) - told, `seed ${seed}`).toBeLessThanOrEqual(WINDOW_BYTES + BLOCK_BYTES);
      expect(arrived(network)).toBeLessThan(FILE.length);
      // Nothing moves: once the last of it was told, nobody waits.
      network.nowMs += 1_000;
      for (const side of [network.a, network.b]) network.tell(side, { type: 'tick' });
      expect([network.a.exchange.nextTimeoutMs(), network.b.exchange.nextTimeoutMs()]).toEqual([null, null]);
      expect(network.b.transfer(T1)).toMatchObject({ bytes_per_second: null, remaining_ms: null });
      pause(network, network[name], false);
      network.run(() => states(network).every((state) => state === 'moving'));
      expect(pausedByUs(network)).toEqual([false, false]);
      network.run();
      expectWhole(network);
    }
  });

  it('stays so over a lost link, until it is let go', () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const network = moving(seed);
      pause(network, network[name], true);
      // The other side may have heard of it or not.
      for (let steps = seed * 7; steps > 0; steps -= 1) network.step();
      network.linkLost();
      expect(states(network)).toEqual(name === 'a' ? ['paused', 'interrupted'] : ['interrupted', 'paused']);
      for (let again = 0; again < 2; again += 1) {
        expect(framesDuring(network, () => {
          network.linkUp();
          network.run();
        }), `seed ${seed}`).toBe(0);
        expect(states(network)).toEqual(['paused', 'paused']);
        network.linkLost();
      }
      network.linkUp();
      network.run();
      pause(network, network[name], false);
      network.run();
      expectWhole(network);
    }
  });

  it('can be held up and let go while there is no link', () => {
    const network = moving(1);
    network.linkLost();
    pause(network, network[name], true);
    expect(network[name].control).toEqual([]);
    expect(network[name].transfer(T1)).toMatchObject({ state: 'paused', paused_by_us: true });
    network.linkUp();
    network.run();
    expect(states(network)).toEqual(['paused', 'paused']);
    network.linkLost();
    pause(network, network[name], false);
    expect(states(network)).toEqual(['interrupted', 'interrupted']);
    network.linkUp();
    network.run();
    expectWhole(network);
  });

  it('can be cancelled', () => {
    const network = moving(2);
    pause(network, network[name], true);
    network.run();
    network.tell(network[name], { type: 'cancel', transfer: T1 });
    network.run();
    expect(states(network)).toEqual(['cancelled', 'cancelled']);
    expect(pausedByUs(network)).toEqual([false, false]);
    // The window is whole again.
    network.offer(T2, [['b', new Uint8Array(9 * BLOCK_BYTES)]]);
    network.accept(T2);
    network.run();
    expect(network.a.transfer(T2)?.state).toBe('proven');
  });
});

describe('a transfer held up', () => {
  it('by both sides goes on when both have let it go, and each knows whether it holds it', () => {
    const network = moving(3);
    pause(network, network.a, true);
    network.run();
    pause(network, network.b, true);
    expect(pausedByUs(network)).toEqual([true, true]);
    network.run();
    pause(network, network.a, false);
    expect(pausedByUs(network)).toEqual([false, true]);
    network.run();
    expect(states(network)).toEqual(['paused', 'paused']);
    pause(network, network.b, false);
    network.run();
    expectWhole(network);
  });

  it('does not hold up the others, though many are', () => {
    const network = moving(4);
    pause(network, network.b, true);
    const more = ['3', '4', '5'].map((digit) => digit.repeat(32));
    for (const transfer of more) {
      network.offer(transfer, [['b', new Uint8Array(20 * BLOCK_BYTES)]]);
      network.accept(transfer);
      network.run(() => (network.b.transfer(transfer)?.stored_bytes ?? 0) > 0 && network.a.transfer(transfer)?.state === 'moving');
      pause(network, network.a, true, transfer);
    }
    network.offer(T2, [['b', new Uint8Array(20 * BLOCK_BYTES)]]);
    network.accept(T2);
    network.run();
    expect(network.b.transfer(T2)?.state).toBe('proven');
    expect([T1, ...more].map((transfer) => network.b.transfer(transfer)?.state)).toEqual(['paused', 'paused', 'paused', 'paused']);
    pause(network, network.b, false);
    for (const transfer of more) pause(network, network.a, false, transfer);
    network.run();
    expectWhole(network);
    expect(more.map((transfer) => network.a.transfer(transfer)?.state)).toEqual(['proven', 'proven', 'proven']);
  });

  it('and let go, and held up, while its disk still reads loses nothing of its order', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const network = moving(seed);
      for (let times = 0; times < 12; times += 1) {
        pause(network, times % 3 === 0 ? network.b : network.a, times % 2 === 0);
        for (let steps = (seed * (times + 5)) % 23; steps > 0; steps -= 1) network.step();
      }
      for (const side of [network.a, network.b]) if (side.transfer(T1)?.state !== 'proven') pause(network, side, false);
      network.run();
      expectWhole(network);
    }
  });

  it('before the receiver has said where to go on is not begun', () => {
    for (const early of [false, true]) {
      const network = moving(5);
      const withheld: (() => void)[] = [];
      network.b.refuse = (order) => {
        if (order.type !== 'write-block') return null;
        const { transfer, entry, block, offset, bytes } = order;
        withheld.push(() => {
          network.b.entry(transfer, entry)?.bytes.set(bytes, offset);
          network.b.answers.push({ type: 'block-written', transfer, entry, block, result: null });
        });
        // The disk does not answer; a harmless tick stands in for it.
        return { type: 'tick' };
      };
      network.run(() => withheld.length > 0);
      network.linkLost();
      network.linkUp();
      network.run();
      expect(states(network)).toEqual(['interrupted', 'interrupted']);
      pause(network, network.b, true);
      network.run();
      expect(states(network)).toEqual(['interrupted', 'paused']);
      if (early) pause(network, network.b, false);
      network.run();
      network.b.refuse = null;
      const frames = framesDuring(network, () => {
        for (const answer of withheld) answer();
        network.run();
      });
      if (!early) {
        expect(frames).toBe(0);
        expect(states(network)).toEqual(['paused', 'paused']);
        pause(network, network.b, false);
        network.run();
      }
      expectWhole(network);
    }
  });

  it('is nothing that was not accepted or has ended', () => {
    const network = new TestNetwork(1, fastHash);
    network.linkUp();
    const refused = (side: Side): void => expect(() => pause(network, side, true)).toThrow(new TransferError('not-now'));
    refused(network.a);
    network.offer(T1, [['a', new Uint8Array(5)]]);
    refused(network.a);
    network.run();
    refused(network.b);
    expect(states(network)).toEqual(['waiting', 'waiting']);
    network.accept(T1);
    network.run();
    refused(network.a);
    refused(network.b);
  });
});

describe('the word of a hold', () => {
  /** One side of a live link, and what it says. */
  class Speaker {
    readonly exchange = new Exchange('c'.repeat(32), fastHash);
    readonly said: Control[] = [];
    frames = 0;

    constructor() {
      this.give({ type: 'link-up', maxMessageBytes: 65_536 });
    }

    give(input: Input): void {
      this.exchange.handle(0, input);
      for (let output = this.exchange.pollOutput(); output !== null; output = this.exchange.pollOutput()) this.#take(output);
    }

    hear(message: Control): void {
      this.give({ type: 'control-received', message });
    }

    linkAgain(): void {
      this.said.length = 0;
      this.give({ type: 'link-up', maxMessageBytes: 65_536 });
    }

    #take(output: Output): void {
      if (output.type === 'send-control') this.said.push(output.message);
      else if (output.type === 'send-frame') this.frames += 1;
      else if (output.type === 'read-block') {
        const { transfer, entry, block, length } = output;
        this.give({ type: 'block-read', transfer, entry, block, result: new Uint8Array(length) });
      }
    }
  }

  it('comes behind the offer from a sender, and before "accept" from a receiver', () => {
    const sender = new Speaker();
    sender.give({ type: 'offer-files', transfer: T1, entries: [{ path: ['a'], size: 40 * BLOCK_BYTES }] });
    sender.hear({ type: 'accept', transfer: T1, resume: [] });
    sender.give({ type: 'pause', transfer: T1, paused: true });
    expect(sender.said.at(-1)).toEqual({ type: 'pause', transfer: T1, paused: true });
    sender.linkAgain();
    expect(sender.said.map(({ type }) => type)).toEqual(['offer', 'pause']);

    const receiver = new Speaker();
    receiver.hear({ type: 'offer', transfer: T1, entry_count: 1, total_bytes: 5, entries: [{ path: ['a'], size: 5 }], last: true });
    receiver.give({ type: 'accept', transfer: T1, without: [] });
    receiver.give({ type: 'pause', transfer: T1, paused: true });
    receiver.linkAgain();
    expect(receiver.said.map(({ type }) => type)).toEqual(['pause', 'accept']);
  });

  it('holds for a sender whose receiver still searches for what it has', () => {
    const sender = new Speaker();
    sender.give({ type: 'offer-files', transfer: T1, entries: [{ path: ['a'], size: 40 * BLOCK_BYTES }] });
    sender.hear({ type: 'pause', transfer: T1, paused: true });
    sender.hear({ type: 'accept', transfer: T1, resume: [] });
    expect(sender.frames).toBe(0);
    sender.hear({ type: 'pause', transfer: T1, paused: false });
    expect(sender.frames).toBeGreaterThan(0);
    // The other side's hold ends with the connection: it says so anew if it lasts.
    sender.hear({ type: 'pause', transfer: T1, paused: true });
    sender.linkAgain();
    sender.frames = 0;
    sender.hear({ type: 'accept', transfer: T1, resume: [] });
    expect(sender.frames).toBeGreaterThan(0);
  });

  it('passes in silence for what is unknown or has ended', () => {
    const speaker = new Speaker();
    speaker.hear({ type: 'pause', transfer: T1, paused: true });
    speaker.give({ type: 'offer-files', transfer: T1, entries: [{ path: ['a'], size: 1 }] });
    speaker.give({ type: 'cancel', transfer: T1 });
    speaker.said.length = 0;
    speaker.hear({ type: 'pause', transfer: T1, paused: true });
    expect(speaker.said).toEqual([]);
  });
});
