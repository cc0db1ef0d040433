// Two correspondences and a server between them that may drop, repeat, reorder and forge.
import { describe, expect, it } from 'vitest';

import { decodeBase64url, encodeBase64url } from './base64url';
import type { Bytes, Random } from './bytes';
import { Correspondence, type CorrespondenceOutput } from './Correspondence';
import { RoomKeys } from './derivation';
import type { Epoch } from './Epoch';

const LOW = '1'.repeat(32);
const HIGH = 'e'.repeat(32);
const ABOUT = { name: 'Ada', agent: 'parlor/0.1.0', host: 'browser' } as const;
const END = { type: 'candidate', link: 1, candidate: null } as const;

/** Bytes that differ with each call. */
function counter(): Random {
  let calls = 0;
  return (length) => {
    calls += 1;
    const bytes: Bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, calls);
    return bytes;
  };
}

class End {
  readonly epochs: Epoch[] = [];
  readonly facts: CorrespondenceOutput[] = [];
  readonly out: string[] = [];
  readonly correspondence: Correspondence;

  constructor(self: string, other: string, random: Random, secret = new Uint8Array(32)) {
    this.correspondence = new Correspondence(new RoomKeys(secret), self, other, ABOUT, random);
  }

  begin(): void {
    this.follow(this.correspondence.begin());
  }

  receive(body: string): void {
    this.follow(this.correspondence.receive(body));
  }

  private follow(outputs: readonly CorrespondenceOutput[]): void {
    for (const output of outputs) {
      if (output.type === 'send-signal') this.out.push(output.body);
      else if (output.type === 'epoch-began') this.epochs.push(output.epoch);
      else this.facts.push(output);
    }
  }
}

function pair(): [End, End] {
  const random = counter();
  return [new End(LOW, HIGH, random), new End(HIGH, LOW, random)];
}

function settle(one: End, other: End): void {
  for (let body = one.out.shift() ?? null; ; body = one.out.shift() ?? null) {
    if (body !== null) other.receive(body);
    const back = other.out.shift();
    if (back !== undefined) one.receive(back);
    if (one.out.length === 0 && other.out.length === 0) return;
  }
}

describe('a correspondence', () => {
  it('begins one epoch, with one initiator, whoever began', () => {
    for (const beginners of [[0], [1], [0, 1]]) {
      const ends = pair();
      for (const index of beginners) ends[index as 0 | 1].begin();
      settle(...ends);
      const [low, high] = ends.map(({ epochs }) => epochs);
      expect([low?.length, high?.length]).toEqual([1, 1]);
      expect(low?.[0]?.id).toBe(high?.[0]?.id);
      expect(low?.[0]?.initiator).not.toBe(high?.[0]?.initiator);
      expect([low?.[0]?.polite, high?.[0]?.polite]).toEqual([false, true]);
    }
  });

  it('opens what was sealed for it, once, in order', () => {
    const [low, high] = pair();
    low.begin();
    settle(low, high);
    const [first, second] = [low.correspondence.seal('data', END), low.correspondence.seal('media', { ...END, link: 2 })];
    high.facts.length = 0;
    for (const body of [first, second, second, first]) high.receive(body ?? '');
    expect(high.facts).toEqual([
      { type: 'negotiation-received', plane: 'data', message: END },
      { type: 'negotiation-received', plane: 'media', message: { ...END, link: 2 } },
    ]);
    // Repeats pass in silence; what comes back to its sender does not open there.
    expect(high.correspondence.droppedCount).toBe(0);
    low.receive(second ?? '');
    expect(low.correspondence.droppedCount).toBe(1);
  });

  it('drops every body of which a bit was changed', () => {
    const [low, high] = pair();
    low.begin();
    settle(low, high);
    const bytes = decodeBase64url(low.correspondence.seal('data', END) ?? '');
    if (bytes === null) throw new Error('no body');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = bytes.slice();
      changed[index] = (changed[index] ?? 0) ^ (1 << index % 8);
      const before = high.correspondence.droppedCount;
      high.receive(encodeBase64url(changed));
      expect(high.correspondence.droppedCount, `byte ${index}`).toBe(before + 1);
    }
    expect(high.correspondence.epoch).toBe(high.epochs[0]);
    high.receive(encodeBase64url(bytes));
    expect(high.facts.at(-1)).toMatchObject({ type: 'negotiation-received' });
  });

  it('keeps its live epoch when a server plays old hellos again', () => {
    const [low, high] = pair();
    low.begin();
    const said: string[] = [];
    for (let body = low.out.shift(); body !== undefined; body = low.out.shift()) {
      said.push(body);
      high.receive(body);
      for (let back = high.out.shift(); back !== undefined; back = high.out.shift()) low.receive(back);
    }
    const live = high.correspondence.epoch;
    for (const body of [...said, ...said.toReversed()]) high.receive(body);
    expect(high.correspondence.epoch).toBe(live);
    expect(high.epochs).toHaveLength(1);
  });

  it('takes a new epoch from a peer that came back, and nothing of the old one after it', () => {
    const [low, high] = pair();
    low.begin();
    settle(low, high);
    const old = low.correspondence.seal('data', END);
    const again = new End(LOW, HIGH, (length) => crypto.getRandomValues(new Uint8Array(length)));
    again.begin();
    settle(again, high);
    expect(high.epochs).toHaveLength(2);
    high.receive(old ?? '');
    expect(high.facts.at(-1)).toEqual({ type: 'body-dropped', code: 'not-an-envelope' });
  });

  it('says nothing to one who lacks the invitation, and knows another version', () => {
    const [low, high] = pair();
    const stranger = new End(LOW, HIGH, counter(), new Uint8Array(32).fill(1));
    stranger.begin();
    high.receive(stranger.out[0] ?? '');
    expect([high.out, high.facts]).toEqual([[], [{ type: 'body-dropped', code: 'does-not-open' }]]);
    low.begin();
    const body = decodeBase64url(low.out[0] ?? '') ?? new Uint8Array();
    body[0] = 2;
    high.receive(encodeBase64url(body));
    expect(high.facts.at(-1)).toEqual({ type: 'body-dropped', code: 'another-version' });
  });
});
