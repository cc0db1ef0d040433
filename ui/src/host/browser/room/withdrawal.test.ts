// Engines that meet over a made-up server, which knows nothing of withdrawals and lets everybody in: what they tell each other of one.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command } from '../../../protocol/Command';
import type { Control } from '../../../protocol/Control';
import type { Event } from '../../../protocol/Event';
import type { PeerId } from '../../../protocol/PeerId';
import type { Epoch } from '../../../trust/Epoch';
import { PickedFiles } from '../files/PickedFiles';
import { FakeServer, net } from '../signaling/testing/FakeServer';
import type { DataPlaneOwner } from './DataPlane';
import { RoomEngine } from './RoomEngine';
import { RoomTabs } from './RoomTabs';

/** How many `withdrawn` were said, both ways together, in each epoch. */
const said = vi.hoisted(() => new Map<string, number>());

vi.mock('socket.io-client', async () => ({ io: (await import('../signaling/testing/FakeServer')).connect }));

// This is no browser: the two ends of an epoch are proven to each other as soon as both are there.
vi.mock('./DataPlane', () => {
  const waiting = new Map<string, Plane>();
  class Plane {
    readonly failure = null;
    readonly proof = null;
    readonly ends = null;
    readonly path = { path: null, rttMs: null };
    state = 'connecting';
    other: Plane | null = null;

    constructor(
      private readonly epoch: Epoch,
      _pace: unknown,
      private readonly owner: DataPlaneOwner,
    ) {}

    begin(): void {
      const other = waiting.get(this.epoch.id);
      if (other === undefined) {
        waiting.set(this.epoch.id, this);
        return;
      }
      [this.other, other.other] = [other, this];
      for (const end of [this, other]) queueMicrotask(() => end.#up());
    }

    sendControl(message: Control): void {
      const { other } = this;
      if (this.state !== 'connected' || other === null) return;
      if (message.type === 'withdrawn') said.set(this.epoch.id, (said.get(this.epoch.id) ?? 0) + 1);
      queueMicrotask(() => {
        if (other.state === 'connected') other.owner.controlReceived(message);
      });
    }

    close(): void {
      this.state = 'failed';
    }

    #up(): void {
      if (this.state !== 'connecting') return;
      this.state = 'connected';
      this.owner.changed();
      this.owner.up(65_536);
    }
  }
  return { DataPlane: Plane };
});

const WITHDRAW: Command = { type: 'withdraw-invitation' };
const OPEN_CODE: Command = { type: 'open-code', language: 'en' };
const NOT_NOW = { failure: expect.objectContaining({ code: 'not-now' }) as unknown };
const nothing = (): Promise<never> => Promise.reject(new Error('nothing is received here'));

function person(name: string) {
  const events: Event[] = [];
  const engine = new RoomEngine({
    ownServer: 'https://parlor.example',
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    tabs: new RoomTabs(),
    picked: new PickedFiles(),
    places: { hasher: { hash: nothing }, accept: nothing, declined: () => undefined },
    device: () => null,
    ice: () => ({ servers: [], relayOnly: false }),
    emit: (event) => events.push(event),
  });
  const entered = () => events.flatMap((event) => (event.type === 'room-entered' ? [event] : [])).at(-1);
  /** Does it and waits for what comes of it. */
  const wish = async (command: Command): Promise<void> => {
    const taken = engine.dispatch(command);
    await vi.advanceTimersByTimeAsync(500);
    await taken;
  };
  return {
    engine,
    wish,
    link: () => entered()?.link ?? '',
    id: (): PeerId => entered()?.self_peer ?? '',
    join: (link: string) => wish({ type: 'join-room', link, name }),
    /** Names of all who were ever met here. */
    met: () => [...new Set(events.flatMap((event) => (event.type === 'peer-changed' && event.peer.name !== '' ? [event.peer.name] : [])))],
    shown: () => new Set(events.flatMap((event) => (event.type === 'peer-changed' ? [event.peer.id] : []))),
    withdrawnBy: () => events.flatMap((event) => (event.type === 'invitation-withdrawn' ? [event.by] : [])),
    guests: () => events.flatMap((event) => (event.type === 'invitation-withdrawn' ? [event.guest] : [])),
    gone: () => events.flatMap((event) => (event.type === 'peer-left' ? [event.peer] : [])),
    isForOne: () => events.flatMap((event) => (event.type === 'invitation-for-one' ? [event.only] : [])),
    codes: () => events.flatMap((event) => (event.type === 'code-changed' ? [event.code.state] : [])),
  };
}

/** Two who have met. */
async function two() {
  const [ada, ben] = [person('Ada'), person('Ben')];
  await ada.wish({ type: 'start-room', server: '', name: 'Ada' });
  await ben.join(ada.link());
  await vi.advanceTimersByTimeAsync(20_000);
  expect([ada.met(), ben.met()]).toEqual([['Ben'], ['Ada']]);
  return { ada, ben };
}

beforeEach(() => {
  vi.useFakeTimers();
  said.clear();
  net.server = new FakeServer();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an invitation that is withdrawn', () => {
  it('is so for the others too, who hear it once, and from whom', async () => {
    const { ada, ben } = await two();
    await ben.wish(WITHDRAW);
    await ada.wish(WITHDRAW);
    expect([ada.withdrawnBy(), ben.withdrawnBy()]).toEqual([[ben.id()], [null]]);
    await expect(ada.engine.dispatch(OPEN_CODE)).rejects.toMatchObject(NOT_NOW);
    // Each end has said it once.
    expect([...said.values()]).toEqual([2]);
  });

  it('brings nobody to anybody in the room, though the server lets them in', async () => {
    const { ada, ben } = await two();
    await ada.wish(WITHDRAW);
    const cem = person('Cem');
    await cem.join(ada.link());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(cem.id()).not.toBe('');
    for (const one of [ada, ben]) expect([one.met().includes('Cem'), one.shown().has(cem.id())]).toEqual([false, false]);
    expect([cem.met(), cem.withdrawnBy()]).toEqual([[], []]);
    // Also not by what the server names when it was away.
    net.server.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    for (const one of [ada, ben]) expect(one.shown().has(cem.id())).toBe(false);
    expect(cem.met()).toEqual([]);
  });

  it('is told on each connection that is proven later', async () => {
    const [ada, ben] = [person('Ada'), person('Ben')];
    await ada.wish({ type: 'start-room', server: '', name: 'Ada' });
    net.server.pass = () => null;
    await ben.join(ada.link());
    // Ben is in, and nothing of him was heard yet.
    await ada.wish(WITHDRAW);
    expect(ben.withdrawnBy()).toEqual([]);
    net.server.pass = (body) => body;
    await vi.advanceTimersByTimeAsync(20_000);
    expect([ada.met(), ben.withdrawnBy()]).toEqual([['Ben'], [ada.id()]]);
  });

  it('ends the code that is open, whoever withdraws it', async () => {
    for (const withdraws of ['ada', 'ben'] as const) {
      const people = await two();
      const { ada } = people;
      await ada.wish(OPEN_CODE);
      await people[withdraws].wish(WITHDRAW);
      expect(ada.codes()).toEqual(['opening', 'waiting', 'closed']);
      await expect(ada.engine.dispatch(OPEN_CODE)).rejects.toMatchObject(NOT_NOW);
    }
  });

  it('is a room’s: outside of one there is none to withdraw', async () => {
    await expect(person('Ada').engine.dispatch(WITHDRAW)).rejects.toMatchObject(NOT_NOW);
  });
});

describe('an invitation for one guest', () => {
  const forOne = (only: boolean): Command => ({ type: 'invite-one', only });

  it('ends with the first who proves itself, though the server lets others in', async () => {
    const [ada, ben, cem] = [person('Ada'), person('Ben'), person('Cem')];
    await ada.wish({ type: 'start-room', server: '', name: 'Ada' });
    await ada.wish(forOne(true));
    await ben.join(ada.link());
    await vi.advanceTimersByTimeAsync(20_000);
    expect([ada.withdrawnBy(), ada.guests(), ben.withdrawnBy()]).toEqual([[null], [ben.id()], [ada.id()]]);
    expect([...said.values()]).toEqual([2]);
    await cem.join(ada.link());
    await vi.advanceTimersByTimeAsync(60_000);
    expect([ada.met(), ben.met(), cem.met()]).toEqual([['Ben'], ['Ada'], []]);
    await expect(ada.engine.dispatch(forOne(false))).rejects.toMatchObject(NOT_NOW);
  });

  it('is for all again when that is said before anybody came', async () => {
    const { ada } = await two();
    await ada.wish(forOne(true));
    await ada.wish(forOne(false));
    expect(ada.isForOne()).toEqual([true, false]);
    for (const name of ['Cem', 'Dan']) await person(name).join(ada.link());
    await vi.advanceTimersByTimeAsync(60_000);
    expect([ada.met(), ada.guests()]).toEqual([['Ben', 'Cem', 'Dan'], []]);
  });

  it('does not take who is here for the guest', async () => {
    const { ada, ben } = await two();
    await ada.wish(forOne(true));
    net.server.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([ada.met(), ada.guests()]).toEqual([['Ben'], []]);
    const cem = person('Cem');
    await cem.join(ada.link());
    await vi.advanceTimersByTimeAsync(60_000);
    expect([ada.guests(), ben.withdrawnBy()]).toEqual([[cem.id()], [ada.id()]]);
  });

  it('parts with those who were on their way in', async () => {
    const [ada, ben, cem] = [person('Ada'), person('Ben'), person('Cem')];
    await ada.wish({ type: 'start-room', server: '', name: 'Ada' });
    await ada.wish(forOne(true));
    net.server.pass = () => null;
    await ben.join(ada.link());
    await cem.join(ada.link());
    expect(ada.shown()).toEqual(new Set([ben.id(), cem.id()]));
    net.server.pass = (body) => body;
    await vi.advanceTimersByTimeAsync(60_000);
    const [guest] = ada.guests();
    const other = guest === ben.id() ? cem : ben;
    expect([ada.guests().length, ada.met().length, ada.gone()]).toEqual([1, 1, [other.id()]]);
  });

  it('is so after a reload of the page', async () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
    const ada = person('Ada');
    await ada.wish({ type: 'start-room', server: '', name: 'Ada' });
    await ada.wish(forOne(true));
    ada.engine.leave(false);
    const again = person('Ada');
    await again.join(ada.link());
    expect([again.id() === ada.id(), again.isForOne()]).toEqual([true, [true]]);
    const ben = person('Ben');
    await ben.join(ada.link());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(again.guests()).toEqual([ben.id()]);
    vi.unstubAllGlobals();
  });
});
