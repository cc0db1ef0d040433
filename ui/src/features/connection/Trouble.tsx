// The quiet line at the top: what is wrong and what still works. Its place is kept over the stage, so nothing jumps.
import type { ReactNode } from 'react';
import { IconButton } from '../../shared/components/Button';
import { CloseIcon, InfoIcon, WarningIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import './connection.css';

interface TroubleProps {
  readonly tone: 'info' | 'warn' | 'danger';
  /** Stable name of the kind, for tests. */
  readonly kind: string;
  readonly sentence: string;
  readonly action?: ReactNode;
  readonly onDismiss?: (() => void) | null;
}

/** One line of trouble. */
export function Trouble({ tone, kind, sentence, action, onDismiss = null }: TroubleProps) {
  const { words } = useLanguage();
  return (
    <div className={`trouble trouble-${tone}`} role={tone === 'danger' ? 'alert' : 'status'} data-testid="trouble" data-kind={kind}>
      {tone === 'info' ? <InfoIcon /> : <WarningIcon />}
      <p className="trouble-sentence">{sentence}</p>
      {action}
      {onDismiss === null ? null : (
        <IconButton label={words.dismiss} onPress={onDismiss} placement="bottom">
          <CloseIcon />
        </IconButton>
      )}
    </div>
  );
}
