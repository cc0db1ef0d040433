// What earlier sessions left unfinished: how much it is, and throwing it away, which is asked twice.
import { useEffect, useState } from 'react';
import type { Host } from '../../host/port';
import type { Unfinished } from '../../protocol/Unfinished';
import { Button } from '../../shared/components/Button';
import { useLanguage } from '../../shared/i18n/Language';

interface UnfinishedTransfersProps {
  readonly host: Pick<Host, 'unfinished' | 'discardUnfinished'>;
}

/** A part of the settings; nothing where nothing is unfinished. */
export function UnfinishedTransfers({ host }: UnfinishedTransfersProps) {
  const { words, formats } = useLanguage();
  const says = words.settings;
  const [found, setFound] = useState<Unfinished | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [reading, setReading] = useState(0);

  useEffect(() => {
    let isGone = false;
    // A folder that cannot be read holds nothing that could be shown here; receiving says what is wrong with it.
    host.unfinished().then(
      (now) => {
        if (!isGone) setFound(now);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
    };
  }, [host, reading]);

  if (found === null || found.transfers === 0) return null;
  const discard = (): void => {
    setAsking(false);
    const again = (): void => setReading((count) => count + 1);
    host.discardUnfinished().then(again, again);
  };
  return (
    <section className="settings-part" data-testid="unfinished">
      <h3 className="settings-title">{says.unfinished}</h3>
      <p className="field-note">{says.unfinishedNote(found.transfers, formats.bytes(found.bytes))}</p>
      {isAsking ? (
        <div className="settings-pair">
          <Button onPress={() => setAsking(false)}>{says.unfinishedKeep}</Button>
          <Button kind="danger" onPress={discard} data-testid="discard-for-good">
            {says.unfinishedForGood}
          </Button>
        </div>
      ) : (
        <Button onPress={() => setAsking(true)} data-testid="discard-unfinished">
          {says.unfinishedDiscard}
        </Button>
      )}
    </section>
  );
}
