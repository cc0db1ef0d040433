// The whole screen on a made-up host, for tests: lobby first, or a room with one guest.
//
// Promises: a session is the real one; host, devices and call say what the test tells them. Left to others: asking for jsdom
// (`@vitest-environment`), cleaning up.
import { configure, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { HostCan, Settings } from '../../host/port';
import type { Event } from '../../protocol/Event';
import type { HostKind } from '../../protocol/HostKind';
import { App } from '../App';
import type { Stay } from '../RoomMemory';
import { Session } from '../Session';
import { TransferHistory } from '../TransferHistory';
import { FakeHost, pageStorage, SETTINGS } from './FakeHost';
import { FakeCall, FakeLocalMedia } from './FakeMedia';
import { LINK, peer, SELF } from './samples';

/** What jsdom has not, and patience for a busy machine. Call before the first test. */
export function prepareScreen(): void {
  // Generous, since whole screens are drawn on a busy machine.
  configure({ asyncUtilTimeout: 10_000 });
  globalThis.matchMedia = (media) => Object.assign(new EventTarget(), { matches: false, media, onchange: null, addListener: () => undefined, removeListener: () => undefined });
  globalThis.ResizeObserver = class {
    observe(): void { /* sizes never change here */ }
    unobserve(): void { /* nor are they watched */ }
    disconnect(): void { /* so there is nothing to end */ }
  };
  // The ids it is asked about need no escaping.
  Object.assign(globalThis, { CSS: { escape: (text: string) => text, supports: () => false } });
  HTMLMediaElement.prototype.play = () => Promise.resolve();
}

/** What is to be different. */
export interface Wish {
  readonly kind?: HostKind;
  readonly can?: Partial<HostCan>;
  readonly settings?: Partial<Settings>;
  readonly remembered?: Stay;
  readonly isElsewhere?: boolean;
}

/** The lobby. */
export function show({ kind = 'browser', can = {}, settings = {}, remembered, isElsewhere = false }: Wish = {}) {
  const host = new FakeHost(kind, { serveRooms: kind === 'app', chooseFolder: kind === 'app', pickFolder: false, lookNearby: false, call: true, ...can });
  const medias: FakeLocalMedia[] = [];
  const calls: FakeCall[] = [];
  const memory: { kept: Stay | null } = { kept: remembered ?? null };
  const storage = pageStorage();
  let ids = 0;
  const session = new Session({
    host,
    connect: null,
    settings: { ...SETTINGS, ...settings },
    memory: { stay: () => memory.kept, keep: (stay) => { memory.kept = stay; }, forget: () => { memory.kept = null; } },
    history: new TransferHistory(() => storage),
    otherWindows: { isIn: () => Promise.resolve(isElsewhere), enter: () => () => undefined },
    now: () => 1_000_000,
    randomId: () => (ids += 1).toString(16).padStart(32, '0'),
    openMedia: () => {
      const media = new FakeLocalMedia();
      medias.push(media);
      return media;
    },
    openCall: ({ local }) => {
      const call = new FakeCall(local, can.call !== false);
      calls.push(call);
      return call;
    },
  });
  session.start();
  render(<App session={session} />);
  const say = async (...events: readonly Event[]): Promise<void> => {
    host.say(...events);
    await waitFor(() => undefined);
  };
  const user = userEvent.setup();
  return { host, session, medias, calls, memory, storage, say, user };
}

export const ENTERED: Event = { type: 'room-entered', room: '44'.repeat(16), link: LINK, self_peer: SELF, ice_servers: [] };
export const ENTERING: Event = { type: 'room-changed', state: 'entering', failure: null };
export const HERE: Extract<Event, { type: 'peer-changed' }> = { type: 'peer-changed', peer: peer() };

/** A room with one guest. */
export async function inRoom(wish: Wish = {}) {
  const shown = show(wish);
  await shown.user.click(screen.getByTestId('start-room'));
  await shown.say(ENTERED, HERE);
  await screen.findByTestId('room');
  return shown;
}
