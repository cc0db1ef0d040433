// What a server can do to envelopes without their keys, against the page's end: bits flipped, repeats, other orders, reflections and
// crossings. Twin of `crates/trust/tests/hostile_server.rs`.
import { describe, expect, it } from 'vitest';

import { decodeBase64url, encodeBase64url } from './base64url';
import type { Bytes, Random } from './bytes';
import { Correspondence, type CorrespondenceOutput } from './Correspondence';
import { RoomKeys } from './derivation';

const LOW = '1'.repeat(32);
const HIGH = 'e'.repeat(32);
const THIRD = 'f'.repeat(32);
const END = { type: 'candidate', link: 1, candidate: null } as const;

let calls = 0;
/** Bytes that differ with each call. */
const random: Random = (length) => {
  calls += 1;
  const bytes: Bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, calls);
  return bytes;
};

const end = (self: string, other: string, secret = 7): Correspondence =>
  new Correspondence(new RoomKeys(new Uint8Array(32).fill(secret)), self, other, { name: self.slice(0, 1), agent: 'parlor/0.1.0', host: 'browser' }, random);

/** Two ends that have met, and every hello of it by its addressee. */
function met(one: string, other: string, secret?: number): { left: Correspondence; right: Correspondence; hellos: (readonly [Correspondence, string])[] } {
  const [left, right] = [end(one, other, secret), end(other, one, secret)];
  const hellos: (readonly [Correspondence, string])[] = [];
  const say = (outputs: readonly CorrespondenceOutput[], to: Correspondence, from: Correspondence): void => {
    for (const output of outputs) {
      if (output.type !== 'send-signal') continue;
      hellos.push([to, output.body]);
      say(to.receive(output.body), from, to);
    }
  };
  say(left.begin(), right, left);
  return { left, right, hellos };
}

const seal = (from: Correspondence, plane: 'data' | 'media'): string => {
  const body = from.seal(plane, END);
  if (body === null) throw new Error('no epoch');
  return body;
};

const isOpened = (outputs: readonly CorrespondenceOutput[]): boolean => outputs.some(({ type }) => type !== 'body-dropped');

function* flipped(body: string): Generator<string> {
  const bytes = decodeBase64url(body);
  if (bytes === null) throw new Error('no base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = bytes.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield encodeBase64url(changed);
  }
}

describe('a server without the keys', () => {
  it('opens nothing by ten thousand flipped bits, and takes nothing away', { timeout: 60_000 }, () => {
    const { left, right, hellos } = met(LOW, HIGH);
    let flips = 0;
    for (const [to, body] of hellos) {
      for (const changed of flipped(body)) {
        flips += 1;
        expect(isOpened(to.receive(changed))).toBe(false);
      }
    }
    for (let number = 0; flips < 10_000; number += 1) {
      const [from, to, plane] = number % 2 === 0 ? ([left, right, 'data'] as const) : ([right, left, 'media'] as const);
      const body = seal(from, plane);
      for (const changed of flipped(body)) {
        flips += 1;
        expect(isOpened(to.receive(changed))).toBe(false);
      }
      expect(to.receive(body)).toEqual([{ type: 'negotiation-received', plane, message: END }]);
    }
    expect(flips).toBeGreaterThanOrEqual(10_000);
  });

  it('has a thousand replays dropped without a word, of hellos too', () => {
    const { left, right, hellos } = met(LOW, HIGH);
    const { epoch } = right;
    const bodies = Array.from({ length: 20 }, () => seal(left, 'data'));
    for (const body of bodies) expect(isOpened(right.receive(body))).toBe(true);
    for (let round = 0; round < 1000; round += 1) expect(right.receive(bodies[(round * 7) % bodies.length] ?? '')).toEqual([]);
    for (let round = 0; round < 300; round += 1) {
      const [to, body] = hellos[round % hellos.length] ?? [right, ''];
      expect(to.receive(body).some(({ type }) => type === 'epoch-began')).toBe(false);
    }
    expect(right.epoch).toBe(epoch);
    expect(isOpened(right.receive(seal(left, 'media')))).toBe(true);
  });

  it('has what it holds back and brings late dropped', () => {
    const { left, right } = met(LOW, HIGH);
    const bodies = Array.from({ length: 100 }, () => seal(left, 'data'));
    for (let at = 0; at < bodies.length; at += 2) {
      expect(isOpened(right.receive(bodies[at + 1] ?? ''))).toBe(true);
      expect(right.receive(bodies[at] ?? '')).toEqual([]);
    }
  });

  it('opens nothing by carrying it back, to another peer, room, session or plane', () => {
    const { left, right, hellos } = met(LOW, HIGH);
    const strangers = [left, met(LOW, HIGH).right, met(LOW, HIGH).left, met(LOW, THIRD).right, met(LOW, THIRD).left, met(LOW, HIGH, 8).right, met(LOW, HIGH, 8).left];
    for (let number = 0; number < 50; number += 1) {
      const body = seal(left, 'data');
      for (const stranger of strangers) expect(isOpened(stranger.receive(body))).toBe(false);
      const bytes = decodeBase64url(body);
      for (const [at, value] of [[2, 2], [1, 1], [1, 0], [19, 255]] as const) {
        const changed = bytes?.slice() ?? new Uint8Array();
        changed[at] = value;
        expect(isOpened(right.receive(encodeBase64url(changed)))).toBe(false);
      }
      expect(isOpened(right.receive(body))).toBe(true);
    }
    const third = met(LOW, THIRD).right;
    for (const [to, body] of hellos) {
      for (const stranger of [to === left ? right : left, third, met(LOW, HIGH, 8).right]) expect(isOpened(stranger.receive(body))).toBe(false);
    }
  });
});
