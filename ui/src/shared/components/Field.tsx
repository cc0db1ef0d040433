// One line of text to fill in, with its label, a note and what is wrong with it.
import type { ReactNode, RefObject } from 'react';
import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';
import './field.css';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
  readonly placeholder?: string;
  readonly note?: ReactNode;
  readonly error?: string | null;
  readonly type?: 'text' | 'url' | 'password';
  readonly maxLength?: number;
  readonly autoComplete?: string;
  readonly testId?: string;
  /** For whoever moves the focus here. */
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

/** A labelled text field. */
export function Field({ label, value, onChange, onBlur, placeholder, note, error = null, type = 'text', maxLength, autoComplete = 'off', testId, inputRef }: FieldProps) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      {...(onBlur === undefined ? {} : { onBlur })}
      type={type}
      isInvalid={error !== null}
      autoComplete={autoComplete}
      {...(maxLength === undefined ? {} : { maxLength })}
      validationBehavior="aria"
    >
      <Label className="field-label">{label}</Label>
      <Input className="field-input" {...(inputRef === undefined ? {} : { ref: inputRef })} {...(placeholder === undefined ? {} : { placeholder })} spellCheck="false" autoCapitalize="off" data-testid={testId} />
      {note === undefined || note === null ? null : (
        <Text slot="description" className="field-note">
          {note}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}
