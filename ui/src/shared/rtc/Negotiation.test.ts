import { describe, expect, it } from 'vitest';

import { FakeMediaConnection } from '../../call/testing/FakeMediaConnection';
import { Negotiation } from './Negotiation';
import type { NegotiationSignal } from './Negotiation';

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

/** A small generator (mulberry32), so that a failing order of events can be run again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two sides and the signals between them, delivered in order a direction, at moments of the test's choosing. */
class Pair {
  readonly connections = [new FakeMediaConnection(FINGERPRINT), new FakeMediaConnection(FINGERPRINT)] as const;
  readonly failures: Error[] = [];
  readonly #ways: [NegotiationSignal[], NegotiationSignal[]] = [[], []];
  readonly sides = [this.#side(0), this.#side(1)] as const;

  #side(index: 0 | 1): Negotiation {
    return new Negotiation(this.connections[index], () => index === 1, {
      send: (signal) => this.#ways[index].push(signal),
      failed: (error) => this.failures.push(error),
    });
  }

  /** Delivers one signal of the given direction, if there is one. */
  async deliver(from: 0 | 1): Promise<boolean> {
    const signal = this.#ways[from].shift();
    if (signal === undefined) return false;
    await this.sides[from === 0 ? 1 : 0].receive(signal);
    return true;
  }

  async settle(random: () => number): Promise<void> {
    for (let step = 0; step < 200; step += 1) {
      const first = random() < 0.5 ? 0 : 1;
      const moved = (await this.deliver(first)) || (await this.deliver(first === 0 ? 1 : 0));
      if (!moved) return;
    }
    throw new Error('the negotiation never settles');
  }
}

function expectAgreement({ connections: [left, right], failures }: Pair): void {
  expect(failures).toEqual([]);
  expect([left.signalingState, right.signalingState]).toEqual(['stable', 'stable']);
  const name = (sdp: string | undefined): string | undefined => /s=(\S+)/.exec(sdp ?? '')?.[1];
  expect(name(left.remoteDescription?.sdp)).toBe(name(right.localDescription?.sdp));
  expect(name(right.remoteDescription?.sdp)).toBe(name(left.localDescription?.sdp));
}

describe('a negotiation', () => {
  it('ends with both sides agreeing when one offers', async () => {
    const pair = new Pair();
    await pair.sides[0].offer();
    await pair.settle(() => 0);
    expectAgreement(pair);
    expect(pair.connections[1].candidates).toHaveLength(1);
  });

  it('ends with both sides agreeing when both offer at once, in whatever order signals arrive', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seeded(seed);
      const pair = new Pair();
      const offers = [pair.sides[0].offer(), pair.sides[1].offer()];
      if (random() < 0.5) await pair.deliver(random() < 0.5 ? 0 : 1);
      await Promise.all(offers);
      await pair.settle(random);
      try {
        expectAgreement(pair);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });

  it('ends with both sides agreeing when both mend a living connection at once', async () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = seeded(seed);
      const pair = new Pair();
      await pair.sides[0].offer();
      await pair.settle(random);
      await Promise.all([pair.sides[0].restart(), pair.sides[1].restart()]);
      await pair.settle(random);
      expectAgreement(pair);
    }
  });

  it('follows the connection when it asks, but only once both sides have met', async () => {
    const pair = new Pair();
    pair.connections[1].need();
    await pair.settle(() => 0);
    expect(pair.connections[1].localDescription).toBeNull();
    await pair.sides[0].offer();
    await pair.settle(() => 0);
    const before = pair.connections[1].localDescription?.sdp;
    pair.connections[1].need();
    // The offer stands on a queue of promises; what is queued behind it runs when it is out.
    await pair.sides[1].offer();
    await pair.settle(() => 0);
    expectAgreement(pair);
    expect(pair.connections[1].localDescription?.sdp).not.toBe(before);
  });

  it('sends candidates behind the description they belong to, and keeps early ones of the other side', async () => {
    const pair = new Pair();
    await pair.sides[1].receive({
      type: 'candidate',
      candidate: { candidate: 'early', sdp_mid: '0', sdp_m_line_index: null, username_fragment: null },
    });
    expect(pair.connections[1].candidates).toEqual([]);
    await pair.sides[0].offer();
    await pair.settle(() => 0);
    expect(pair.connections[1].candidates[0]).toBe('early');
  });

  it('reports a description that cannot be applied, once, and nothing after it was closed', async () => {
    const pair = new Pair();
    pair.connections[0].close();
    await pair.sides[0].receive({ type: 'description', description: { type: 'offer', sdp: 'v=0' } });
    expect(pair.failures).toHaveLength(1);
    pair.sides[0].close();
    await pair.sides[0].receive({ type: 'description', description: { type: 'offer', sdp: 'v=0' } });
    expect(pair.failures).toHaveLength(1);
  });
});
