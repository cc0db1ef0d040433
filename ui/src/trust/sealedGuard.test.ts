import { describe, expect, it } from 'vitest';

import { encodeBase64url } from './base64url';
import { guardSealed, parseSealed } from './sealedGuard';

const nonce = encodeBase64url(new Uint8Array(32).fill(1));
const HELLO = { type: 'hello', nonce, echo: null, name: 'Ada', agent: 'parlor/0.1.0', host: 'browser' };
const DESCRIPTION = { type: 'description', link: 1, description: { type: 'offer', sdp: 'v=0' } };
const CANDIDATE = {
  type: 'candidate',
  link: 2,
  candidate: { candidate: '', sdp_mid: '0', sdp_m_line_index: 0, username_fragment: null },
};

describe('the guard of sealed messages', () => {
  it('lets right messages through, without fields it does not know', () => {
    for (const message of [HELLO, { ...HELLO, echo: nonce }, DESCRIPTION, CANDIDATE, { ...CANDIDATE, candidate: null }]) {
      expect(parseSealed(JSON.stringify({ ...message, extra: [1] }))).toEqual(message);
    }
    expect(guardSealed({ type: 'candidate', link: 2 })).toEqual({ ...CANDIDATE, candidate: null });
  });

  it('refuses a message with any wrong field', () => {
    const wrong: unknown[] = [
      null, [], 'hello', { type: 'later' }, { ...HELLO, nonce: `${nonce}=` }, { ...HELLO, nonce: nonce.slice(1) },
      { ...HELLO, echo: '' }, { ...HELLO, name: 1 }, { ...HELLO, agent: null }, { ...HELLO, host: 'server' },
      { ...DESCRIPTION, link: 0 }, { ...DESCRIPTION, link: 2 ** 32 }, { ...DESCRIPTION, link: '1' },
      { ...DESCRIPTION, description: null }, { ...DESCRIPTION, description: { type: 'rollback', sdp: '' } },
      { ...DESCRIPTION, description: { type: 'offer', sdp: 1 } }, { ...CANDIDATE, candidate: 'candidate:1' },
      { ...CANDIDATE, candidate: { candidate: 1 } }, { ...CANDIDATE, candidate: { candidate: '', sdp_mid: 0 } },
      { ...CANDIDATE, candidate: { candidate: '', sdp_m_line_index: 65_536 } },
      { ...CANDIDATE, candidate: { candidate: '', username_fragment: {} } },
    ];
    for (const value of wrong) expect(guardSealed(value), JSON.stringify(value)).toBeNull();
    for (const text of ['', '{', 'null', `"${'a'.repeat(70_000)}"`]) expect(parseSealed(text)).toBeNull();
  });

  it('cuts names at characters, not in the middle of one', () => {
    expect(guardSealed({ ...HELLO, name: '손🏠'.repeat(40) })).toMatchObject({ name: '손🏠'.repeat(32) });
  });
});
