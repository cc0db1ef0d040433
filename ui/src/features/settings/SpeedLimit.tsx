// How fast files may leave: one of a few steps, or a number of one's own, in force as soon as it is one.
import { useState } from 'react';
import { Field } from '../../shared/components/Field';
import { Picker } from '../../shared/components/Picker';
import { useLanguage } from '../../shared/i18n/Language';
import { speedFrom, speedText } from './speed';

interface SpeedLimitProps {
  /** Bytes per second; null is no limit. */
  readonly value: number | null;
  readonly onChange: (bytesPerSecond: number | null) => void;
}

const NONE = 'none';
const OWN = 'own';
/** Bytes per second that fit most lines: a slow upstream, a shared one, WLAN. */
const STEPS = [1_000_000, 5_000_000, 10_000_000, 50_000_000] as const;

/** The picker, and a field for one's own value. */
export function SpeedLimit({ value, onChange }: SpeedLimitProps) {
  const { words, formats } = useLanguage();
  const { settings } = words;
  const [isOwn, setOwn] = useState(value !== null && !STEPS.some((step) => step === value));
  const [text, setText] = useState(value === null ? '' : speedText(value));
  const [isDone, setDone] = useState(true);

  return (
    <div className="speed">
      <Picker
        label={settings.speed}
        options={[
          { id: NONE, label: settings.speedNone },
          ...STEPS.map((step) => ({ id: String(step), label: formats.speed(step) })),
          { id: OWN, label: settings.speedOwn },
        ]}
        value={isOwn ? OWN : value === null ? NONE : String(value)}
        onChange={(id) => {
          setOwn(id === OWN);
          if (id === NONE) onChange(null);
          else if (id !== OWN) {
            onChange(Number(id));
            setText(speedText(Number(id)));
          }
        }}
        testId="speed-limit"
      />
      {isOwn ? (
        <Field
          label={settings.speedOwnLabel}
          value={text}
          onChange={(typed) => {
            setText(typed);
            setDone(false);
            const speed = speedFrom(typed);
            if (speed !== null && speed !== value) onChange(speed);
          }}
          onBlur={() => {
            // Emptied, it would hide a limit that goes on.
            if (text.trim() === '' && value !== null) setText(speedText(value));
            setDone(true);
          }}
          error={isDone && text.trim() !== '' && speedFrom(text) === null ? settings.speedInvalid : null}
          testId="speed-own"
        />
      ) : null}
      <p className="field-note">{settings.speedNote}</p>
    </div>
  );
}
