// What is said of an invitation that was withdrawn.
import type { PeerId } from '../../protocol/PeerId';
import type { Words } from '../i18n/en';
import { nameOf, type Person } from './Person';

/** An invitation that is withdrawn. */
export interface Withdrawn {
  /** By which peer; null for ourselves. */
  readonly by: PeerId | null;
  /** The one guest that it was for; null when it was withdrawn by hand. */
  readonly guest: PeerId | null;
}

interface Room {
  readonly people: readonly Person[];
  readonly room: { readonly withdrawn: Withdrawn | null } | null;
}

/** The sentence; null while the invitation stands. */
export function withdrawnLine({ people, room }: Room, words: Words): string | null {
  const withdrawn = room?.withdrawn ?? null;
  if (withdrawn === null) return null;
  const says = words.room.withdrawal;
  // Nobody, if they have gone since or were never met after a reload.
  const nameIf = (id: PeerId): string | null => {
    const person = people.find(({ peer }) => peer.id === id);
    return person === undefined ? null : nameOf(person, words);
  };
  if (withdrawn.guest !== null) return says.forGuest(nameIf(withdrawn.guest));
  if (withdrawn.by === null) return says.byUs;
  const name = nameIf(withdrawn.by);
  return name === null ? says.done : says.by(name);
}
