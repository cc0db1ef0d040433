import { describe, expect, it } from 'vitest';

import type { Control } from '../protocol/Control';
import { encodeBase64url } from '../trust/base64url';
import { guardControl, parseControl } from './controlGuard';
import { seeded } from './testNetwork';

const ID = '0123456789abcdef'.repeat(2);
const MAC = encodeBase64url(new Uint8Array(32).fill(7));

const RIGHT: Control[] = [
  { type: 'confirm', mac: MAC, seen: 'description' },
  { type: 'profile', name: 'Ada' },
  { type: 'ping', n: 0 },
  { type: 'pong', n: 0xffffffff },
  { type: 'text', id: ID, body: '', sent_at_ms: Number.MAX_SAFE_INTEGER },
  { type: 'text-received', id: ID },
  { type: 'offer', transfer: ID, entry_count: 2, total_bytes: 3, entries: [{ path: ['a'], size: 3, modified_ms: 4 }, { path: [], size: 0 }], last: true },
  { type: 'offer-entries', transfer: ID, entries: [], last: false },
  { type: 'accept', transfer: ID, resume: [{ entry: 0, next_block: 1, proven: true, stored: [] }, { entry: 1, next_block: 0, proven: false, stored: [{ first: 1, end: 0xffffffff }] }] },
  { type: 'decline', transfer: ID },
  { type: 'cancel', transfer: ID, code: 'no-space' },
  { type: 'pause', transfer: ID, paused: true },
  { type: 'stored', transfer: ID, bytes: 9 },
  { type: 'proven', transfer: ID, entry: 1 },
  { type: 'entry-failed', transfer: ID, entry: 1, code: 'corrupt' },
  { type: 'entry-failed', transfer: ID, entry: 1, code: 'declined' },
  { type: 'media-confirm', link: 1, mac: MAC, seen: 'certificate' },
  { type: 'media-state', microphone: true, camera: false },
  { type: 'comparison-wanted' },
  { type: 'comparison-commit', commitment: MAC },
  { type: 'comparison-reveal', nonce: MAC },
  { type: 'device', key: MAC, signature: encodeBase64url(new Uint8Array(64).fill(7)) },
  { type: 'withdrawn' },
  { type: 'bye' },
];

describe('the guard of control messages', () => {
  it('lets every right message through, without fields it does not know', () => {
    for (const message of RIGHT) {
      expect(parseControl(JSON.stringify({ ...message, unknown: { deep: 1 } }))).toEqual({ type: 'message', message });
    }
  });

  it('refuses a message of which any one field is missing or of another kind', () => {
    // What may be left out, or be anything: `resume`, and nothing else.
    for (const message of RIGHT) {
      for (const field of Object.keys(message).filter((name) => name !== 'type')) {
        const without: Record<string, unknown> = Object.fromEntries(Object.entries(message).filter(([name]) => name !== field));
        const expected = field === 'resume' ? 'message' : 'broken';
        expect(guardControl(without).type, `${message.type} without ${field}`).toBe(expected);
        for (const wrong of [null, {}, -1, 1.5, 2 ** 53, 'ä'.repeat(32), [null]]) {
          const isText = typeof wrong === 'string' && (field === 'name' || field === 'body');
          if (!isText) expect(guardControl({ ...message, [field]: wrong }).type, `${message.type}.${field} = ${JSON.stringify(wrong)}`).toBe('broken');
        }
      }
    }
  });

  it('knows a point without stored blocks, and refuses one of which they are wrong', () => {
    const accept = (point: Record<string, unknown>): unknown => guardControl({ type: 'accept', transfer: ID, resume: [point, point] });
    const point = { entry: 0, next_block: 1, proven: false, stored: [] };
    expect(accept({ entry: 0, next_block: 1 })).toEqual({ type: 'message', message: { type: 'accept', transfer: ID, resume: [point, point] } });
    for (const stored of [null, {}, [1], [[]], [{ first: 1 }], [{ first: -1, end: 2 }], [{ first: 1, end: 2 ** 32 }], [{ first: '1', end: 2 }]]) {
      expect(accept({ ...point, stored }), JSON.stringify(stored)).toEqual({ type: 'broken' });
    }
  });

  it('tells an unknown kind from a broken message, also for names every object has', () => {
    expect(guardControl({ type: 'later' })).toEqual({ type: 'unknown' });
    for (const type of ['toString', '__proto__', 'constructor']) expect(guardControl({ type })).toEqual({ type: 'unknown' });
    for (const value of [null, 1, 'ping', [], {}, { type: 1 }]) expect(guardControl(value)).toEqual({ type: 'broken' });
    for (const text of ['', '{', '{"type":"ping","n":1}{']) expect(parseControl(text)).toEqual({ type: 'broken' });
  });

  it('refuses what is longer than a message may be', () => {
    const text = (body: string): string => JSON.stringify({ type: 'text', id: ID, body, sent_at_ms: 1 });
    expect(parseControl(text('é'.repeat(32_000))).type).toBe('message');
    expect(parseControl(text('é'.repeat(33_000))).type).toBe('broken');
  });

  it('cuts a name that is too long', () => {
    expect(guardControl({ type: 'profile', name: '🏠'.repeat(70) })).toEqual({ type: 'message', message: { type: 'profile', name: '🏠'.repeat(64) } });
  });

  it('never throws, whatever is changed in a right message', () => {
    const next = seeded(20_261_122);
    const junk = [null, undefined, 0, -0, NaN, '', [], [[]], {}, true, 'confirm', Symbol.iterator, () => 1];
    for (let round = 0; round < 5_000; round += 1) {
      const message: Record<string, unknown> = { ...RIGHT[Math.floor(next() * RIGHT.length)] };
      for (const field of Object.keys(message)) if (next() < 0.4) message[field] = junk[Math.floor(next() * junk.length)];
      expect(['message', 'unknown', 'broken']).toContain(guardControl(message).type);
    }
  });
});
