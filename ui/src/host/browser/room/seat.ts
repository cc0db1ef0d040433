// Who we are in a room: a peer id and the secret that takes its seat back, kept for this tab, so that a reload is the same peer.
//
// Promises: two tabs never share a seat, also not a tab and its duplicate (browsers copy sessionStorage into it): who is inside keeps
// the seat, the other gets a fresh one. Broken stored values are replaced. Leaves to others: joining.
import { decodeBase64url, encodeBase64url } from '../../../trust/base64url';
import type { Random } from '../../../trust/bytes';
import type { PeerId } from '../../../protocol/PeerId';
import { isId, newId } from '../../../trust/id';
import { FOR_ALL, type Admitting, type Withdrawn } from './Admission';
import type { RoomTabs } from './RoomTabs';

export interface Seat {
  readonly peer: string;
  /** base64url of 32 bytes. */
  readonly resume: string;
  /** True when it was kept from before a reload: the server may know us, and so may the room. */
  readonly kept: boolean;
  /** Who may come in, from before a reload. */
  readonly admitting: Admitting;
}

const RESUME_BYTES = 32;

/** Takes the seat kept for `room`, or a fresh one. */
export async function takeSeat(room: string, tabs: RoomTabs, random: Random): Promise<Seat> {
  const kept = keptSeat(room);
  if (kept !== null && !(await tabs.isHeld(room, kept.peer))) {
    tabs.hold(room, kept.peer);
    return { ...kept, kept: true };
  }
  const fresh = { peer: newId(random), resume: encodeBase64url(random(RESUME_BYTES)) };
  tabs.hold(room, fresh.peer);
  write(room, JSON.stringify(fresh));
  return { ...fresh, kept: false, admitting: FOR_ALL };
}

/** Who may come in, also after a reload. */
export function keepAdmitting(room: string, admitting: Admitting): void {
  const kept = keptSeat(room);
  if (kept !== null) write(room, JSON.stringify({ ...kept, admitting }));
}

/** We left on purpose: the next time we are somebody new. */
export function forgetSeat(room: string): void {
  write(room, null);
}

function keptSeat(room: string): Omit<Seat, 'kept'> | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(storageKey(room)) ?? 'null');
    if (typeof value !== 'object' || value === null || !('peer' in value) || !('resume' in value)) return null;
    const { peer, resume } = value;
    if (!isId(peer) || typeof resume !== 'string' || decodeBase64url(resume, RESUME_BYTES) === null) return null;
    return { peer, resume, admitting: 'admitting' in value ? readAdmitting(value.admitting) : FOR_ALL };
  } catch {
    // Storage is switched off, or holds something else: a fresh seat does as well.
    return null;
  }
}

function readAdmitting(value: unknown): Admitting {
  if (typeof value !== 'object' || value === null) return FOR_ALL;
  return {
    beforeGuest: 'beforeGuest' in value ? readPeers(value.beforeGuest) : null,
    withdrawn: 'withdrawn' in value ? readWithdrawn(value.withdrawn) : null,
  };
}

function readWithdrawn(value: unknown): Withdrawn | null {
  if (typeof value !== 'object' || value === null) return null;
  return {
    by: 'by' in value && isId(value.by) ? value.by : null,
    guest: 'guest' in value && isId(value.guest) ? value.guest : null,
    known: ('known' in value ? readPeers(value.known) : null) ?? [],
  };
}

function readPeers(value: unknown): readonly PeerId[] | null {
  return Array.isArray(value) ? value.filter((peer) => isId(peer)) : null;
}

function write(room: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(storageKey(room));
    else sessionStorage.setItem(storageKey(room), value);
  } catch {
    // Storage is switched off or full: only a reload is then another peer.
  }
}

function storageKey(room: string): string {
  return `parlor.seat.${room}`;
}
