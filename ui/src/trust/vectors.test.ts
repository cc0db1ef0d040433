// Replays tests/vectors/{invitation,envelope,confirmation,handshake}.json, which the Rust twin replays as well.
import { describe, expect, it } from 'vitest';

import type { PeerId } from '../protocol/PeerId';
import type { Plane } from '../protocol/Plane';
import { decodeBase64url } from './base64url';
import type { Bytes } from './bytes';
import { RoomKeys } from './derivation';
import { Epoch, type Negotiation } from './Epoch';
import { parseFingerprint } from './fingerprint';
import { Handshake, type HandshakeStep, type HelloNonces } from './handshake';
import { openHello, sealHello, type About } from './hello';
import { fromHex, toHex } from './id';
import { createInvitation, invitationAppLink, invitationLink, parseInvitation, pinned } from './invitation';
import { TrustError } from './TrustError';
import { vectorNames, vectors } from './vectorFiles';

function unhex(text: string): Bytes {
  const bytes = fromHex(text, text.length / 2);
  if (bytes === null) throw new Error(`no hex: ${text}`);
  return bytes;
}

function nonce(text: string): Bytes {
  const bytes = decodeBase64url(text, 32);
  if (bytes === null) throw new Error(`no nonce: ${text}`);
  return bytes;
}

function fingerprint(text: string): Bytes {
  const bytes = parseFingerprint(text);
  if (bytes === null) throw new Error(`no fingerprint: ${text}`);
  return bytes;
}

/** The code of the refusal, or null when nothing was refused. */
function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
}

interface Party {
  readonly peer: PeerId;
  readonly nonce: string;
}

/** The epoch of two parties at both of them; the low one began it. */
function epochs(secret: string, low: Party, high: Party): { low: Epoch; high: Epoch; keys: RoomKeys } {
  const keys = new RoomKeys(unhex(secret));
  const atLow = { peer: low.peer, nonce: nonce(low.nonce) };
  const atHigh = { peer: high.peer, nonce: nonce(high.nonce) };
  return { low: new Epoch(keys, atLow, atHigh, true), high: new Epoch(keys, atHigh, atLow, false), keys };
}

describe('vectors', () => {
  it('are all read by this page', () => {
    const readHere = ['confirmation.json', 'envelope.json', 'handshake.json', 'invitation.json'];
    const readNextDoor = ['code-room.json', 'comparison.json', 'cpace.json', 'device.json', 'spoken-code.json', 'words.json'];
    const readByTransfer = ['blocks.json', 'frames.json', 'names.json', 'transcripts.json'];
    expect(vectorNames()).toEqual([...readHere, ...readNextDoor, ...readByTransfer].sort());
  });

  it('of invitations are met', () => {
    const { derived, links, read, refused } = vectors('invitation.json') as {
      derived: { secret: string; room: string; token: string; hello_key: string }[];
      links: { server: string; secret: string; pin: string | null; link: string; app_link: string }[];
      read: { link: string; server: string; secret: string }[];
      refused: { link: string; code: string }[];
    };
    expect([derived.length >= 3, links.length >= 4, read.length >= 5, refused.length >= 30]).toEqual([true, true, true, true]);
    for (const { secret, room, token, hello_key } of derived) {
      const keys = new RoomKeys(unhex(secret));
      expect({ room: keys.room, token: keys.joinToken, hello: toHex(keys.helloKey) }).toEqual({ room, token, hello: hello_key });
    }
    for (const { server, secret, pin, link, app_link } of links) {
      const plain = createInvitation(server, () => unhex(secret));
      const invitation = pin === null ? plain : pinned(plain, unhex(pin));
      expect(invitationLink(invitation)).toBe(link);
      expect(invitationAppLink(invitation)).toBe(app_link);
      expect(parseInvitation(link)).toEqual(invitation);
      expect(parseInvitation(app_link)).toEqual(invitation);
    }
    for (const { link, server, secret } of read) {
      expect(parseInvitation(link), link).toEqual({ server, secret: unhex(secret) });
    }
    for (const { link, code } of refused) expect(codeOf(() => parseInvitation(link)), link).toBe(code);
  });

  it('of envelopes are met', () => {
    const content = vectors('envelope.json') as {
      secret: string;
      low: Party;
      high: Party;
      epoch: string;
      sealed: { from: string; sequence: number; plane: Plane; nonce: string; body: string; text: string; message: Negotiation }[];
      hellos: { from: string; nonce: string; body: string; message: HelloNonces & About & { type: string } }[];
      refused: { name: string; opened_by: string; before: string[]; body: string; code: string }[];
    };
    const { secret, low, high } = content;
    expect([content.sealed.length >= 4, content.hellos.length >= 2, content.refused.length >= 40]).toEqual([true, true, true]);
    const at = epochs(secret, low, high);
    expect([at.low.id, at.high.id]).toEqual([content.epoch, content.epoch]);
    for (const { from, plane, nonce: random, body, text, message } of content.sealed) {
      const [sender, receiver] = from === 'low' ? [at.low, at.high] : [at.high, at.low];
      // The order of fields is the text's; the file itself holds them sorted.
      expect(sender.seal(plane, JSON.parse(text) as Negotiation, () => unhex(random))).toBe(body);
      expect(receiver.open(body)).toEqual({ plane, message });
    }
    for (const { nonce: random, body, message } of content.hellos) {
      expect(sealHello(at.keys, low.peer, high.peer, message, message, unhex(random))).toBe(body);
      expect(openHello(at.keys, low.peer, high.peer, body)).toEqual(message);
    }
    for (const { name, opened_by, before, body, code } of content.refused) {
      const fresh = epochs(secret, low, high);
      for (const earlier of before) fresh.high.open(earlier);
      const open = opened_by === 'hello' ? () => openHello(fresh.keys, low.peer, high.peer, body) : () => fresh.high.open(body);
      expect(codeOf(open), name).toBe(code);
    }
  });

  it('of confirmations are met', () => {
    const content = vectors('confirmation.json') as {
      secret: string;
      low: Party;
      high: Party;
      epoch: string;
      right: Record<'low_fingerprint' | 'high_fingerprint' | 'low_mac' | 'high_mac', string>[] & { plane: Plane; link: number }[];
      wrong: Record<'name' | 'low_fingerprint' | 'high_fingerprint' | 'mac', string>[] & { plane: Plane; link: number }[];
    };
    expect([content.right.length >= 4, content.wrong.length >= 9]).toEqual([true, true]);
    const at = epochs(content.secret, content.low, content.high);
    for (const { plane, link, low_fingerprint, high_fingerprint, low_mac, high_mac } of content.right) {
      const [low, high] = [fingerprint(low_fingerprint), fingerprint(high_fingerprint)];
      expect(at.low.confirm(plane, link, low, high)).toBe(low_mac);
      expect(at.high.confirm(plane, link, high, low)).toBe(high_mac);
      expect(at.low.isConfirmed(high_mac, plane, link, low, high)).toBe(true);
      expect(at.high.isConfirmed(low_mac, plane, link, high, low)).toBe(true);
    }
    for (const { name, plane, link, low_fingerprint, high_fingerprint, mac } of content.wrong) {
      const [low, high] = [fingerprint(low_fingerprint), fingerprint(high_fingerprint)];
      expect(at.high.isConfirmed(mac, plane, link, high, low), name).toBe(false);
    }
  });

  it('of handshakes are met', () => {
    const { secret, scripts } = vectors('handshake.json') as {
      secret: string;
      scripts: {
        name: string;
        self: PeerId;
        other: PeerId;
        steps: ({ fresh: string; expect: unknown } & ({ do: 'begin' } | { do: 'receive'; nonce: string; echo: string | null }))[];
      }[];
    };
    expect(scripts.length).toBeGreaterThanOrEqual(13);
    for (const { name, self, other, steps } of scripts) {
      const machine = new Handshake(new RoomKeys(unhex(secret)), self, other);
      for (const [index, step] of steps.entries()) {
        const fresh = nonce(step.fresh);
        const got: HandshakeStep =
          step.do === 'begin'
            ? { send: machine.begin(fresh), established: null }
            : machine.helloReceived({ nonce: step.nonce, echo: step.echo }, fresh);
        const established =
          got.established === null
            ? null
            : { epoch: got.established.id, initiator: got.established.initiator, polite: got.established.polite };
        expect({ send: got.send, established }, `${name}, step ${index}`).toEqual(step.expect);
      }
    }
  });
});
