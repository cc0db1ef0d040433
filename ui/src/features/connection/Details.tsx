// What the chip opens into: what was proven, which way it goes and why, and what would make it better.
import type { RemoteSnapshot } from '../../call';
import type { HostKind } from '../../protocol/HostKind';
import type { Peer } from '../../protocol/Peer';
import { LockIcon, LockOpenIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import type { Words } from '../../shared/i18n/en';
import type { InvitedBy } from '../../shared/view/InvitedBy';
import { nameOf, type Person } from '../../shared/view/Person';
import { Compare, type Comparisons } from './Compare';
import { isSafe, safetyOf, safetySentence, safetyWord } from './safety';
import './connection.css';

interface DetailsProps {
  readonly people: readonly Person[];
  readonly invitedBy: InvitedBy | null;
  readonly remotes: readonly RemoteSnapshot[];
  readonly canCall: boolean;
  readonly relayOnly: boolean;
  readonly ownHost: HostKind;
  readonly comparisons: Comparisons;
}

/** Sentences about every connection. */
export function Details({ people, invitedBy, remotes, canCall, relayOnly, ownHost, comparisons }: DetailsProps) {
  const { words } = useLanguage();
  return (
    <div className="details" data-testid="details">
      {people.length === 0 ? <p className="soft">{words.details.nobody}</p> : null}
      {people.map((person) => (
        <One
          key={person.peer.id}
          person={person}
          invitedBy={invitedBy}
          remote={canCall ? (remotes.find((remote) => remote.peer === person.peer.id) ?? null) : null}
          relayOnly={relayOnly}
          comparisons={comparisons}
        />
      ))}
      {ownHost === 'browser' ? <p className="details-note">{words.details.youBrowser}</p> : null}
    </div>
  );
}

interface OneProps {
  readonly person: Person;
  readonly invitedBy: InvitedBy | null;
  readonly remote: RemoteSnapshot | null;
  readonly relayOnly: boolean;
  readonly comparisons: Comparisons;
}

function One({ person, invitedBy, remote, relayOnly, comparisons }: OneProps) {
  const { words, formats } = useLanguage();
  const { peer } = person;
  const name = nameOf(person, words);
  const safety = safetyOf(peer, comparisons.acquaintances);
  return (
    <section className="details-one" aria-label={words.details.title(name)}>
      <h3 className="details-name">{words.details.title(name)}</h3>
      <p className={isSafe(safety) ? 'details-safety details-safe' : 'details-safety details-unsafe'}>
        {isSafe(safety) ? <LockIcon /> : <LockOpenIcon />}
        {safetyWord(safety, invitedBy, words)}
      </p>
      <p>{safetySentence(peer, words)}</p>
      {peer.proof === null || peer.link === 'failed' || invitedBy === null ? null : <p>{words.details.invitedBy[invitedBy]}</p>}
      <Compare person={person} {...comparisons} />
      {peer.link === 'failed' ? null : <p>{pathSentence(peer, relayOnly, words)}</p>}
      {peer.rtt_ms === null ? null : <p className="numbers">{words.details.delay(formats.delay(peer.rtt_ms))}</p>}
      {remote === null || peer.link === 'failed' ? null : (
        <p>
          {remote.state === 'refused' ? words.room.callRefused : remote.proof === null ? words.details.callWaiting : words.details.callProven}
        </p>
      )}
      {peer.host === 'browser' ? <p className="details-note">{words.details.browserGuest(name)}</p> : null}
    </section>
  );
}

function pathSentence(peer: Peer, relayOnly: boolean, words: Words): string {
  const { pathLocal, pathDirect, pathRelayed, pathRelayedChosen, pathUnknown } = words.details;
  switch (peer.path) {
    case 'local':
      return pathLocal;
    case 'direct':
      return pathDirect;
    case 'relayed':
      return relayOnly ? pathRelayedChosen : pathRelayed;
    case null:
      return pathUnknown;
  }
}
