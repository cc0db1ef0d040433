// Withdrawing the invitation: asked twice, since nothing takes it back.
import { useState } from 'react';
import { Button } from '../../shared/components/Button';
import { useLanguage } from '../../shared/i18n/Language';
import type { Admission } from './Admission';

/** The button and its question. */
export function Withdraw({ onWithdraw }: Pick<Admission, 'onWithdraw'>) {
  const { words } = useLanguage();
  const says = words.room.withdrawal;
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <Button kind="quiet" onPress={() => setAsking(true)} data-testid="withdraw">
        {says.ask}
      </Button>
    );
  }
  return (
    <div className="withdraw" role="group" aria-label={says.ask}>
      <p className="soft">{says.note}</p>
      <div className="invitation-actions">
        <Button autoFocus onPress={() => setAsking(false)} data-testid="withdraw-keep">
          {says.keep}
        </Button>
        <Button kind="danger" onPress={onWithdraw} data-testid="withdraw-for-good">
          {says.forGood}
        </Button>
      </div>
    </div>
  );
}
