// The corner that says at a glance whether it is safe and which way it goes. Opens into plain sentences.
import { Button } from 'react-aria-components';
import type { Acquaintance } from '../../host/port';
import type { Peer } from '../../protocol/Peer';
import { LockIcon, LockOpenIcon, PeopleIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import type { InvitedBy } from '../../shared/view/InvitedBy';
import { isSafe, safetyOf, safetyWord, weakest } from './safety';
import './connection.css';

interface ChipProps {
  readonly peers: readonly Peer[];
  readonly invitedBy: InvitedBy | null;
  readonly acquaintances: readonly Acquaintance[];
  readonly onOpen: () => void;
}

/** The chip. */
export function Chip({ peers, invitedBy, acquaintances, onOpen }: ChipProps) {
  const { words, formats } = useLanguage();
  const peer = weakest(peers, acquaintances);
  if (peer === undefined) {
    return (
      <Button className="chip" onPress={onOpen} data-testid="chip" data-proof="none" data-path="none" data-link="none">
        <PeopleIcon />
        <span>{words.chip.alone}</span>
      </Button>
    );
  }
  const safety = safetyOf(peer, acquaintances);
  const way = peer.path === null ? null : words.chip[peer.path];
  const delay = peer.rtt_ms === null ? null : formats.delay(peer.rtt_ms);
  const all = [safetyWord(safety, invitedBy, words), way, delay].filter((part) => part !== null);
  return (
    <Button
      className={isSafe(safety) ? 'chip chip-safe' : 'chip chip-unsafe'}
      aria-label={words.chip.label(all.join(', '))}
      onPress={onOpen}
      data-testid="chip"
      data-safety={safety}
      data-proof={peer.proof ?? 'none'}
      data-path={peer.path ?? 'none'}
      data-link={peer.link}
    >
      {isSafe(safety) ? <LockIcon /> : <LockOpenIcon />}
      <span>{safetyWord(safety, invitedBy, words)}</span>
      {way === null ? null : <span className="chip-more">{way}</span>}
      {delay === null ? null : <span className="chip-more numbers">{delay}</span>}
    </Button>
  );
}
