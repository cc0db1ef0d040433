// Comparing with one person: seven emoji or twelve digits to read to each other, what was found, and what is known from earlier.
import type { Acquaintance } from '../../host/port';
import type { ComparisonState } from '../../protocol/ComparisonState';
import type { PeerId } from '../../protocol/PeerId';
import { Button } from '../../shared/components/Button';
import { Notice } from '../../shared/components/Notice';
import { useLanguage } from '../../shared/i18n/Language';
import { emojiAt } from '../../shared/view/emoji';
import { nameOf, type Person } from '../../shared/view/Person';
import { recognitionOf } from '../../shared/view/recognition';
import './compare.css';

/** What can be done about comparing. */
export interface Comparisons {
  readonly acquaintances: readonly Acquaintance[];
  readonly onCompare: (peer: PeerId) => void;
  readonly onJudge: (peer: PeerId, same: boolean) => void;
}

interface CompareProps extends Comparisons {
  readonly person: Person;
}

/** A part of a connection's details; nothing while nothing is proven. */
export function Compare({ person, acquaintances, onCompare, onJudge }: CompareProps) {
  const { words } = useLanguage();
  const says = words.comparing;
  const { peer } = person;
  const name = nameOf(person, words);
  const now = peer.comparison;
  if (now?.state === 'different') return <Notice tone="danger" title={says.isDifferent} />;
  if (peer.proof === null) return null;
  const canBegin = now === null || now.state === 'failed' || now.state === 'same';
  return (
    <div className="compare" data-testid="compare" data-state={now?.state ?? 'none'}>
      <Known person={person} acquaintances={acquaintances} />
      {now === null ? null : <Now state={now} person={person} />}
      {now?.state === 'shown' ? (
        <div className="compare-verdict">
          <Button kind="primary" onPress={() => onJudge(peer.id, true)} data-testid="compare-same">
            {says.same}
          </Button>
          <Button kind="danger" onPress={() => onJudge(peer.id, false)} data-testid="compare-different">
            {says.different}
          </Button>
        </div>
      ) : null}
      {canBegin ? (
        <Button onPress={() => onCompare(peer.id)} isDisabled={peer.link !== 'connected'} data-testid="compare-begin">
          {now === null ? says.begin(name) : says.again}
        </Button>
      ) : null}
    </div>
  );
}

function Known({ person, acquaintances }: { readonly person: Person; readonly acquaintances: readonly Acquaintance[] }) {
  const { words, formats } = useLanguage();
  const says = words.comparing;
  const { peer } = person;
  const known = recognitionOf(peer, acquaintances);
  switch (known?.is) {
    case 'known':
      return <p data-testid="recognised">{says.known(known.as.name, formats.day(known.as.comparedAtMs))}</p>;
    case 'changed':
      return <Notice tone="danger" title={says.changed(known.as.name)} />;
    case 'unseen':
      return peer.comparison?.state === 'same' ? null : <Notice tone="warn" title={says.unseen(known.as.name)} />;
    case undefined:
      return peer.comparison === null ? <p>{says.why(nameOf(person, words))}</p> : null;
  }
}

function Now({ state, person }: { readonly state: ComparisonState; readonly person: Person }) {
  const { words, code } = useLanguage();
  const says = words.comparing;
  const name = nameOf(person, words);
  switch (state.state) {
    case 'begun':
      return <p role="status">{says.begun(name)}</p>;
    case 'shown':
      return (
        <>
          <p>{state.by_us ? says.shown : says.shownByThem(name)}</p>
          <ol className="compare-emoji" aria-label={says.emoji}>
            {state.emoji.map(emojiAt).map(({ symbol, english, korean }, place) => (
              // The same emoji may stand at two places, which never change.
              <li key={place} className="compare-one" data-testid="compare-emoji">
                <span className="compare-symbol" aria-hidden="true">
                  {symbol}
                </span>
                <span>{code === 'ko' ? korean : english}</span>
              </li>
            ))}
          </ol>
          <p>
            {says.digits} <span className="compare-digits numbers" data-testid="compare-digits">{state.digits}</span>
          </p>
        </>
      );
    case 'same':
      return (
        <p role="status" data-testid="compared">
          {says.isSame(name)} {person.peer.device === null ? says.notRemembered(name) : says.remembered}
        </p>
      );
    case 'failed':
      return <Notice tone="danger" title={says.failed} />;
    case 'different':
      return null;
  }
}
