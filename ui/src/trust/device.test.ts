// Replays tests/vectors/{comparison,device}.json, which the Rust twin replays as well, and holds what comparisons promise.
import { describe, expect, it } from 'vitest';

import type { PeerId } from '../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from './base64url';
import type { Bytes } from './bytes';
import { commitmentTo, Comparison, type ComparedPeer, type ComparisonMessage } from './Comparison';
import { RoomKeys } from './derivation';
import { DeviceKey, parseDeviceId } from './device';
import { Epoch } from './Epoch';
import { fromHex } from './id';
import { EMOJI } from './shortString';
import { TrustError } from './TrustError';
import { vectors } from './vectorFiles';

function unhex(text: string): Bytes {
  const bytes = fromHex(text, text.length / 2);
  if (bytes === null) throw new Error(`no hex: ${text}`);
  return bytes;
}

function unb64(text: string): Bytes {
  const bytes = decodeBase64url(text);
  if (bytes === null) throw new Error(`no base64url: ${text}`);
  return bytes;
}

function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
}

interface SideVector {
  readonly peer: PeerId;
  readonly data: string;
  readonly media: string | null;
  readonly device: string | null;
}

interface ComparisonVectors {
  readonly emoji: [string, string, string][];
  readonly compared: ({ low: SideVector; high: SideVector } & Record<
    'low_nonce' | 'high_nonce' | 'commitment' | 'emoji' | 'digits',
    string
  >)[];
  readonly scripts: {
    side: 'low' | 'high';
    name: string;
    steps: { message: 'begin' | ComparisonMessage; answer: ComparisonMessage | null; code: string | null }[];
    end: 'done' | 'failed' | 'open';
  }[];
}

function compared({ peer, data, media, device }: SideVector): ComparedPeer {
  return { peer, data: unhex(data), media: media === null ? null : unhex(media), device };
}

function plain(byte: string): ComparedPeer {
  return { peer: byte.repeat(16), data: unhex(byte.repeat(32)), media: null, device: null };
}

/** Both sides compare to the end; what each shows. */
function compare(low: Comparison, high: Comparison): (string | undefined)[] {
  const nonce = high.receive(low.begin());
  const last = nonce === null ? null : low.receive(nonce);
  if (last !== null) high.receive(last);
  return [low, high].map(({ shortString }) => shortString?.digits);
}

describe('vectors', () => {
  it('of emoji are met', () => {
    const { emoji } = vectors('comparison.json') as ComparisonVectors;
    expect(EMOJI.map(({ symbol, english, korean }) => [symbol, english, korean])).toEqual(emoji);
    for (const place of [0, 1, 2] as const) expect(new Set(emoji.map((names) => names[place])).size).toBe(64);
  });

  it('of short strings are met', () => {
    const { compared: all } = vectors('comparison.json') as ComparisonVectors;
    expect(all.length).toBeGreaterThanOrEqual(16);
    for (const vector of all) {
      const [low, high] = [compared(vector.low), compared(vector.high)];
      const atLow = new Comparison(low, high, unb64(vector.low_nonce));
      const atHigh = new Comparison(high, low, unb64(vector.high_nonce));
      expect(encodeBase64url(commitmentTo(low.peer, unb64(vector.low_nonce)))).toBe(vector.commitment);
      expect(compare(atLow, atHigh)).toEqual([vector.digits, vector.digits]);
      for (const side of [atLow, atHigh]) {
        expect(side.shortString?.emoji.map(({ symbol }) => symbol).join('')).toBe(vector.emoji);
      }
    }
  });

  it('of comparisons are met', () => {
    const { scripts } = vectors('comparison.json') as ComparisonVectors;
    expect(scripts.length).toBeGreaterThanOrEqual(19);
    const [low, high] = [plain('11'), plain('ee')];
    for (const { side, name, steps, end } of scripts) {
      const comparison =
        side === 'low'
          ? new Comparison(low, high, new Uint8Array(32).fill(1))
          : new Comparison(high, low, new Uint8Array(32).fill(2));
      for (const [index, { message, answer, code }] of steps.entries()) {
        let said: ComparisonMessage | null = null;
        const refused = codeOf(() => {
          if (message === 'begin') {
            said = comparison.begin();
            return;
          }
          said = comparison.receive(message);
        });
        expect({ answer: said, code: refused }, `${side} ${name}, step ${index}`).toEqual({ answer, code });
      }
      const is = comparison.hasFailed ? 'failed' : comparison.shortString === null ? 'open' : 'done';
      expect(is, `${side} ${name}`).toBe(end);
    }
  });

  it('of devices are met', () => {
    const content = vectors('device.json') as {
      keys: { seed: string; id: string }[];
      refused: string[];
      low: { peer: PeerId; nonce: string };
      high: { peer: PeerId; nonce: string };
      right: { link: number; low: string; high: string }[];
      wrong: { name: string; key: string; signature: string; code: string }[];
    } & Record<'secret' | 'seed' | 'low_fingerprint' | 'high_fingerprint', string>;
    expect([content.keys.length >= 3, content.refused.length >= 9]).toEqual([true, true]);
    expect([content.right.length >= 3, content.wrong.length >= 7]).toEqual([true, true]);
    for (const { seed, id } of content.keys) {
      expect(new DeviceKey(unhex(seed)).id).toBe(id);
      expect(parseDeviceId(id)).toBe(id);
    }
    for (const id of content.refused) expect(codeOf(() => parseDeviceId(id)), id).toBe('not-a-device-key');
    const keys = new RoomKeys(unhex(content.secret));
    const low = { peer: content.low.peer, nonce: unb64(content.low.nonce) };
    const high = { peer: content.high.peer, nonce: unb64(content.high.nonce) };
    const [atLow, atHigh] = [new Epoch(keys, low, high, true), new Epoch(keys, high, low, false)];
    const [lowPrint, highPrint] = [unhex(content.low_fingerprint), unhex(content.high_fingerprint)];
    const device = new DeviceKey(unhex(content.seed));
    for (const right of content.right) {
      const fromLow = { type: 'device', key: device.id, signature: right.low } as const;
      const fromHigh = { type: 'device', key: device.id, signature: right.high } as const;
      expect(atLow.proveDevice(device, right.link, lowPrint, highPrint)).toEqual(fromLow);
      expect(atHigh.proveDevice(device, right.link, highPrint, lowPrint)).toEqual(fromHigh);
      expect(atHigh.provenDevice(fromLow, right.link, highPrint, lowPrint)).toBe(device.id);
      expect(atLow.provenDevice(fromHigh, right.link, lowPrint, highPrint)).toBe(device.id);
    }
    for (const { name, key, signature, code } of content.wrong) {
      const proof = { type: 'device', key, signature } as const;
      expect(codeOf(() => atHigh.provenDevice(proof, 1, highPrint, lowPrint)), name).toBe(code);
    }
  });
});

describe('a comparison', () => {
  it('shows whatever differs between the sides', () => {
    const [low, high] = [plain('01'), plain('02')];
    const nonces = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)] as const;
    const shown = (atLow: ComparedPeer): (string | undefined)[] =>
      compare(new Comparison(low, atLow, nonces[0]), new Comparison(high, low, nonces[1]));
    const [right, same] = shown(high);
    expect(right).toMatch(/^\d{4} \d{4} \d{4}$/);
    expect(same).toBe(right);
    const other = new Uint8Array(32).fill(9);
    const changes = [
      { data: other }, { media: other }, { device: new DeviceKey(other).id }, { peer: '03'.repeat(16) },
    ];
    for (const change of changes) expect(shown({ ...high, ...change })[0]).not.toBe(right);
  });
});
