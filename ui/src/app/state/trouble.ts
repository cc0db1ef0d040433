// Which trouble, if any, the line at the top speaks of: the gravest one first, one at a time.
import type { CallSnapshot, LocalMediaSnapshot, MediaProblem, ScreenProblem } from '../../call';
import type { Acquaintance } from '../../host/port';
import type { FailureCode } from '../../protocol/FailureCode';
import type { Words } from '../../shared/i18n/en';
import { recognitionOf } from '../../shared/view/recognition';
import { nameOf, type Person } from '../../shared/view/Person';
import { peopleHere, personOf, type AppState } from './AppState';

/** One trouble. */
export type RoomTrouble =
  | { readonly kind: 'closed'; readonly code: FailureCode | null }
  | { readonly kind: 'refused'; readonly code: FailureCode; readonly person: Person | null }
  | { readonly kind: 'peer-failed'; readonly person: Person; readonly code: FailureCode; readonly fact: object | null }
  | { readonly kind: 'server-gone'; readonly isAlone: boolean }
  | { readonly kind: 'peer-interrupted'; readonly person: Person }
  | { readonly kind: 'device-changed'; readonly person: Person; readonly name: string; readonly fact: object }
  | { readonly kind: 'comparison-wanted'; readonly person: Person }
  | { readonly kind: 'engine-lost' }
  | { readonly kind: 'codec-missing' }
  | { readonly kind: 'device'; readonly device: 'camera' | 'microphone'; readonly problem: MediaProblem; readonly fact: object }
  | { readonly kind: 'screen'; readonly problem: ScreenProblem; readonly fact: object }
  | { readonly kind: 'media-failed'; readonly person: Person }
  | { readonly kind: 'media-interrupted'; readonly person: Person }
  | { readonly kind: 'peer-gone'; readonly person: Person; readonly saidBye: boolean; readonly fact: object }
  | { readonly kind: 'link-waits' };

const NOTHING_READ: ReadonlySet<object> = new Set();

/**
 * The trouble to speak of now, or null when all is well. What is in `read` was told and put away: the `fact` of a trouble,
 * which is another object when it happens anew.
 */
export function troubleOf(
  state: Pick<AppState, 'room' | 'refusal' | 'people' | 'call' | 'local' | 'arrivedLink' | 'panel'>,
  acquaintances: readonly Acquaintance[] = [],
  read: ReadonlySet<object> = NOTHING_READ,
): RoomTrouble | null {
  const { room, refusal, call, local } = state;
  if (room === null) return null;
  if (room.state === 'closed') return { kind: 'closed', code: room.failure?.code ?? null };
  if (refusal !== null) {
    const person = refusal.peer === null ? null : (personOf(state, refusal.peer) ?? null);
    return { kind: 'refused', code: refusal.failure.code, person };
  }
  const here = peopleHere(state);
  const failed = here.find((person) => person.peer.link === 'failed');
  if (failed !== undefined) return { kind: 'peer-failed', person: failed, code: failed.peer.failure?.code ?? 'connect-failed', fact: null };
  // Whoever could not prove anything may be gone at once; that somebody was in between is to be read all the same.
  const refused = state.people.find((person) => person.presence !== 'here' && person.peer.failure?.code === 'proof-failed' && !read.has(person));
  if (refused !== undefined) return { kind: 'peer-failed', person: refused, code: 'proof-failed', fact: refused };
  const changed = changedDevice(here, acquaintances, read);
  if (changed !== null) return changed;
  if (room.state === 'reconnecting') return { kind: 'server-gone', isAlone: here.length === 0 };
  const interrupted = here.find((person) => person.peer.link === 'interrupted');
  if (interrupted !== undefined) return { kind: 'peer-interrupted', person: interrupted };
  const wanting = here.find(({ peer: { comparison } }) => comparison?.state === 'shown' && !comparison.by_us);
  if (wanting !== undefined && state.panel !== 'details') return { kind: 'comparison-wanted', person: wanting };
  if (call?.sendingProblem === 'engine-lost') return { kind: 'engine-lost' };
  return (
    ownTrouble(local, read) ??
    (call?.sendingProblem === 'codec-missing' ? { kind: 'codec-missing' } : null) ??
    mediaTrouble(here, call) ??
    goneTrouble(state, here, read) ??
    (state.arrivedLink === null ? null : { kind: 'link-waits' })
  );
}

/** Told once a stay of theirs: put away, it is still in the connection's details. */
function changedDevice(here: readonly Person[], acquaintances: readonly Acquaintance[], read: ReadonlySet<object>): RoomTrouble | null {
  for (const person of here) {
    const known = recognitionOf(person.peer, acquaintances);
    if (known?.is === 'changed' && person.peer.comparison?.state !== 'same' && !read.has(known.as)) {
      return { kind: 'device-changed', person, name: known.as.name, fact: known.as };
    }
  }
  return null;
}

function ownTrouble(local: LocalMediaSnapshot | null, read: ReadonlySet<object>): RoomTrouble | null {
  if (local === null) return null;
  const { screen } = local;
  if (screen.problem !== null && !read.has(screen)) return { kind: 'screen', problem: screen.problem, fact: screen };
  for (const device of ['camera', 'microphone'] as const) {
    const fact = local[device];
    if (fact.problem !== null && !read.has(fact)) return { kind: 'device', device, problem: fact.problem, fact };
  }
  return null;
}

function mediaTrouble(here: readonly Person[], call: CallSnapshot | null): RoomTrouble | null {
  for (const person of here) {
    const remote = call?.remotes.find((one) => one.peer === person.peer.id);
    if (remote?.state === 'failed' || remote?.state === 'refused') return { kind: 'media-failed', person };
    if (remote?.state === 'interrupted') return { kind: 'media-interrupted', person };
  }
  return null;
}

function goneTrouble(state: Pick<AppState, 'people'>, here: readonly Person[], read: ReadonlySet<object>): RoomTrouble | null {
  const last = state.people.filter((person) => person.presence !== 'here' && person.announced).at(-1);
  return here.length > 0 || last === undefined || read.has(last) ? null : { kind: 'peer-gone', person: last, saidBye: last.presence === 'left', fact: last };
}

/** The sentence for it. */
export function troubleSentence(trouble: RoomTrouble, words: Words): string {
  const says = words.trouble;
  switch (trouble.kind) {
    case 'closed':
      return trouble.code === null ? says.closed : `${words.failure[trouble.code].title}. ${says.closed}`;
    case 'refused': {
      const { title, body } = words.failure[trouble.code];
      return trouble.person === null ? `${title}. ${body}` : says.peerFailed(nameOf(trouble.person, words), `${title}. ${body}`);
    }
    case 'peer-failed': {
      const { title, body } = words.failure[trouble.code];
      return says.peerFailed(nameOf(trouble.person, words), `${title}. ${body}`);
    }
    case 'server-gone':
      return trouble.isAlone ? says.serverGoneAlone : says.serverGone;
    case 'peer-interrupted':
      return says.peerInterrupted(nameOf(trouble.person, words));
    case 'device-changed':
      return words.comparing.changed(trouble.name);
    case 'comparison-wanted':
      return words.comparing.wants(nameOf(trouble.person, words));
    case 'device':
      return words.media.of(words.media[trouble.device], `${words.media.problem[trouble.problem].title}. ${words.media.problem[trouble.problem].body}`);
    case 'screen':
      return words.media.screenProblem[trouble.problem];
    case 'engine-lost':
      return says.engineLost;
    case 'codec-missing':
      return says.codecMissing;
    case 'media-failed':
      return says.mediaFailed(nameOf(trouble.person, words));
    case 'media-interrupted':
      return says.mediaInterrupted(nameOf(trouble.person, words));
    case 'peer-gone':
      return (trouble.saidBye ? says.left : says.lost)(nameOf(trouble.person, words));
    case 'link-waits':
      return says.linkWaits;
  }
}

/** How loud the line is. */
export function troubleTone(trouble: RoomTrouble): 'info' | 'warn' | 'danger' {
  switch (trouble.kind) {
    case 'closed':
    case 'refused':
    case 'peer-failed':
    case 'device-changed':
      return 'danger';
    case 'peer-gone':
    case 'link-waits':
    case 'screen':
    case 'comparison-wanted':
      return 'info';
    default:
      return 'warn';
  }
}
