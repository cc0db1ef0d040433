// A sentence about a state, in the place it concerns: what happened, what is safe, what to do.
import type { ReactNode } from 'react';
import { InfoIcon, WarningIcon } from '../icons/icons';
import './notice.css';

interface NoticeProps {
  readonly tone: 'info' | 'warn' | 'danger';
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Interrupts a screen reader; for what the user just asked for and did not get. */
  readonly urgent?: boolean;
  /** The announcer says it already. */
  readonly isSaid?: boolean;
  readonly testId?: string;
}

/** A notice. */
export function Notice({ tone, title, children, actions, urgent = false, isSaid = false, testId }: NoticeProps) {
  return (
    <div className={`notice notice-${tone}`} role={isSaid ? undefined : urgent ? 'alert' : 'status'} data-testid={testId}>
      {tone === 'info' ? <InfoIcon /> : <WarningIcon />}
      <div className="notice-words">
        <p className="notice-title">{title}</p>
        {children === undefined ? null : <div className="notice-body">{children}</div>}
        {actions === undefined ? null : <div className="notice-actions">{actions}</div>}
      </div>
    </div>
  );
}
