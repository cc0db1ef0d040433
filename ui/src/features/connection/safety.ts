// What the lock says, computed from what was proven and never assumed.
import type { Acquaintance } from '../../host/port';
import type { Peer } from '../../protocol/Peer';
import type { Words } from '../../shared/i18n/en';
import type { InvitedBy } from '../../shared/view/InvitedBy';
import { recognitionOf } from '../../shared/view/recognition';

/** How safe the connection with a peer is. */
export type Safety = 'compared' | 'proven' | 'sealed' | 'unproven' | 'changed' | 'failed';

/**
 * `compared`: the user compared with this device, now or before. `proven`: both saw the live certificates. `sealed`: at least one could only
 * read its description. `changed`: proven, but of another device than the one known by this name.
 */
export function safetyOf(peer: Peer, acquaintances: readonly Acquaintance[]): Safety {
  if (peer.link === 'failed') return 'failed';
  if (peer.proof === null) return 'unproven';
  const known = recognitionOf(peer, acquaintances)?.is;
  if (peer.comparison?.state === 'same' || known === 'known') return 'compared';
  if (known === 'changed') return 'changed';
  return peer.proof === 'certificate' ? 'proven' : 'sealed';
}

/** Whether a closed lock may stand beside it. */
export function isSafe(safety: Safety): boolean {
  return safety === 'compared' || safety === 'proven' || safety === 'sealed';
}

const ORDER: readonly Safety[] = ['failed', 'changed', 'unproven', 'sealed', 'proven', 'compared'];

/** The peer whose connection is the least safe: the chip must not say more than holds for everyone. */
export function weakest(peers: readonly Peer[], acquaintances: readonly Acquaintance[]): Peer | undefined {
  const place = (peer: Peer): number => ORDER.indexOf(safetyOf(peer, acquaintances));
  return peers.toSorted((a, b) => place(a) - place(b))[0];
}

/** The word for it. What the key confirmation proved is the invitation that we came by: what we made ourselves, a link or a code. */
export function safetyWord(safety: Safety, invitedBy: InvitedBy | null, words: Words): string {
  const { compared, proven, provenByDescription, unproven, changed, failed } = words.chip;
  return { compared, proven: proven[invitedBy ?? 'self'], sealed: provenByDescription, unproven, changed, failed }[safety];
}

/** What was proven of the connection, as a sentence. */
export function safetySentence(peer: Pick<Peer, 'link' | 'proof' | 'failure'>, words: Words): string {
  const { details, failure } = words;
  if (peer.link === 'failed' && peer.failure !== null) return `${failure[peer.failure.code].title}. ${failure[peer.failure.code].body}`;
  if (peer.link === 'failed' || peer.proof === null) return details.unproven;
  return peer.proof === 'certificate' ? details.provenCertificate : details.provenDescription;
}
