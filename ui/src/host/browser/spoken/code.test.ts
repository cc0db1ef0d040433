// Owner and guest of a code on the real way to a made-up server: who comes in, what burns a code, and what a server can do.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FailureCode } from '../../../protocol/FailureCode';
import type { OpenedCode } from '../../../protocol/OpenedCode';
import { decodeBase64url, encodeBase64url } from '../../../trust/base64url';
import { utf8 } from '../../../trust/bytes';
import { codeRoom } from '../../../trust/codeRoom';
import { createInvitation, type Invitation } from '../../../trust/invitation';
import { parseSpokenCode } from '../../../trust/spokenCode';
import { HostError } from '../../port';
import { FakeServer, net } from '../signaling/testing/FakeServer';
import { CodeDesk } from './CodeDesk';
import { CodeSeat } from './CodeSeat';
import { knock } from './knock';

vi.mock('socket.io-client', async () => ({ io: (await import('../signaling/testing/FakeServer')).connect }));

const SERVER = 'https://parlor.example';
const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const INVITATION = createInvitation(SERVER, random);

/** Lets everything that is under way arrive. */
const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(50);
};

/** A desk behind a code, and what it tells. `draw` chooses the numbers. */
async function open(language: 'en' | 'ko' = 'en', draw: typeof random = random) {
  const told: OpenedCode[] = [];
  const desk = new CodeDesk(INVITATION, language, draw, (code) => told.push(code));
  desk.open();
  await settle();
  return { desk, told, states: () => told.map(({ state }) => state), text: () => told.findLast(({ text }) => text !== null)?.text ?? '' };
}

/** A try, and what comes of it. */
async function come(text: string, given = new AbortController().signal): Promise<Invitation | FailureCode> {
  try {
    return await knock(SERVER, parseSpokenCode(text), random, given);
  } catch (error) {
    if (error instanceof HostError) return error.failure.code;
    throw error;
  }
}

async function soon<T>(outcome: Promise<T>): Promise<T> {
  await settle();
  return outcome;
}

const wrong = (text: string): string => `${text.split('-')[0] ?? ''}-${text.endsWith('-abbey') ? 'acid-acid-acid' : 'abbey-abbey-abbey'}`;

/** Somebody in the room of a number, who may say anything. */
function stranger(number: number, isOwner = false): CodeSeat {
  const seat = new CodeSeat({ server: SERVER, number, isOwner }, random, () => undefined);
  seat.begin();
  return seat;
}

/** Draws these numbers first; the desk takes them modulo the width of its range. */
function drawing(...numbers: readonly number[]): typeof random {
  const left = [...numbers];
  return (length) => {
    const next = length === 4 ? left.shift() : undefined;
    if (next === undefined) return random(length);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, next - 1);
    return bytes;
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  net.server = new FakeServer();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('who knows the words', () => {
  it.each(['en', 'ko'] as const)('gets the invitation, in %s, and the code is used', async (language) => {
    const { told, states, text } = await open(language);
    expect(text()).toMatch(language === 'en' ? /^\d{1,2}(-[a-z]+){3}$/ : /^\d{1,2}(-[가-힣]{2}){3}$/);
    expect(told.at(-1)).toMatchObject({ state: 'waiting', left_ms: 600_000, failure: null });
    expect(await soon(come(text()))).toEqual(INVITATION);
    expect(states()).toEqual(['opening', 'waiting', 'tried', 'used']);
    expect(told.at(-1)?.text).toBeNull();
    // Both have left the room of the number.
    expect(net.server.seated).toBe(0);
    expect(await soon(come(text()))).toBe('code-unknown');
  });

  it('keeps them from the server', async () => {
    const { text } = await open();
    await soon(come(text()));
    expect(net.server.bodies).toHaveLength(4);
    const heard = net.server.bodies.map((body) => new TextDecoder().decode(decodeBase64url(body) ?? new Uint8Array())).join();
    for (const word of text().split('-').slice(1)) expect(heard).not.toContain(word);
    expect(heard).not.toContain(encodeBase64url(INVITATION.secret));
  });

  it('still gets it when the server goes away and comes back meanwhile', async () => {
    const { states, text } = await open();
    net.server.cut();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await soon(come(text()))).toEqual(INVITATION);
    expect(states().at(-1)).toBe('used');
  });
});

describe('a wrong try', () => {
  it('burns the code, is told to the guest, and the right words come too late', async () => {
    const { told, states, text } = await open();
    expect(await soon(come(wrong(text())))).toBe('code-wrong');
    expect(states()).toEqual(['opening', 'waiting', 'tried', 'burnt']);
    expect(told.at(-1)).toMatchObject({ text: null, left_ms: 0 });
    expect(net.server.seated).toBe(0);
    expect(await soon(come(text()))).toBe('code-unknown');
  });

  it('that is followed up by a wrong proof burns it at once', async () => {
    const { states, text } = await open();
    net.server.pass = (body) => {
      const message = JSON.parse(new TextDecoder().decode(decodeBase64url(body) ?? new Uint8Array())) as Record<string, unknown>;
      return message['type'] === 'code-confirm' ? encodeBase64url(utf8(JSON.stringify({ ...message, confirm: 'A'.repeat(43) }))) : body;
    };
    const guest = come(text());
    await settle();
    expect(states().at(-1)).toBe('burnt');
    expect(await guest).toBe('code-wrong');
  });

  it('cannot be had by who says nothing, or something else', async () => {
    const { states, text } = await open();
    const number = parseSpokenCode(text()).number;
    const seat = stranger(number);
    await settle();
    const owner = [...(net.server.rooms.get(codeRoom(number).room)?.seats.keys() ?? [])].find((peer) => peer !== seat.peer) ?? '';
    seat.say(owner, { type: 'code-confirm', confirm: 'A'.repeat(43) });
    await settle();
    seat.leave();
    await settle();
    expect(states()).toEqual(['opening', 'waiting']);
    expect(await soon(come(text()))).toEqual(INVITATION);
  });
});

describe('a guest', () => {
  it('tries nothing where not one alone waits', async () => {
    const { states, text } = await open();
    stranger(parseSpokenCode(text()).number);
    await settle();
    expect(await soon(come(text()))).toBe('code-wrong');
    expect([states().at(-1), net.server.bodies]).toEqual(['waiting', []]);
  });

  it('learns that nobody waits behind a number', async () => {
    expect(await soon(come('7-apple-lantern-tulip'))).toBe('code-unknown');
  });

  it('gives up after twenty seconds, and says whether the server was there', async () => {
    const { text } = await open();
    net.server.pass = () => null;
    const unanswered = come(text());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await unanswered).toBe('code-unknown');
    net.server.isReachable = false;
    const unreached = come(text());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await unreached).toBe('server-unreachable');
  });

  it('leaves when it is called off', async () => {
    const { states, text } = await open();
    net.server.pass = () => null;
    const given = new AbortController();
    const called = come(text(), given.signal);
    await settle();
    expect(net.server.seated).toBe(2);
    given.abort();
    await settle();
    expect([await called, states().at(-1), net.server.seated]).toEqual(['not-now', 'waiting', 1]);
  });

  it('is told when the owner goes away in the middle', async () => {
    const { desk, text } = await open();
    net.server.pass = () => null;
    const left = come(text());
    await settle();
    desk.close();
    expect(await soon(left)).toBe('code-wrong');
  });
});

describe('an owner', () => {
  it('takes another number where somebody sits, and longer ones after four', async () => {
    for (const number of [5, 6, 7]) stranger(number, true);
    await settle();
    expect((await open('en', drawing(5, 6, 8))).text()).toMatch(/^8-/);
    stranger(9, true);
    await settle();
    expect((await open('en', drawing(5, 6, 7, 9, 1_000))).text()).toMatch(/^1099-/);
  });

  it('says so when there is none', async () => {
    stranger(1, true);
    stranger(100, true);
    await settle();
    const { told } = await open('en', drawing(1, 1, 1, 1, 1, 1, 1, 1));
    expect(told.at(-1)).toMatchObject({ state: 'failed', failure: { code: 'not-now' } });
    expect(net.server.seated).toBe(2);
  });

  it('says why the server could not be asked', async () => {
    net.server.isReachable = false;
    const { told } = await open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.at(-1)).toMatchObject({ state: 'failed', text: null, failure: { code: 'server-unreachable' } });
  });

  it('ends it whenever it likes, also before there is a number, and once', async () => {
    const early: OpenedCode[] = [];
    const desk = new CodeDesk(INVITATION, 'en', random, (code) => early.push(code));
    desk.open();
    desk.close();
    await settle();
    expect(early.map(({ state }) => state)).toEqual(['opening', 'closed']);
    const { desk: other, states } = await open();
    other.close();
    other.close();
    await settle();
    expect(states()).toEqual(['opening', 'waiting', 'closed']);
    expect(net.server.seated).toBe(0);
  });

  it('leaves after ten minutes', async () => {
    const { states } = await open();
    await vi.advanceTimersByTimeAsync(599_000);
    expect(states().at(-1)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1_000);
    expect([states().at(-1), net.server.seated]).toEqual(['expired', 0]);
  });

  it('stays until the guest has had the time to take the invitation, and no longer', async () => {
    const { states, text } = await open();
    // The guest never hears it, and stays.
    let passed = 0;
    net.server.pass = (body) => ((passed += 1) > 3 ? null : body);
    const guest = come(text());
    await settle();
    expect([states().at(-1), net.server.seated]).toEqual(['used', 2]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states().at(-1)).toBe('used');
    expect([await guest, net.server.seated]).toEqual(['code-wrong', 0]);
  });
});
