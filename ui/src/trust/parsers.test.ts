// Whatever a server or a peer hands to `trust`: every parser answers, and throws nothing but its own refusals.
import { describe, expect, it, vi } from 'vitest';

import type { Sealed } from '../protocol/Sealed';
import { CodeGuest } from './CodeGuest';
import { CodeOwner } from './CodeOwner';
import { guardCodeMessage, parseCodeMessage } from './codeMessage';
import { RoomKeys } from './derivation';
import { isDeviceId, verifyDevice } from './device';
import { readEnvelope } from './envelope';
import { Epoch } from './Epoch';
import { parseFingerprint } from './fingerprint';
import { openHello } from './hello';
import { invitationAppLink, invitationLink, parseInvitation, parseServer } from './invitation';
import { parseSealed } from './sealedGuard';
import { createSpokenCode, parseSpokenCode, spokenCodeText } from './spokenCode';
import { feedText, jsonOf } from './testing/generated';
import { TrustError } from './TrustError';

vi.setConfig({ testTimeout: 3_600_000 });

const ADA = '1'.repeat(32);
const BEN = '2'.repeat(32);
const zeros = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7);

/** What `act` gives, or null where it refused in the words of `trust`. */
function orRefused<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof TrustError) return null;
    throw error;
  }
}

describe('parsers of trust', () => {
  it('read links or refuse them, and print what they read', () => {
    feedText('invitation', (text) => {
      orRefused(() => parseServer(text));
      const read = orRefused(() => parseInvitation(text));
      if (read === null) return false;
      expect(parseInvitation(invitationLink(read))).toEqual(read);
      expect(parseInvitation(invitationAppLink(read))).toEqual(read);
      return true;
    });
  });

  it('read spoken codes or refuse them, and print what they read', () => {
    feedText('spoken-code', (text) => {
      const code = orRefused(() => parseSpokenCode(text));
      if (code === null) return false;
      expect(parseSpokenCode(spokenCodeText(code))).toEqual(code);
      return true;
    });
  });

  it('take what is said behind a code', () => {
    const code = createSpokenCode(7, 'english', zeros);
    const invitation = parseInvitation(`https://parlor.example/#v1.${'A'.repeat(43)}`);
    let understood = 0;
    feedText('code-message', (text) => {
      const message = guardCodeMessage(jsonOf(text));
      const parsed = orRefused(() => parseCodeMessage(text));
      if (message === null || parsed === null) return false;
      understood += 1;
      // A shared point takes milliseconds: not for each of a million.
      if (understood % 500 !== 1) return true;
      const guest = new CodeGuest(code, ADA, zeros);
      const owner = new CodeOwner(code, BEN, 0);
      orRefused(() => guest.receive(BEN, message, 'https://parlor.example'));
      orRefused(() => owner.receive(ADA, message, invitation, zeros, 1));
      return true;
    });
  });

  it('never open an envelope of others', () => {
    const keys = new RoomKeys(zeros(32));
    const epoch = new Epoch(keys, { peer: ADA, nonce: zeros(32) }, { peer: BEN, nonce: zeros(32) }, true);
    feedText('envelope', (body) => {
      expect(orRefused(() => openHello(keys, BEN, ADA, body))).toBeNull();
      expect(orRefused(() => epoch.open(body))).toBeNull();
      return orRefused(() => readEnvelope(body)) !== null;
    });
  });

  it('read what an envelope holds, or refuse it', () => {
    feedText('sealed', (text) => {
      const message: Sealed | null = parseSealed(text);
      if (message === null) return false;
      if (message.type === 'description') parseFingerprint(message.description.sdp);
      if (message.type === 'hello') expect(Array.from(message.name).length).toBeLessThanOrEqual(64);
      // As text, since JSON may say -0, which says 0 the next time.
      expect(JSON.stringify(parseSealed(JSON.stringify(message)))).toBe(JSON.stringify(message));
      return true;
    });
  });

  it('take device ids and proofs, or refuse them', () => {
    let proofs = 0;
    feedText('meeting', (text) => {
      isDeviceId(text);
      const proof = jsonOf(text);
      if (typeof proof !== 'object' || proof === null) return false;
      const { type, key, signature } = proof as Record<string, unknown>;
      // What a message is made of, the guard of control messages sees to.
      if (type !== 'device' || typeof key !== 'string' || typeof signature !== 'string') return false;
      proofs += 1;
      // A signature takes milliseconds: not for each of a million.
      if (proofs % 100 === 1) expect(orRefused(() => verifyDevice({ type, key, signature }, zeros(32)))).toBeNull();
      return true;
    });
  });
});
