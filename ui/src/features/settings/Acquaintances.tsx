// Whether this device is shown to others, and those the user compared with: whom it knows, since when, and forgetting them.
import type { Acquaintance } from '../../host/port';
import { Button } from '../../shared/components/Button';
import { Toggle } from '../../shared/components/Toggle';
import { useLanguage } from '../../shared/i18n/Language';

interface AcquaintancesProps {
  readonly isShown: boolean;
  readonly acquaintances: readonly Acquaintance[];
  readonly onShow: (isShown: boolean) => void;
  readonly onChange: (acquaintances: readonly Acquaintance[]) => void;
}

/** A part of the settings. */
export function Acquaintances({ isShown, acquaintances, onShow, onChange }: AcquaintancesProps) {
  const { words, formats } = useLanguage();
  const says = words.settings;
  return (
    <section className="settings-part" data-testid="acquaintances">
      <h3 className="settings-title">{says.acquaintances}</h3>
      <Toggle isOn={isShown} onChange={onShow} note={says.showDeviceNote} testId="show-device">
        {says.showDevice}
      </Toggle>
      {acquaintances.length === 0 ? <p className="field-note">{says.acquaintancesNone}</p> : null}
      <ul className="settings-acquaintances">
        {acquaintances.map((one) => (
          <li key={one.device} className="settings-acquaintance">
            <span className="settings-path">
              {one.name === '' ? words.nameless : one.name} <span className="soft">{says.comparedOn(formats.day(one.comparedAtMs))}</span>
            </span>
            <Button
              aria-label={says.forgetOne(one.name === '' ? words.nameless : one.name)}
              onPress={() => onChange(acquaintances.filter((other) => other !== one))}
              data-testid="forget-acquaintance"
            >
              {says.forget}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
