import { describe, expect, it } from 'vitest';

import { guardIceServer, guardReply, guardServerClosing, guardSignal } from './serverGuards';

const PEER = 'a'.repeat(32);
const JOINED = {
  rid: 1,
  ok: true,
  peers: [PEER],
  ice_servers: [{ urls: ['stun:stun.example.org'] }],
  ttl_s: 900,
  limits: { message_bytes: 65_536, room_peers: 16 },
};

describe('a reply', () => {
  it('keeps what a join learns and leaves unknown fields out', () => {
    const reply = guardReply({ ...JOINED, surprise: true });
    expect(reply).toEqual({
      rid: 1,
      ok: true,
      joined: { peers: [PEER], ice_servers: JOINED.ice_servers, ttl_s: 900, limits: JOINED.limits },
    });
  });

  it('is none without a request of ours, or with a code that does not exist', () => {
    for (const value of [
      null,
      [],
      { ...JOINED, rid: null },
      { ...JOINED, rid: -1 },
      { ...JOINED, ok: 'yes' },
      { rid: 1, ok: false },
      { rid: 1, ok: false, code: '__proto__' },
    ]) {
      expect(guardReply(value)).toBeNull();
    }
  });

  it('has no joined part when one of its fields is broken', () => {
    for (const broken of [
      { peers: ['A'.repeat(32)] },
      { peers: Array.from({ length: 300 }, () => PEER) },
      { ice_servers: 'stun:x' },
      { ttl_s: 1.5 },
      { limits: {} },
    ]) {
      expect(guardReply({ ...JOINED, ...broken })).toMatchObject({ ok: true, joined: null });
    }
  });

  it('cannot make us wait for longer than a minute', () => {
    expect(guardReply({ rid: 1, ok: false, code: 'rate-limited', retry_ms: 1e12 })).toMatchObject({ retry_ms: 60_000 });
    expect(guardServerClosing({ retry_ms: 1e12 })).toEqual({ retry_ms: 60_000 });
    expect(guardServerClosing({ retry_ms: 'soon' })).toEqual({ retry_ms: 0 });
  });
});

describe('a signal', () => {
  it('is of a peer and within the limit of a message', () => {
    expect(guardSignal({ from: PEER, body: 'AAAA', to: 'x' })).toEqual({ from: PEER, body: 'AAAA' });
    expect(guardSignal({ from: 'server', body: 'AAAA' })).toBeNull();
    expect(guardSignal({ from: PEER, body: { a: 1 } })).toBeNull();
    expect(guardSignal({ from: PEER, body: 'A'.repeat(65_537) })).toBeNull();
  });
});

describe('an ICE server', () => {
  it('is one a browser can take: STUN, or TURN with user name and credential', () => {
    expect(guardIceServer({ urls: ['stun:[::1]:3478'] })).not.toBeNull();
    const turn = { urls: ['turn:turn.example.org?transport=udp'], username: 'u', credential: 'c' };
    expect(guardIceServer(turn)).toEqual(turn);
    expect(guardIceServer({ urls: turn.urls })).toBeNull();
    for (const url of ['http://x', 'javascript:alert(1)', 'stun:', 'stun:a b', 'turn://x', 7]) {
      expect(guardIceServer({ urls: [url], username: 'u', credential: 'c' })).toBeNull();
    }
  });
});
