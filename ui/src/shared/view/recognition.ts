// Whether a peer's device is one that the user has compared with before.
//
// Promises: pure. A name proves nothing; it only says whom somebody claims to be. Leaves to others: that the device was proven (the engine).
import type { Acquaintance } from '../../host/port';
import type { Peer } from '../../protocol/Peer';

/** What is known of a peer's device. */
export type Recognition =
  /** It was compared with. */
  | { readonly is: 'known'; readonly as: Acquaintance }
  /** It is not the one known by this name. */
  | { readonly is: 'changed'; readonly as: Acquaintance }
  /** One is known by this name, and this one shows none. */
  | { readonly is: 'unseen'; readonly as: Acquaintance };

/** What the user's acquaintances say of a peer; null for a stranger, and while nothing is proven. */
export function recognitionOf(peer: Pick<Peer, 'name' | 'device' | 'proof'>, acquaintances: readonly Acquaintance[]): Recognition | null {
  if (peer.proof === null) return null;
  const known = acquaintances.find(({ device }) => device === peer.device);
  if (known !== undefined) return { is: 'known', as: known };
  const name = folded(peer.name);
  const namesake = name === '' ? undefined : acquaintances.find((one) => folded(one.name) === name);
  return namesake === undefined ? null : { is: peer.device === null ? 'unseen' : 'changed', as: namesake };
}

/** Names that look the same are the same here, so that a letter's shape or case hides nobody. */
function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/[\s\p{Default_Ignorable_Code_Point}]+/gu, '');
}
