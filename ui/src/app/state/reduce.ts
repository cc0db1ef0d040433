// The one place where what happened becomes what is shown.
//
// Promises: pure (time comes with the input), bounded (an endless talker cannot fill the memory), and every fact of the
// host ends in the state or is named here as not the screen's. Left to others: doing anything about it (`Session`).
import type { CallSnapshot, LocalMediaSnapshot } from '../../call';
import type { Event } from '../../protocol/Event';
import type { Failure } from '../../protocol/Failure';
import type { Peer } from '../../protocol/Peer';
import type { PickedFile } from '../../protocol/PickedFile';
import type { PeerId } from '../../protocol/PeerId';
import type { RoomState } from '../../protocol/RoomState';
import type { TextId } from '../../protocol/TextId';
import type { TransferId } from '../../protocol/TransferId';
import type { InvitedBy } from '../../shared/view/InvitedBy';
import type { Person } from '../../shared/view/Person';
import { shownCode } from '../../shared/view/ShownCode';
import type { StreamItem } from '../../shared/view/StreamItem';
import { INITIAL, peopleHere, type AppState, type Entry, type Panel } from './AppState';

/** What can happen to the screen. */
export type Input =
  | { readonly type: 'host-event'; readonly event: Event; readonly atMs: number }
  | { readonly type: 'local-changed'; readonly local: LocalMediaSnapshot }
  | { readonly type: 'call-changed'; readonly call: CallSnapshot | null }
  | { readonly type: 'entry-begun'; readonly entry: Entry }
  | { readonly type: 'entry-refused'; readonly failure: Failure }
  | { readonly type: 'other-window-found'; readonly link: string }
  | { readonly type: 'entry-given-up' }
  | { readonly type: 'room-left' }
  | { readonly type: 'link-arrived'; readonly link: string }
  | { readonly type: 'link-forgotten' }
  | { readonly type: 'text-written'; readonly id: TextId; readonly body: string; readonly atMs: number }
  | { readonly type: 'text-refused'; readonly id: TextId; readonly failure: Failure }
  | { readonly type: 'panel-chosen'; readonly panel: Panel | null }
  | { readonly type: 'visibility-changed'; readonly visible: boolean }
  | { readonly type: 'command-refused'; readonly failure: Failure; readonly peer: PeerId | null }
  | { readonly type: 'talk-changed'; readonly isTalking: boolean }
  | { readonly type: 'refusal-read' }
  | { readonly type: 'files-taken'; readonly files: readonly PickedFile[] }
  | { readonly type: 'files-put-down' }
  | { readonly type: 'offered-again'; readonly transfer: TransferId; readonly isOffered: boolean }
  | { readonly type: 'auto-accept-changed'; readonly peer: PeerId; readonly isOn: boolean };

/** Lines of the stream that are kept: more than anyone reads back, far from what a page cannot hold. */
const STREAM_ITEMS = 2_000;
/** People that are kept, those who left included. */
const PEOPLE = 128;

/** The state after an input. The same object when nothing changed. */
export function reduce(state: AppState, input: Input): AppState {
  switch (input.type) {
    case 'host-event':
      return afterEvent(state, input.event, input.atMs);
    case 'local-changed':
      return { ...state, local: input.local };
    case 'call-changed':
      return { ...state, call: input.call };
    case 'entry-begun':
      return { ...state, place: 'entering', entry: input.entry, isEntryHeard: false, entryFailure: null, otherWindow: null, justLeft: false, typedCode: null };
    case 'entry-refused':
      return state.place === 'entering' ? shutOut(state, input.failure) : state;
    case 'other-window-found':
      return { ...outside(state), otherWindow: input.link };
    case 'entry-given-up':
      return outside(state);
    case 'room-left':
      return { ...outside(state), justLeft: true };
    case 'link-arrived':
      return input.link === state.room?.link ? state : { ...state, arrivedLink: input.link, entryFailure: null, otherWindow: null };
    case 'link-forgotten':
      return { ...state, arrivedLink: null, entryFailure: null, otherWindow: null };
    case 'text-written':
      return withItem(state, {
        kind: 'text',
        key: `text-self-${input.id}`,
        id: input.id,
        from: null,
        body: input.body,
        atMs: input.atMs,
        addressees: peopleHere(state).map((person) => person.peer.id),
        deliveredTo: [],
        failed: null,
      });
    case 'text-refused':
      return {
        ...state,
        stream: state.stream.map((item) => (isOwnText(item, input.id) ? { ...item, failed: input.failure.code } : item)),
      };
    case 'panel-chosen':
      return { ...state, panel: input.panel, unread: input.panel === 'chat' && state.visible ? 0 : state.unread };
    case 'visibility-changed':
      return { ...state, visible: input.visible, unread: input.visible && state.panel === 'chat' ? 0 : state.unread };
    case 'command-refused':
      return { ...state, refusal: { failure: input.failure, peer: input.peer } };
    case 'talk-changed':
      return { ...state, isTalking: input.isTalking };
    case 'refusal-read':
      return { ...state, refusal: null };
    case 'files-taken':
      return { ...state, filesInHand: input.files };
    case 'files-put-down':
      return { ...state, filesInHand: [] };
    case 'offered-again':
      return { ...state, offeredAgain: turned(state.offeredAgain, input.transfer, input.isOffered) };
    case 'auto-accept-changed':
      return { ...state, autoAccepted: turned(state.autoAccepted, input.peer, input.isOn) };
  }
}

function invitedBy(entry: Entry | null): InvitedBy | null {
  const ways = { start: 'self', join: 'link', code: 'code', return: null } as const;
  return entry === null ? null : ways[entry.how];
}

function afterEvent(state: AppState, event: Event, atMs: number): AppState {
  switch (event.type) {
    case 'room-entered':
      // An engine that re-enters by itself keeps the stream; the first entry begins with an empty one.
      if (state.place === 'room' && state.room !== null) {
        return { ...state, room: { ...state.room, id: event.room, link: event.link, selfPeer: event.self_peer, state: 'open', failure: null } };
      }
      if (state.place === 'lobby') return state;
      return {
        ...state,
        place: 'room',
        entry: null,
        isEntryHeard: false,
        entryFailure: null,
        arrivedLink: state.arrivedLink === entryLink(state.entry) || state.arrivedLink === event.link ? null : state.arrivedLink,
        room: { id: event.room, link: event.link, selfPeer: event.self_peer, state: 'open', failure: null, invitedBy: invitedBy(state.entry), isForOne: false, withdrawn: null },
      };
    case 'room-changed':
      if (state.place === 'entering') return whileEntering(state, event.state, event.failure);
      return state.room === null ? state : { ...state, room: { ...state.room, state: event.state, failure: event.failure } };
    case 'peer-changed':
      return afterPeer(state, event.peer, atMs);
    case 'peer-left':
      return afterLeaving(state, event.peer, event.said_bye, atMs);
    case 'text-received': {
      const key = `text-${event.peer}-${event.id}`;
      if (state.stream.some((item) => item.key === key)) return state;
      const text = { kind: 'text', key, id: event.id, from: event.peer, body: event.body, atMs, addressees: [], deliveredTo: [], failed: null } as const;
      return unreadBy(withItem(state, text));
    }
    case 'text-delivered':
      return {
        ...state,
        stream: state.stream.map((item) =>
          isOwnText(item, event.id) && !item.deliveredTo.includes(event.peer) ? { ...item, deliveredTo: [...item.deliveredTo, event.peer] } : item,
        ),
      };
    case 'transfer-changed': {
      const { transfer } = event;
      const known = state.transfers[transfer.id] !== undefined;
      const next = { ...state, transfers: { ...state.transfers, [transfer.id]: transfer } };
      if (known) return next;
      const shown = withItem(next, { kind: 'transfer', key: `transfer-${transfer.id}`, id: transfer.id, atMs });
      return transfer.direction === 'receiving' ? unreadBy(shown) : shown;
    }
    case 'nearby-changed':
      return { ...state, nearby: event.rooms };
    case 'code-changed':
      return state.place === 'room' ? { ...state, code: shownCode(event.code, atMs) } : state;
    case 'invitation-for-one':
      return state.room === null ? state : { ...state, room: { ...state.room, isForOne: event.only } };
    case 'invitation-withdrawn':
      return state.room === null ? state : { ...state, room: { ...state.room, withdrawn: { by: event.by, guest: event.guest } } };
    case 'command-failed':
      // Of something done inside a room: an entry fails by its own answer or by `closed`.
      return state.place === 'entering' ? state : { ...state, refusal: { failure: event.failure, peer: event.peer } };
    case 'media-signal-received':
    case 'media-confirmed':
    case 'media-refused':
      // The call's; what comes of them shows in its snapshot.
      return state;
  }
}

/** Every engine begins an entry by saying `entering` without a failure; a `closed` before that is the end of an earlier stay. */
function whileEntering(state: AppState, now: RoomState, failure: Failure | null): AppState {
  if (now === 'entering' && failure === null) return { ...state, isEntryHeard: true, entryFailure: null };
  if (!state.isEntryHeard) return state;
  return now === 'closed' ? shutOut(state, failure ?? CLOSED) : { ...state, entryFailure: failure };
}

function afterPeer(state: AppState, peer: Peer, atMs: number): AppState {
  if (state.place === 'lobby') return state;
  const before = state.people.find((person) => person.peer.id === peer.id);
  const announced = peer.host !== null;
  const person: Person = { peer, presence: 'here', announced };
  const people =
    before === undefined
      ? bounded([...state.people, person])
      : state.people.map((known) => (known === before ? person : known));
  const next = { ...state, people };
  const told = before !== undefined && before.presence === 'here' && before.announced;
  return announced && !told
    ? withItem(next, { kind: 'presence', key: `joined-${peer.id}-${String(state.stream.length)}-${atMs}`, what: 'joined', peer: peer.id, atMs })
    : next;
}

function afterLeaving(state: AppState, peer: PeerId, saidBye: boolean, atMs: number): AppState {
  const before = state.people.find((person) => person.peer.id === peer);
  if (before === undefined || before.presence !== 'here') return state;
  const what = saidBye ? 'left' : 'lost';
  const people = state.people.map((person) => (person === before ? { ...person, presence: what } as const : person));
  // Who sits down under this id later may be somebody else.
  const next = { ...state, people, autoAccepted: turned(state.autoAccepted, peer, false) };
  return before.announced
    ? withItem(next, { kind: 'presence', key: `${what}-${peer}-${String(state.stream.length)}-${atMs}`, what, peer, atMs })
    : next;
}

/** In front of the door, with the reason. A code that is used up must not be tried again, so it is not at hand any more. */
function shutOut(state: AppState, failure: Failure): AppState {
  const { code } = { code: null, ...state.entry };
  return { ...outside(state), entryFailure: failure, typedCode: failure.code === 'code-wrong' ? null : code };
}

/** In front of the door, with everything of the room forgotten and what belongs to the window kept. */
function outside(state: AppState): AppState {
  return { ...INITIAL, visible: state.visible, local: state.local, call: null, arrivedLink: state.arrivedLink ?? entryLink(state.entry) };
}

const CLOSED: Failure = { code: 'room-refused', detail: 'closed while entering' };

function entryLink(entry: Entry | null): string | null {
  return entry?.how === 'join' || entry?.how === 'return' ? entry.link : null;
}

/** With the key in it, or not. */
function turned(keys: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(keys);
  if (isIn) next.add(key);
  else next.delete(key);
  return next;
}

function isOwnText(item: StreamItem, id: TextId): item is Extract<StreamItem, { kind: 'text' }> {
  return item.kind === 'text' && item.from === null && item.id === id;
}

function unreadBy(state: AppState): AppState {
  return state.panel === 'chat' && state.visible ? state : { ...state, unread: state.unread + 1 };
}

function withItem(state: AppState, item: StreamItem): AppState {
  const stream = [...state.stream, item];
  if (stream.length <= STREAM_ITEMS) return { ...state, stream };
  const dropped = stream.shift();
  if (dropped?.kind !== 'transfer') return { ...state, stream };
  const transfers = Object.fromEntries(Object.entries(state.transfers).filter(([id]) => id !== dropped.id));
  return { ...state, stream, transfers };
}

function bounded(people: readonly Person[]): readonly Person[] {
  if (people.length <= PEOPLE) return people;
  const oldestGone = people.findIndex((person) => person.presence !== 'here');
  return people.filter((_, index) => index !== Math.max(0, oldestGone));
}
