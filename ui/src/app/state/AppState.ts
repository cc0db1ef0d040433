// Everything the screen shows, as one value that is replaced whole. Made by `reduce`, read by everyone below.
import type { CallSnapshot, LocalMediaSnapshot } from '../../call';
import type { PickedFile } from '../../protocol/PickedFile';
import type { Failure } from '../../protocol/Failure';
import type { NearbyRoom } from '../../protocol/NearbyRoom';
import type { PeerId } from '../../protocol/PeerId';
import type { RoomId } from '../../protocol/RoomId';
import type { RoomState } from '../../protocol/RoomState';
import type { Transfer } from '../../protocol/Transfer';
import type { TransferId } from '../../protocol/TransferId';
import type { InvitedBy } from '../../shared/view/InvitedBy';
import type { Person } from '../../shared/view/Person';
import type { ShownCode } from '../../shared/view/ShownCode';
import type { StreamItem } from '../../shared/view/StreamItem';
import type { Withdrawn } from '../../shared/view/withdrawnLine';

/** How a room is being entered. */
export type Entry =
  | { readonly how: 'start' }
  | { readonly how: 'join'; readonly link: string }
  /** By a spoken code, with the base URL of the server to knock at; empty is the host's own. */
  | { readonly how: 'code'; readonly code: string; readonly server: string }
  /** After a reload of the page that was in it. */
  | { readonly how: 'return'; readonly link: string };

/** What the side panel shows. */
export type Panel = 'chat' | 'people' | 'details';

/** The room we are in. */
export interface Room {
  readonly id: RoomId;
  readonly link: string;
  readonly selfPeer: PeerId;
  readonly state: RoomState;
  readonly failure: Failure | null;
  /** How we came by its invitation; null after a return, which no longer knows. */
  readonly invitedBy: InvitedBy | null;
  /** The invitation is for a single guest. */
  readonly isForOne: boolean;
  /** The invitation is withdrawn: by which peer (null for ourselves), or for which guest who was to be the only one. */
  readonly withdrawn: Withdrawn | null;
}

/** Something that was refused and is to be told, until put away. */
export interface Refusal {
  readonly failure: Failure;
  readonly peer: PeerId | null;
}

/** The whole state. */
export interface AppState {
  readonly place: 'lobby' | 'entering' | 'room';
  readonly entry: Entry | null;
  /** Entering: the engine has said that it is at it. Before that, what it says is of the stay before. */
  readonly isEntryHeard: boolean;
  /** Lobby: why we are not in. Entering: why not yet. */
  readonly entryFailure: Failure | null;
  /** Lobby: the link is open in another window of this program. */
  readonly otherWindow: string | null;
  /** Lobby: we just left on purpose. */
  readonly justLeft: boolean;
  readonly arrivedLink: string | null;
  /** Lobby: a spoken code that opened nothing and was not used up by that; for another look at it. */
  readonly typedCode: string | null;
  /** Lobby: who waits behind a spoken code in the local network, by what is said there. */
  readonly nearby: readonly NearbyRoom[];
  readonly room: Room | null;
  /** The room's spoken code, the last one that was opened. */
  readonly code: ShownCode | null;
  /** In the order they came; those who left stay at their place. */
  readonly people: readonly Person[];
  readonly stream: readonly StreamItem[];
  readonly transfers: Readonly<Record<TransferId, Transfer>>;
  /** Ended ones of ours that were offered again. */
  readonly offeredAgain: ReadonlySet<TransferId>;
  /** Whose files are taken without asking, for this stay of theirs and ours. */
  readonly autoAccepted: ReadonlySet<PeerId>;
  readonly unread: number;
  readonly panel: Panel | null;
  /** The window is looked at. */
  readonly visible: boolean;
  readonly refusal: Refusal | null;
  /** Files that wait for the choice of whom they are for. */
  readonly filesInHand: readonly PickedFile[];
  /** Muted, but a key is held to talk. */
  readonly isTalking: boolean;
  readonly local: LocalMediaSnapshot | null;
  readonly call: CallSnapshot | null;
}

/** Before anything happened. */
export const INITIAL: AppState = {
  place: 'lobby',
  entry: null,
  isEntryHeard: false,
  entryFailure: null,
  otherWindow: null,
  justLeft: false,
  arrivedLink: null,
  typedCode: null,
  nearby: [],
  room: null,
  code: null,
  people: [],
  stream: [],
  transfers: {},
  offeredAgain: new Set(),
  autoAccepted: new Set(),
  unread: 0,
  panel: null,
  visible: true,
  refusal: null,
  filesInHand: [],
  isTalking: false,
  local: null,
  call: null,
};

/** Those who are here, in the order they came. */
export function peopleHere(state: Pick<AppState, 'people'>): readonly Person[] {
  return state.people.filter((person) => person.presence === 'here');
}

/** Someone by id, present or gone. */
export function personOf(state: Pick<AppState, 'people'>, peer: PeerId): Person | undefined {
  return state.people.find((person) => person.peer.id === peer);
}

/** Transfers that would stop if we left. */
export function unfinishedTransfers(state: Pick<AppState, 'transfers'>): readonly Transfer[] {
  return Object.values(state.transfers).filter(({ state: now }) => now === 'moving' || now === 'paused' || now === 'interrupted');
}

/** An offer that its sender's files are taken with: of someone the user chose, and nothing in it could run as a program. */
export function isTakenUnasked(state: Pick<AppState, 'autoAccepted'>, transfer: Transfer): boolean {
  return transfer.state === 'waiting' && transfer.direction === 'receiving' && !transfer.executable && state.autoAccepted.has(transfer.peer);
}
