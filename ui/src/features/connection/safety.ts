// What the lock says, computed from what was proven and never assumed.
import type { Peer } from '../../protocol/Peer';
import type { Words } from '../../shared/i18n/en';

/** How safe the connection with a peer is. */
export type Safety = 'proven' | 'sealed' | 'unproven' | 'failed';

/** `proven`: both saw the live certificates. `sealed`: at least one could only read its description. */
export function safetyOf(peer: Pick<Peer, 'link' | 'proof'>): Safety {
  if (peer.link === 'failed') return 'failed';
  if (peer.proof === null) return 'unproven';
  return peer.proof === 'certificate' ? 'proven' : 'sealed';
}

const ORDER: readonly Safety[] = ['failed', 'unproven', 'sealed', 'proven'];

/** The peer whose connection is the least safe: the chip must not say more than holds for everyone. */
export function weakest(peers: readonly Peer[]): Peer | undefined {
  return peers.toSorted((a, b) => ORDER.indexOf(safetyOf(a)) - ORDER.indexOf(safetyOf(b)))[0];
}

/** The word for it. */
export function safetyWord(safety: Safety, words: Words): string {
  const { proven, provenByDescription, unproven, failed } = words.chip;
  return { proven, sealed: provenByDescription, unproven, failed }[safety];
}

/** The sentence for it. */
export function safetySentence(peer: Peer, words: Words): string {
  const { details, failure } = words;
  switch (safetyOf(peer)) {
    case 'proven':
      return details.provenCertificate;
    case 'sealed':
      return details.provenDescription;
    case 'unproven':
      return details.unproven;
    case 'failed':
      return peer.failure === null ? details.unproven : `${failure[peer.failure.code].title}. ${failure[peer.failure.code].body}`;
  }
}
