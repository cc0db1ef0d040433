// A switch with its label and, if need be, a note.
import type { ReactNode } from 'react';
import { Switch } from 'react-aria-components';
import './toggle.css';

interface ToggleProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children: ReactNode;
  readonly note?: ReactNode;
}

/** A labelled switch. */
export function Toggle({ isOn, onChange, children, note }: ToggleProps) {
  return (
    <Switch className="toggle" isSelected={isOn} onChange={onChange}>
      <span className="toggle-words">
        <span>{children}</span>
        {note === undefined ? null : <span className="field-note">{note}</span>}
      </span>
      <span className="toggle-track" aria-hidden="true">
        <span className="toggle-knob" />
      </span>
    </Switch>
  );
}
