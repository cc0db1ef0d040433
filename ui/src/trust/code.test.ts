// Replays tests/vectors/{words,cpace,spoken-code,code-room}.json, which the Rust twin replays as well, and holds what codes promise.
import { describe, expect, it } from 'vitest';

import type { PeerId } from '../protocol/PeerId';
import { concatBytes, utf8, type Bytes, type Random } from './bytes';
import { CodeGuest } from './CodeGuest';
import { guardCodeMessage, parseCodeMessage, CODE_MESSAGE_BYTES, type CodeMessage } from './codeMessage';
import { codeRoom } from './codeRoom';
import { CODE_LIFE_MS, CodeOwner, type CodeStatus } from './CodeOwner';
import { CpaceSecret, Generator, sessionKey, sessionOutput, transcript } from './cpace';
import { fromHex, toHex } from './id';
import type { Invitation } from './invitation';
import { createSpokenCode, parseSpokenCode, spokenCodeText, type SpokenCode } from './spokenCode';
import { TrustError } from './TrustError';
import { vectors } from './vectorFiles';
import { WORD_COUNT, WORDS, type CodeLanguage } from './words';

const SERVER = 'https://parlor.example';
const GUEST = '01'.repeat(16);
const OWNER = '02'.repeat(16);
const INVITATION: Invitation = { server: SERVER, secret: new Uint8Array(32).fill(9) };
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length));

function unhex(text: string): Bytes {
  const bytes = fromHex(text.toLowerCase(), text.length / 2);
  if (bytes === null) throw new Error(`no hex: ${text}`);
  return bytes;
}

/** Gives out these, in order. */
function given(...values: readonly Bytes[]): Random {
  const left = [...values];
  return (length) => {
    const next = left.shift();
    if (next?.length !== length) throw new Error(`${length} bytes were not expected`);
    return next;
  };
}

function refusalOf(act: () => unknown): TrustError | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof TrustError) return error;
    throw error;
  }
}

/** A guest and an owner exchange all four messages. */
function exchange(atGuest: SpokenCode, atOwner: SpokenCode): Invitation | null {
  const guest = new CodeGuest(atGuest, GUEST, random);
  const owner = new CodeOwner(atOwner, OWNER, 0);
  const answer = owner.receive(GUEST, guest.first, INVITATION, random, 1);
  const confirm = guest.receive(OWNER, answer, SERVER);
  if (confirm.type !== 'send') return null;
  const invited = guest.receive(OWNER, owner.receive(GUEST, confirm.message, INVITATION, random, 2), SERVER);
  return invited.type === 'invited' ? invited.invitation : null;
}

interface CodeVectors {
  readonly created: { number: number; language: CodeLanguage; random: string; text: string }[];
  readonly read: { text: string; code: string }[];
  readonly refused: { text: string; code: string; place: number | null }[];
  readonly exchanges: (Record<
    'code' | 'guest' | 'owner' | 'session' | 'guest_random' | 'owner_random' | 'seal_random' | 'secret',
    string
  > & { messages: [CodeMessage, CodeMessage, CodeMessage, CodeMessage] })[];
  readonly scripts: {
    code: string;
    owner: PeerId;
    owner_random: string;
    steps_of: {
      name: string;
      steps: { from: PeerId; message: unknown; now_ms: number; ok: string | null; code: string | null }[];
      status: CodeStatus;
    }[];
  };
}

describe('vectors', () => {
  it('of words are met', () => {
    const lists = vectors('words.json') as Record<CodeLanguage, string[]>;
    for (const language of ['english', 'korean'] as const) {
      expect(WORDS[language]).toEqual(lists[language]);
      expect(new Set(WORDS[language]).size).toBe(WORD_COUNT);
      expect(WORDS[language].every((word) => word.normalize('NFC') === word)).toBe(true);
    }
  });

  it('of CPace are met', () => {
    const { G_Coffee25519: run, G_Coffee25519_points: points } = vectors('cpace.json') as {
      G_Coffee25519: Record<string, string>;
      G_Coffee25519_points: { Valid: Record<string, string> } & Record<'Invalid Y1' | 'Invalid Y2', string>;
    };
    const get = (name: string): Bytes => unhex(run[name] ?? '');
    // A scalar below the group's order is its own remainder.
    const secret = (scalar: Bytes): CpaceSecret => new CpaceSecret(concatBytes(scalar, new Uint8Array(32)));
    const generator = new Generator(get('PRS'), get('CI'), get('sid'));
    const [ya, yb] = [secret(get('ya')), secret(get('yb'))];
    const a = { share: ya.share(generator), data: get('ADa') };
    const b = { share: yb.share(generator), data: get('ADb') };
    expect([generator.toBytes(), a.share, b.share].map(toHex)).toEqual([get('g'), get('Ya'), get('Yb')].map(toHex));
    const agreed = ya.agree(b.share);
    expect([agreed, yb.agree(a.share)].map(toHex)).toEqual([get('K'), get('K')].map(toHex));
    for (const [order, key, output] of [
      ['initiator-responder', 'ISK_IR', 'sid_output_ir'],
      ['symmetric', 'ISK_SY', 'sid_output_oc'],
    ] as const) {
      const text = transcript(order, a, b);
      expect(toHex(sessionKey(get('sid'), agreed, text))).toBe(toHex(get(key)));
      expect(toHex(sessionOutput(text))).toBe(toHex(get(output)));
      expect(toHex(transcript(order, b, a)) === toHex(text)).toBe(order === 'symmetric');
    }
    const valid = (name: string): Bytes => unhex(points.Valid[name] ?? '');
    const product = toHex(secret(valid('s')).agree(valid('X')));
    expect(product).toBe(toHex(valid('G.scalar_mult(s,decode(X))')));
    expect(product).toBe(toHex(valid('G.scalar_mult_vfy(s,X)')));
    for (const name of ['Invalid Y1', 'Invalid Y2'] as const) {
      expect(refusalOf(() => secret(valid('s')).agree(unhex(points[name])))?.code, name).toBe('bad-share');
    }
    expect(refusalOf(() => new CpaceSecret(new Uint8Array(64)).agree(valid('X')))?.code).toBe('bad-share');
  });

  it('of codes are met', () => {
    const { created, read, refused } = vectors('spoken-code.json') as CodeVectors;
    expect([created.length >= 8, read.length >= 17, refused.length >= 20]).toEqual([true, true, true]);
    for (const { number, language, random: bytes, text } of created) {
      const code = createSpokenCode(number, language, given(unhex(bytes)));
      expect(spokenCodeText(code)).toBe(text);
      expect(parseSpokenCode(text)).toEqual(code);
    }
    for (const { text, code } of read) expect(spokenCodeText(parseSpokenCode(text)), text).toBe(code);
    for (const { text, code, place } of refused) {
      expect(refusalOf(() => parseSpokenCode(text)), text).toMatchObject({ code, place });
    }
  });

  it('of exchanges are met', () => {
    const { exchanges } = vectors('spoken-code.json') as CodeVectors;
    expect(exchanges.length).toBeGreaterThanOrEqual(8);
    for (const vector of exchanges) {
      const [tried, answer, confirm, sealed] = vector.messages;
      const code = parseSpokenCode(vector.code);
      const invitation = { server: SERVER, secret: unhex(vector.secret) };
      const guest = new CodeGuest(code, vector.guest, given(unhex(vector.guest_random), unhex(vector.session)));
      const owner = new CodeOwner(code, vector.owner, 0);
      const ownerRandom = given(unhex(vector.owner_random), unhex(vector.seal_random));
      expect(guest.first).toEqual(tried);
      expect(owner.receive(vector.guest, tried, invitation, ownerRandom, 1)).toEqual(answer);
      expect(guest.receive(vector.owner, answer, SERVER)).toEqual({ type: 'send', message: confirm });
      expect(owner.receive(vector.guest, confirm, invitation, ownerRandom, 2)).toEqual(sealed);
      expect(guest.receive(vector.owner, sealed, SERVER)).toEqual({ type: 'invited', invitation });
    }
  });

  it('of code rooms are met', () => {
    const { rooms } = vectors('code-room.json') as { rooms: { number: number; room: string; token: string }[] };
    expect(rooms.length).toBeGreaterThanOrEqual(3);
    for (const { number, room, token } of rooms) expect(codeRoom(number)).toEqual({ room, token });
  });

  it('of owners are met', () => {
    const { scripts } = vectors('spoken-code.json') as CodeVectors;
    expect(scripts.steps_of.length).toBeGreaterThanOrEqual(13);
    for (const { name, steps, status } of scripts.steps_of) {
      const owner = new CodeOwner(parseSpokenCode(scripts.code), scripts.owner, 0);
      for (const [index, { from, message, now_ms, ok, code }] of steps.entries()) {
        const fixed: Random = (length) => unhex(scripts.owner_random).slice(0, length);
        const guarded = guardCodeMessage(message);
        if (guarded === null) throw new Error(`${name}: no message`);
        let said: string | null = null;
        const refusal = refusalOf(() => (said = owner.receive(from, guarded, INVITATION, fixed, now_ms).type));
        expect({ ok: said, code: refusal?.code ?? null }, `${name}, step ${index}`).toEqual({ ok, code });
      }
      expect(owner.status(steps.at(-1)?.now_ms ?? 0), name).toBe(status);
    }
  });
});

describe('a spoken code', () => {
  it('invites who knows it a hundred times, and a hundred times not who does not', () => {
    for (let number = 1; number <= 100; number += 1) {
      const code = createSpokenCode(number, number % 2 === 0 ? 'korean' : 'english', random);
      expect(exchange(code, code)).toEqual(INVITATION);
      const other = { ...code, words: code.words.replace(/[^-]+$/, code.words.endsWith('-abbey') ? 'acid' : 'abbey') };
      expect(refusalOf(() => exchange(other, code))?.code, `${code.words}, ${other.words}`).toBe('wrong-code');
    }
  });

  it('hands a fingerprint over with the secret, and takes no other seal for it', () => {
    const pinned: Invitation = { ...INVITATION, pin: new Uint8Array(32).fill(3) };
    for (const isForged of [false, true]) {
      const code = createSpokenCode(7, 'english', random);
      const guest = new CodeGuest(code, GUEST, random);
      const owner = new CodeOwner(code, OWNER, 0);
      const confirm = guest.receive(OWNER, owner.receive(GUEST, guest.first, pinned, random, 1), SERVER);
      if (confirm.type !== 'send') throw new Error('a confirmation');
      const said = owner.receive(GUEST, confirm.message, pinned, random, 2);
      if (said.type !== 'code-invitation' || said.pin === undefined) throw new Error('an invitation with a fingerprint');
      const got = guardCodeMessage({ ...said, pin: isForged ? said.sealed : said.pin });
      if (got === null) throw new Error('a message');
      if (isForged) expect(refusalOf(() => guest.receive(OWNER, got, SERVER))?.code).toBe('does-not-open');
      else expect(guest.receive(OWNER, got, SERVER)).toEqual({ type: 'invited', invitation: pinned });
    }
  });

  it('is bound to its number and to who speaks', () => {
    const code = createSpokenCode(7, 'english', random);
    expect(refusalOf(() => exchange({ ...code, number: 8 }, code))?.code).toBe('wrong-code');
    const guest = new CodeGuest(code, GUEST, random);
    const owner = new CodeOwner(code, OWNER, 0);
    const answer = owner.receive('09'.repeat(16), guest.first, INVITATION, random, 1);
    expect(refusalOf(() => guest.receive(OWNER, answer, SERVER))?.code).toBe('wrong-code');
    expect(refusalOf(() => guest.receive(OWNER, answer, SERVER))?.code).toBe('out-of-order');
    expect(guest.isOver).toBe(true);
  });

  it('brings nothing to who sends messages back to their sender', () => {
    const code = createSpokenCode(7, 'korean', random);
    const guest = new CodeGuest(code, GUEST, random);
    const owner = new CodeOwner(code, OWNER, 0);
    const answer = owner.receive(GUEST, guest.first, INVITATION, random, 1);
    if (answer.type !== 'code-answer' || guest.first.type !== 'code-try') throw new Error('an answer to a try');
    const { confirm } = answer;
    const reflected = { type: 'code-confirm', confirm } as const;
    expect(refusalOf(() => owner.receive(GUEST, reflected, INVITATION, random, 2))?.code).toBe('wrong-code');
    const own = { type: 'code-answer', share: guest.first.share, confirm } as const;
    expect(refusalOf(() => guest.receive(OWNER, own, SERVER))?.code).toBe('wrong-code');
  });

  it('may be burnt by its owner, and is by time', () => {
    const owner = new CodeOwner(createSpokenCode(7, 'english', random), OWNER, 5);
    expect([owner.status(5), owner.status(5 + CODE_LIFE_MS), owner.expiresMs]).toEqual(['waiting', 'expired', 5 + CODE_LIFE_MS]);
    owner.burn();
    expect(owner.status(6)).toBe('burnt');
  });

  it('takes no message that is none', () => {
    const confirm = { type: 'code-confirm', confirm: 'A'.repeat(43) };
    expect(parseCodeMessage(JSON.stringify({ ...confirm, more: 1 }))).toEqual(confirm);
    const wrong = [
      '', '{}', '[1]', 'null', '"code-try"', '{"type":"later"}', '{"type":"code-confirm","confirm":"AA"}',
      JSON.stringify(confirm) + ' '.repeat(CODE_MESSAGE_BYTES), JSON.stringify({ ...confirm, confirm: 1 }),
      JSON.stringify({ type: 'code-try', session: 'A'.repeat(43), share: 'A'.repeat(43) }),
    ];
    for (const text of wrong) expect(refusalOf(() => parseCodeMessage(text))?.code, text).toBe('not-a-message');
    expect(utf8(JSON.stringify(confirm)).length).toBeLessThan(160);
  });
});
