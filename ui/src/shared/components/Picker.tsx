// One of several, from a list that opens: devices, language, theme.
import type { ReactNode } from 'react';
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { CheckIcon, ChevronIcon } from '../icons/icons';
import './field.css';
import './picker.css';

/** What can be picked. */
export interface PickerOption {
  readonly id: string;
  readonly label: string;
}

interface PickerProps {
  readonly label: string;
  readonly options: readonly PickerOption[];
  readonly value: string;
  readonly onChange: ((id: string) => void) | null;
  readonly icon?: ReactNode;
  /** The label is for those who hear it; the icon says it to those who see. */
  readonly compact?: boolean;
  readonly testId?: string;
}

/** A labelled picker; disabled where there is nothing to do. */
export function Picker({ label, options, value, onChange, icon, compact = false, testId }: PickerProps) {
  return (
    <Select
      className="picker"
      value={options.some((option) => option.id === value) ? value : (options[0]?.id ?? null)}
      onChange={(key) => {
        if (key !== null) onChange?.(String(key));
      }}
      isDisabled={onChange === null || options.length === 0}
    >
      <Label className={compact ? 'vh' : 'field-label'}>{label}</Label>
      <Button className="picker-button" data-testid={testId}>
        {icon}
        <SelectValue className="picker-value" />
        <ChevronIcon />
      </Button>
      <Popover className="picker-list" offset={4}>
        <ListBox items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className="picker-option">
              {({ isSelected }) => (
                <>
                  <span>{option.label}</span>
                  {isSelected ? <CheckIcon /> : null}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
