// Two engines and a made-up server: a room is handed over by a spoken code, and the code ends with its room.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command } from '../../../protocol/Command';
import type { Event } from '../../../protocol/Event';
import { PickedFiles } from '../files/PickedFiles';
import { FakeServer, net } from '../signaling/testing/FakeServer';
import { RoomEngine } from './RoomEngine';
import { RoomTabs } from './RoomTabs';

vi.mock('socket.io-client', async () => ({ io: (await import('../signaling/testing/FakeServer')).connect }));

const SERVER = 'https://parlor.example';

const nothing = (): Promise<never> => Promise.reject(new Error('nothing is received here'));

function person() {
  const events: Event[] = [];
  const engine = new RoomEngine({
    ownServer: SERVER,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    tabs: new RoomTabs(),
    picked: new PickedFiles(),
    places: { hasher: { hash: nothing }, accept: nothing, declined: () => undefined },
    device: () => null,
    ice: () => ({ servers: [], relayOnly: false }),
    emit: (event) => events.push(event),
  });
  const codes = () => events.flatMap((event) => (event.type === 'code-changed' ? [event.code] : []));
  return {
    engine,
    events,
    link: () => events.flatMap((event) => (event.type === 'room-entered' ? [event.link] : [])).at(-1),
    codes: () => codes().map(({ state }) => state),
    text: () => codes().findLast(({ text }) => text !== null)?.text ?? '',
    rooms: () => events.flatMap((event) => (event.type === 'room-changed' ? [event.failure?.code ?? event.state] : [])),
    /** Does it and waits for what comes of it. */
    wish: async (command: Command): Promise<void> => {
      const taken = engine.dispatch(command);
      await vi.advanceTimersByTimeAsync(500);
      await taken;
    },
  };
}

/** Somebody in a room of their own, with a code open. */
async function owner() {
  const ada = person();
  await ada.wish({ type: 'start-room', server: '', name: 'Ada' });
  await ada.wish({ type: 'open-code', language: 'en' });
  return ada;
}

const byCode = (code: string): Command => ({ type: 'join-by-code', server: '', code, name: 'Ben' });
const refusedAs = (code: string) => ({ failure: expect.objectContaining({ code }) as unknown });

beforeEach(() => {
  vi.useFakeTimers();
  net.server = new FakeServer();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a spoken code', () => {
  it('lets in whoever types it, in whatever way', async () => {
    const [ada, ben] = [await owner(), person()];
    await ben.wish(byCode(`  ${ada.text().toUpperCase().replaceAll('-', ' ')}`));
    expect(ben.link()).toBe(ada.link());
    expect(ada.codes()).toEqual(['opening', 'waiting', 'tried', 'used']);
    expect(ben.rooms()).toEqual(['entering', 'open']);
    expect(ada.events.some((event) => event.type === 'peer-changed')).toBe(true);
  });

  it('that is none is refused, and nothing begins', async () => {
    const ben = person();
    for (const code of ['', '7', '7-apple-lantern', '7-apple-lantern-nosuchword', 'https://parlor.example/#v1.x']) {
      await expect(ben.engine.dispatch(byCode(code))).rejects.toMatchObject(refusedAs('code-invalid'));
    }
    await expect(ben.engine.dispatch({ ...byCode('7-apple-lantern-tulip'), server: 'ftp://x' } as Command)).rejects.toMatchObject(refusedAs('invitation-invalid'));
    expect(ben.events).toEqual([]);
  });

  it('that opens nothing ends the entry with its reason', async () => {
    const ben = person();
    await ben.wish(byCode('7-apple-lantern-tulip'));
    expect(ben.rooms()).toEqual(['entering', 'code-unknown']);
    await ben.wish({ type: 'start-room', server: '', name: 'Ben' });
    expect(ben.link()).toBeDefined();
  });

  it('can be left alone while it is tried', async () => {
    const [ada, ben] = [await owner(), person()];
    net.server.pass = () => null;
    await ben.wish(byCode(ada.text()));
    await expect(ben.engine.dispatch(byCode(ada.text()))).rejects.toMatchObject(refusedAs('not-now'));
    await ben.wish({ type: 'leave-room' });
    expect([ben.rooms(), ben.link()]).toEqual([['entering', 'closed'], undefined]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ben.rooms()).toHaveLength(2);
  });

  it('ends when it is closed, when another is opened, and with the room', async () => {
    const [ada, ben] = [await owner(), person()];
    await ada.wish({ type: 'close-code' });
    expect(ada.codes().at(-1)).toBe('closed');
    await ada.wish({ type: 'open-code', language: 'ko' });
    await ada.wish({ type: 'open-code', language: 'ko' });
    expect(ada.codes().slice(3)).toEqual(['opening', 'waiting', 'closed', 'opening', 'waiting']);
    const text = ada.text();
    await ada.wish({ type: 'leave-room' });
    expect([ada.codes().at(-1), net.server.seated]).toEqual(['closed', 0]);
    await ben.wish(byCode(text));
    expect(ben.rooms()).toEqual(['entering', 'code-unknown']);
    await ada.wish({ type: 'close-code' });
  });

  it('ends with the page', async () => {
    const ada = await owner();
    ada.engine.leave(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(net.server.seated).toBe(0);
  });

  it('is of a room: there is none outside of one', async () => {
    await expect(person().engine.dispatch({ type: 'open-code', language: 'en' })).rejects.toMatchObject(refusedAs('not-now'));
  });
});
