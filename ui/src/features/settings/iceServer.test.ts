// STUN and TURN servers as people type them.
import { describe, expect, it } from 'vitest';
import { hasTurn, iceServerFrom } from './iceServer';

describe('a server that is typed in', () => {
  it('is taken with what its kind needs', () => {
    expect(iceServerFrom(' stun:stun.example:3478 ', '', '', [])).toEqual({ server: { urls: ['stun:stun.example:3478'] } });
    expect(iceServerFrom('turns:[2001:db8::1]:5349?transport=tcp', 'me', 'secret', [])).toEqual({
      server: { urls: ['turns:[2001:db8::1]:5349?transport=tcp'], username: 'me', credential: 'secret' },
    });
  });

  it.each(['', 'turn.example', 'https://turn.example', 'turn:', 'turn:a b', 'turn:a:99999', 'stun:a:0', 'turn:a?transport=quic', 'turn://a'])('%s is invalid', (url) => {
    expect(iceServerFrom(url, 'me', 'secret', [])).toEqual({ fault: 'invalid' });
  });

  it('needs a user for TURN, and is not taken twice', () => {
    expect(iceServerFrom('turn:a', '', '', [])).toEqual({ fault: 'needs-user' });
    expect(iceServerFrom('stun:a', '', '', [{ urls: ['stun:a'] }])).toEqual({ fault: 'twice' });
  });

  it('counts as relay only when it is TURN', () => {
    expect([hasTurn([{ urls: ['stun:a'] }]), hasTurn([{ urls: ['stun:a', 'turn:b'] }])]).toEqual([false, true]);
  });
});
