// What was handed over before, newest first, and clearing it, which is asked twice.
import { useState, useSyncExternalStore } from 'react';
import { Button } from '../../shared/components/Button';
import { CheckIcon, WarningIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { endingLine } from '../../shared/view/ending';
import type { PastTransfer, PastTransfers as Past } from '../../shared/view/PastTransfer';

/** A part of the settings. */
export function PastTransfers({ past }: { readonly past: Past }) {
  const { words } = useLanguage();
  const says = words.settings;
  const list = useSyncExternalStore(past.subscribe, past.list);
  const [isAsking, setAsking] = useState(false);

  return (
    <section className="settings-part" data-testid="history">
      <h3 className="settings-title">{says.history}</h3>
      <p className="field-note">{says.historyNote}</p>
      {list.length === 0 ? (
        <p className="soft" data-testid="history-empty">
          {says.historyEmpty}
        </p>
      ) : (
        <>
          <ol className="past-list" tabIndex={0} aria-label={says.history}>
            {list.map((one) => (
              <PastOne key={one.id} past={one} />
            ))}
          </ol>
          {isAsking ? (
            <div className="settings-pair">
              <Button autoFocus onPress={() => setAsking(false)}>
                {says.historyKeep}
              </Button>
              <Button
                kind="danger"
                onPress={() => {
                  setAsking(false);
                  past.clear();
                }}
                data-testid="clear-history-for-good"
              >
                {says.historyForGood}
              </Button>
            </div>
          ) : (
            <Button onPress={() => setAsking(true)} data-testid="clear-history">
              {says.historyClear}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function PastOne({ past }: { readonly past: PastTransfer }) {
  const { words, formats } = useLanguage();
  const person = past.person === '' ? words.nameless : past.person;
  const name = past.name ?? words.file.several(past.entryCount);
  const { tone, words: end } = endingLine(past, person, words);
  return (
    <li className="past" data-testid="history-entry">
      <p className="past-name" title={name}>
        {name}
      </p>
      <p className="past-about soft numbers">
        {[formats.bytes(past.bytes), (past.isReceiving ? words.file.from : words.file.to)(person), formats.moment(past.endedAtMs)].join(' · ')}
      </p>
      <p className={`past-end past-end-${tone}`}>
        {tone === 'good' ? <CheckIcon /> : tone === 'bad' ? <WarningIcon /> : null}
        <span>{end}</span>
      </p>
    </li>
  );
}
