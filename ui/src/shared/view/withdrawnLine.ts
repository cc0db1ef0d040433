// What is said of an invitation that was withdrawn.
import type { PeerId } from '../../protocol/PeerId';
import type { Words } from '../i18n/en';
import { nameOf, type Person } from './Person';

interface Withdrawn {
  readonly people: readonly Person[];
  readonly room: { readonly withdrawn: { readonly by: PeerId | null } | null } | null;
}

/** The sentence; null while the invitation stands. */
export function withdrawnLine({ people, room }: Withdrawn, words: Words): string | null {
  const withdrawn = room?.withdrawn ?? null;
  if (withdrawn === null) return null;
  const says = words.room.withdrawal;
  if (withdrawn.by === null) return says.byUs;
  const person = people.find(({ peer }) => peer.id === withdrawn.by);
  // Who has gone since, or was never met after a reload.
  return person === undefined ? says.done : says.by(nameOf(person, words));
}
