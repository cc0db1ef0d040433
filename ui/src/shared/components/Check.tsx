// A box to check, with what it is for beside it. The whole row is its target.
import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField } from 'react-aria-components';
import { CheckIcon, DashIcon } from '../icons/icons';
import './check.css';

interface CheckProps {
  readonly isOn: boolean;
  /** Stands for several of which some are on. */
  readonly isMixed?: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children: ReactNode;
  readonly testId?: string;
}

/** A labelled check box. */
export function Check({ isOn, isMixed = false, onChange, children, testId }: CheckProps) {
  return (
    <CheckboxField className="check-field" isSelected={isOn} isIndeterminate={isMixed} onChange={onChange}>
      <CheckboxButton className="check" data-testid={testId}>
        <span className="check-box" aria-hidden="true">
          {isMixed ? <DashIcon /> : isOn ? <CheckIcon /> : null}
        </span>
        <span className="check-words">{children}</span>
      </CheckboxButton>
    </CheckboxField>
  );
}
