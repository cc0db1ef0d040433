// A switch with its label and, if need be, a note.
import type { ReactNode } from 'react';
import { SwitchButton, SwitchField, Text } from 'react-aria-components';
import './field.css';
import './toggle.css';

interface ToggleProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children: ReactNode;
  readonly note?: ReactNode;
  readonly testId?: string;
}

/** A labelled switch. */
export function Toggle({ isOn, onChange, children, note, testId }: ToggleProps) {
  return (
    <SwitchField className="toggle-field" isSelected={isOn} onChange={onChange}>
      <SwitchButton className="toggle" data-testid={testId}>
        <span>{children}</span>
        <span className="toggle-track" aria-hidden="true">
          <span className="toggle-knob" />
        </span>
      </SwitchButton>
      {note === undefined ? null : (
        <Text slot="description" className="field-note">
          {note}
        </Text>
      )}
    </SwitchField>
  );
}
