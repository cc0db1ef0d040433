// A peer as the screen keeps it: those who left stay known, so that what they wrote and handed over keeps its name.
import type { Peer } from '../../protocol/Peer';
import type { Words } from '../i18n/en';

/** Someone who is or was here. */
export interface Person {
  readonly peer: Peer;
  readonly presence: 'here' | 'left' | 'lost';
  /** Its arrival was told. False until its hello brought a name. */
  readonly announced: boolean;
}

/** How to call someone; never empty. */
export function nameOf(person: Person | undefined, words: Words): string {
  const name = person?.peer.name.trim() ?? '';
  return name === '' ? words.nameless : name;
}
