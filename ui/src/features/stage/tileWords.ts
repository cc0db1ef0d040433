// What a tile says in place of a picture.
import type { RemoteSnapshot } from '../../call';
import type { Words } from '../../shared/i18n/en';
import { nameOf, type Person } from '../../shared/view/Person';

/** While a call can be had with them. */
export function stateWords(person: Person, remote: RemoteSnapshot | null, words: Words): string {
  const { peer } = person;
  const name = nameOf(person, words);
  if (remote?.state === 'refused') return words.room.callRefused;
  if (remote?.state === 'failed') return words.trouble.mediaFailed(name);
  if (peer.link === 'connecting') return words.room.connecting(name);
  if (peer.link === 'interrupted' || remote?.state === 'interrupted') return words.room.interrupted;
  if (remote === null || remote.media === null) return words.room.proving;
  if (remote.problem !== null) return words.room.problem[remote.problem](name);
  return peer.camera ? words.room.pictureComing(name) : words.room.cameraOff;
}

/** Where there is no call to be had. */
export function quietWords(person: Person, canCall: boolean, words: Words): string {
  const { peer } = person;
  if (peer.link === 'failed') return peer.failure === null ? words.chip.failed : words.failure[peer.failure.code].title;
  if (peer.link === 'connecting') return words.room.connecting(nameOf(person, words));
  return canCall ? words.people.shell : words.room.noCall;
}
