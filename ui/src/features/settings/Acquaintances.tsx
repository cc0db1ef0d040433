// Whether this device is shown to others, and those the user compared with: whom it knows, since when, and forgetting them.
import { useEffect, useState } from 'react';
import type { Acquaintance, DeviceKeyState, Host } from '../../host/port';
import { Button } from '../../shared/components/Button';
import { Toggle } from '../../shared/components/Toggle';
import { useLanguage } from '../../shared/i18n/Language';

interface AcquaintancesProps {
  readonly host: Pick<Host, 'deviceKey'>;
  readonly isShown: boolean;
  readonly acquaintances: readonly Acquaintance[];
  readonly onShow: (isShown: boolean) => void;
  readonly onChange: (acquaintances: readonly Acquaintance[]) => void;
}

/** A part of the settings. */
export function Acquaintances({ host, isShown, acquaintances, onShow, onChange }: AcquaintancesProps) {
  const { words, formats } = useLanguage();
  const says = words.settings;
  const key = useDeviceKey(host);
  return (
    <section className="settings-part" data-testid="acquaintances">
      <h3 className="settings-title">{says.acquaintances}</h3>
      <Toggle isOn={isShown} onChange={onShow} note={says.showDeviceNote} testId="show-device">
        {says.showDevice}
      </Toggle>
      {isShown && key !== 'there' ? (
        <p className="field-note" role="status" data-testid="device-key" data-state={key}>
          {key === 'missing' ? says.deviceKeyMissing : says.deviceKeyOpening}
        </p>
      ) : null}
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

/** As it was when the settings were opened; where the host does not say, nothing is said. */
function useDeviceKey(host: Pick<Host, 'deviceKey'>): DeviceKeyState {
  const [key, setKey] = useState<DeviceKeyState>('there');
  useEffect(() => {
    let isGone = false;
    host.deviceKey().then(
      (state) => {
        if (!isGone) setKey(state);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
    };
  }, [host]);
  return key;
}
