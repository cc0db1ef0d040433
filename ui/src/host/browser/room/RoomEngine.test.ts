// The engine between a made-up server and peers that are real up to their sealing. Connections there are none: this is no browser.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command } from '../../../protocol/Command';
import type { Event } from '../../../protocol/Event';
import type { Joined } from '../../../protocol/Joined';
import type { PeerId } from '../../../protocol/PeerId';
import type { Transfer } from '../../../protocol/Transfer';
import { Correspondence } from '../../../trust/Correspondence';
import type { CorrespondenceOutput } from '../../../trust/Correspondence';
import { RoomKeys } from '../../../trust/derivation';
import { createInvitation, invitationLink } from '../../../trust/invitation';
import { PickedFiles, PickedSource } from '../files/PickedFiles';
import type { SignalingFact } from '../signaling/SignalingLink';
import { RoomEngine } from './RoomEngine';
import { RoomTabs } from './RoomTabs';
import { TransferDriver } from './TransferDriver';

/** What the engine's last way to the server was told, and how the server answers. */
const server = vi.hoisted((): { heard: (fact: unknown) => void; sent: { to: string; body: string }[]; withdrawn: string[][] } => ({
  heard: () => undefined,
  sent: [],
  withdrawn: [],
}));

vi.mock('../signaling/SignalingLink', () => ({
  SignalingLink: class {
    constructor(_server: string, _seat: unknown, heard: (fact: unknown) => void) {
      server.heard = heard;
    }
    begin(): void { /* the test says what comes of it */ }
    send(to: string, body: string): void {
      server.sent.push({ to, body });
    }
    withdraw(peers: string[]): void {
      server.withdrawn.push(peers);
    }
    forget(): void { /* nothing is kept */ }
    leave(): void { /* nobody is told */ }
  },
}));

const ADA = '22'.repeat(16);
const BOB = '33'.repeat(16);
let state = 1;
/** The same bytes every time, none soon again. */
const random = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
const invitation = createInvitation('https://parlor.example', random);
const keys = new RoomKeys(invitation.secret);

/** The engine, inside a room with `peers`. */
async function inside(...peers: PeerId[]) {
  const events: Event[] = [];
  const picked = new PickedFiles();
  const engine = new RoomEngine({
    ownServer: 'https://parlor.example',
    random,
    tabs: new RoomTabs(),
    picked,
    places: {
      hasher: { hash: () => Promise.reject(new Error('nothing is hashed here')) },
      accept: () => Promise.reject(new Error('nothing is received here')),
      declined: () => undefined,
    },
    device: () => null,
    ice: () => ({ servers: [], relayOnly: false }),
    emit: (event) => events.push(event),
  });
  const entering = engine.dispatch({ type: 'join-room', link: invitationLink(invitation), name: 'Mina' });
  // Other tabs are asked whether a seat that was kept is theirs.
  await vi.advanceTimersByTimeAsync(500);
  await entering;
  const hear = (fact: SignalingFact): void => server.heard(fact);
  let again = false;
  const enter = (...here: PeerId[]): void => {
    const joined: Joined = { peers: here, ice_servers: [], ttl_s: 900, limits: { message_bytes: 65_536, room_peers: 8 } };
    hear({ type: 'entered', joined, again });
    again = true;
  };
  enter(...peers);
  const entered = events.find((event) => event.type === 'room-entered');
  if (entered?.type !== 'room-entered') throw new Error('not inside');
  const self = entered.self_peer;
  /** The other end of a peer, as a program that was started anew. */
  const other = (peer: PeerId) => new Correspondence(keys, peer, self, { name: 'Theo', agent: 'parlor/0.1.0', host: 'app' }, random);
  const say = (from: PeerId, outputs: readonly CorrespondenceOutput[]): void => {
    for (const output of outputs) if (output.type === 'send-signal') hear({ type: 'signal-received', from, body: output.body });
  };
  /** Lets the end of a peer hear what was sent to it, and says its answers. */
  const exchange = (peer: PeerId, end: Correspondence): void => {
    for (let sent = take(peer); sent.length > 0; sent = take(peer)) for (const body of sent) say(peer, end.receive(body));
  };
  const epochOf = (peer: PeerId): string | null => {
    const last = events.findLast((event) => event.type === 'peer-changed' && event.peer.id === peer);
    return last?.type === 'peer-changed' ? last.peer.epoch : null;
  };
  return { engine, events, picked, hear, enter, other, say, exchange, epochOf };
}

/** Bodies sent to a peer and not yet taken. */
function take(peer: PeerId): string[] {
  const mine = server.sent.filter(({ to }) => to === peer).map(({ body }) => body);
  server.sent = server.sent.filter(({ to }) => to !== peer);
  return mine;
}

beforeEach(() => {
  vi.useFakeTimers();
  server.sent = [];
  server.withdrawn = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('greeting', () => {
  it('reaches a peer that comes back with an old epoch and does not greet', async () => {
    const { hear, enter, other, exchange, epochOf, events } = await inside(ADA);
    const ada = other(ADA);
    exchange(ADA, ada);
    const before = epochOf(ADA);
    expect(before).toBe(ada.epoch?.id);
    // We come back from an outage before it does; it is gone for longer than it is waited for.
    enter();
    vi.advanceTimersByTime(20_000);
    expect(events.at(-1)).toEqual({ type: 'peer-left', peer: ADA, said_bye: false });
    hear({ type: 'peer-joined', peer: ADA });
    const sealed = ada.seal('data', { type: 'candidate', link: 1, candidate: null });
    hear({ type: 'signal-received', from: ADA, body: sealed ?? '' });
    vi.advanceTimersByTime(12_999);
    expect(take(ADA)).toEqual([]);
    vi.advanceTimersByTime(1);
    exchange(ADA, ada);
    expect(epochOf(ADA)).toBe(ada.epoch?.id);
    expect(epochOf(ADA)).not.toBe(before);
  });

  it('leaves it to a newcomer that speaks in time', async () => {
    const { hear, other, say, exchange, epochOf } = await inside();
    hear({ type: 'peer-joined', peer: ADA });
    const ada = other(ADA);
    say(ADA, ada.begin());
    exchange(ADA, ada);
    const epoch = epochOf(ADA);
    expect(epoch).toBe(ada.epoch?.id);
    vi.advanceTimersByTime(60_000);
    exchange(ADA, ada);
    expect(epochOf(ADA)).toBe(epoch);
  });

  it('is said again to who does not answer', async () => {
    await inside(ADA);
    expect(take(ADA)).toHaveLength(1);
    vi.advanceTimersByTime(30_000);
    expect(take(ADA)).toHaveLength(3);
  });

  it('greets anew at a return who has no connection to us', async () => {
    const { enter, other, exchange, epochOf } = await inside(ADA);
    const ada = other(ADA);
    exchange(ADA, ada);
    const before = epochOf(ADA);
    enter(ADA);
    exchange(ADA, ada);
    expect(epochOf(ADA)).toBe(ada.epoch?.id);
    expect(epochOf(ADA)).not.toBe(before);
  });

  it('does not end a live epoch for a hello that the server says once more', async () => {
    const { hear, other, exchange, epochOf } = await inside(ADA);
    const old = other(ADA).begin();
    const ada = other(ADA);
    exchange(ADA, ada);
    const epoch = epochOf(ADA);
    for (const output of old) if (output.type === 'send-signal') hear({ type: 'signal-received', from: ADA, body: output.body });
    exchange(ADA, ada);
    vi.advanceTimersByTime(60_000);
    exchange(ADA, ada);
    expect(epochOf(ADA)).toBe(epoch);
  });
});

describe('texts', () => {
  it('go on to the others when too many wait for one peer', async () => {
    const { engine, events, hear } = await inside(ADA);
    const write = (n: number) => engine.dispatch({ type: 'send-text', id: n.toString(16).padStart(32, '0'), body: 'hello' });
    for (let n = 0; n < 256; n += 1) await write(n);
    hear({ type: 'peer-joined', peer: BOB });
    const asked = vi.spyOn(TransferDriver.prototype, 'sendText');
    await write(256);
    expect(asked.mock.results.map(({ type }) => type)).toEqual(['throw', 'return']);
    expect(events.filter((event) => event.type === 'command-failed')).toEqual([
      { type: 'command-failed', failure: expect.objectContaining({ code: 'not-now' }) as unknown, peer: ADA },
    ]);
  });

  it('that are too long once written down are refused as a whole', async () => {
    const { engine, events } = await inside(ADA, BOB);
    const body = '\u0001'.repeat(32 * 1024);
    await expect(engine.dispatch({ type: 'send-text', id: '0'.repeat(32), body })).rejects.toMatchObject({ failure: { code: 'text-too-long' } });
    expect(events.some((event) => event.type === 'command-failed')).toBe(false);
  });
});

describe('files', () => {
  const last = (events: readonly Event[]): Transfer | undefined => events.flatMap((event) => (event.type === 'transfer-changed' ? [event.transfer] : [])).at(-1);
  const notNow = { failure: expect.objectContaining({ code: 'not-now' }) as unknown };

  it('that did not arrive are offered again to the same peer, as a new transfer, once', async () => {
    const { engine, events, picked } = await inside(ADA, BOB);
    const handles = picked.add([new File(['abc'], 'a'), new File([], 'b')]).map(({ handle }) => handle);
    await engine.dispatch({ type: 'offer-files', peer: BOB, handles });
    const first = last(events)?.id ?? '';
    await expect(engine.dispatch({ type: 'offer-again', transfer: first })).rejects.toMatchObject(notNow);
    await engine.dispatch({ type: 'cancel-transfer', transfer: first });
    await engine.dispatch({ type: 'offer-again', transfer: first });
    const second = last(events);
    expect(second).toMatchObject({ peer: BOB, state: 'waiting', entry_count: 2, total_bytes: 3 });
    expect(second?.id).not.toBe(first);
    await expect(engine.dispatch({ type: 'offer-again', transfer: first })).rejects.toMatchObject(notNow);
    await engine.dispatch({ type: 'leave-room' });
    await expect(engine.dispatch({ type: 'offer-again', transfer: second?.id ?? '' })).rejects.toMatchObject(notNow);
  });

  it('of a picked folder are offered, and offered again, under their paths in it', async () => {
    const { engine, events, picked } = await inside(BOB);
    const folder = picked.addFolder({ name: 'top', files: [new PickedSource(new File(['abc'], 'a'), ['top', 'a']), new PickedSource(new File(['d'], 'b'), ['top', 'sub', 'b'])] });
    const [single] = picked.add([new File([], 'c')]);
    await engine.dispatch({ type: 'offer-files', peer: BOB, handles: [folder.handle, single?.handle ?? 0] });
    const paths = ['top/a', 'top/sub/b', 'c'];
    expect(last(events)?.entries.map(({ path }) => path)).toEqual(paths);
    await engine.dispatch({ type: 'cancel-transfer', transfer: last(events)?.id ?? '' });
    await engine.dispatch({ type: 'offer-again', transfer: last(events)?.id ?? '' });
    expect(last(events)).toMatchObject({ state: 'waiting', entry_count: 3, total_bytes: 4 });
    expect(last(events)?.entries.map(({ path }) => path)).toEqual(paths);
    const invalid = { failure: expect.objectContaining({ code: 'offer-invalid' }) as unknown };
    await expect(engine.dispatch({ type: 'offer-files', peer: BOB, handles: [single?.handle ?? 0, 99] })).rejects.toMatchObject(invalid);
    const empty = picked.addFolder({ name: 'empty', files: [] });
    await expect(engine.dispatch({ type: 'offer-files', peer: BOB, handles: [empty.handle] })).rejects.toMatchObject(invalid);
    await engine.dispatch({ type: 'leave-room' });
  });

  it('under way end when the peer leaves, before it is told to be gone', async () => {
    const { engine, events, picked, hear } = await inside(ADA, BOB);
    const offer = (peer: PeerId) => engine.dispatch({ type: 'offer-files', peer, handles: picked.add([new File(['abc'], 'a')]).map(({ handle }) => handle) });
    await offer(ADA);
    const other = last(events)?.id;
    await offer(BOB);
    const transfer = last(events)?.id ?? '';
    hear({ type: 'peer-left', peer: BOB });
    expect(last(events)).toMatchObject({ id: transfer, state: 'waiting' });
    vi.advanceTimersByTime(60_000);
    expect(events.slice(-2)).toEqual([
      { type: 'transfer-changed', transfer: expect.objectContaining({ id: transfer, peer: BOB, state: 'cancelled', code: null, ended_by_us: false }) as unknown },
      { type: 'peer-left', peer: BOB, said_bye: false },
    ]);
    expect(events.some((event) => event.type === 'transfer-changed' && event.transfer.id === other && event.transfer.state !== 'waiting')).toBe(false);
    await expect(engine.dispatch({ type: 'cancel-transfer', transfer })).rejects.toMatchObject(notNow);
    await engine.dispatch({ type: 'leave-room' });
  });

  it('that were cancelled, or under way when the peer left, are offered again when it is back, to it alone', async () => {
    const { engine, events, picked, hear } = await inside(ADA, BOB);
    const offer = async (name: string): Promise<string> => {
      await engine.dispatch({ type: 'offer-files', peer: BOB, handles: picked.add([new File(['abc'], name)]).map(({ handle }) => handle) });
      return last(events)?.id ?? '';
    };
    const [cancelled, lost] = [await offer('a'), await offer('b')];
    await engine.dispatch({ type: 'cancel-transfer', transfer: cancelled });
    hear({ type: 'peer-left', peer: BOB });
    vi.advanceTimersByTime(60_000);
    for (const transfer of [cancelled, lost]) await expect(engine.dispatch({ type: 'offer-again', transfer })).rejects.toMatchObject(notNow);
    hear({ type: 'peer-joined', peer: BOB });
    for (const [transfer, name] of [[cancelled, 'a'], [lost, 'b']] as const) {
      await engine.dispatch({ type: 'offer-again', transfer });
      expect(last(events)).toMatchObject({ peer: BOB, state: 'waiting', entries: [{ path: name }] });
      await expect(engine.dispatch({ type: 'offer-again', transfer })).rejects.toMatchObject(notNow);
    }
    await engine.dispatch({ type: 'leave-room' });
  });

  it('of no transfer can be neither accepted nor held up', async () => {
    const { engine } = await inside(ADA);
    const transfer = 'aa'.repeat(16);
    const commands: Command[] = [
      { type: 'accept-transfer', transfer, without: [] },
      { type: 'pause-transfer', transfer, paused: true },
      { type: 'offer-again', transfer },
    ];
    for (const command of commands) {
      await expect(engine.dispatch(command)).rejects.toMatchObject(notNow);
    }
  });

  it('are no faster than the limit, to those who come later too, and over rooms', async () => {
    const limited = vi.spyOn(TransferDriver.prototype, 'limitSpeed');
    const { engine, hear } = await inside(ADA);
    expect(limited.mock.calls).toEqual([[null]]);
    await engine.dispatch({ type: 'limit-speed', bytes_per_second: 500_000 });
    hear({ type: 'peer-joined', peer: BOB });
    await engine.dispatch({ type: 'limit-speed', bytes_per_second: null });
    expect(limited.mock.calls).toEqual([[null], [500_000], [500_000], [null], [null]]);
    await engine.dispatch({ type: 'leave-room' });
    await engine.dispatch({ type: 'limit-speed', bytes_per_second: 1 });
    limited.mockClear();
    const entering = engine.dispatch({ type: 'join-room', link: invitationLink(invitation), name: 'Mina' });
    await vi.advanceTimersByTimeAsync(1_000);
    await entering;
    hear({ type: 'peer-joined', peer: ADA });
    expect(limited.mock.calls).toEqual([[1]]);
  });
});

describe('a withdrawn invitation', () => {
  const said = (events: readonly Event[]) => events.flatMap((event) => (event.type === 'invitation-withdrawn' ? [event.by] : []));
  const withdraw: Command = { type: 'withdraw-invitation' };

  it('is withdrawn once, and the server is told who may come back', async () => {
    const { engine, events } = await inside(ADA);
    await engine.dispatch(withdraw);
    await engine.dispatch(withdraw);
    expect([said(events), server.withdrawn]).toEqual([[null], [[ADA]]]);
  });

  it('is the end of meeting anybody new, whatever the server says, but not of who was here', async () => {
    const { engine, events, hear, enter, other, say, exchange, epochOf } = await inside(ADA);
    await engine.dispatch(withdraw);
    const stranger = other(BOB);
    hear({ type: 'peer-joined', peer: BOB });
    say(BOB, stranger.begin());
    enter(ADA, BOB);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(take(BOB)).toEqual([]);
    expect(events.some((event) => event.type === 'peer-changed' && event.peer.id === BOB)).toBe(false);

    hear({ type: 'peer-left', peer: ADA });
    const again = other(ADA);
    hear({ type: 'peer-joined', peer: ADA });
    take(ADA);
    say(ADA, again.begin());
    exchange(ADA, again);
    expect(epochOf(ADA)).not.toBeNull();
  });

  it('has no code any more', async () => {
    const { engine } = await inside(ADA);
    await engine.dispatch(withdraw);
    await expect(engine.dispatch({ type: 'open-code', language: 'en' })).rejects.toMatchObject({ failure: { code: 'not-now' } });
  });

  it('stays withdrawn over a reload, where only who was here then is met', async () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
    const before = await inside(ADA);
    await before.engine.dispatch(withdraw);
    before.engine.leave(false);
    // Whomever the server names meanwhile.
    const after = await inside(ADA, BOB);
    expect([said(after.events), server.withdrawn]).toEqual([[null], [[ADA], [ADA]]]);
    expect(after.events.some((event) => event.type === 'peer-changed' && event.peer.id === BOB)).toBe(false);
    after.engine.leave(true);
    const anew = await inside(ADA);
    expect(said(anew.events)).toEqual([]);
    vi.unstubAllGlobals();
  });
});
