// At which interface the app serves rooms. Most devices have one network, and then there is nothing to choose.
import { useEffect, useState } from 'react';
import type { Host, Network } from '../../host/port';
import { Picker } from '../../shared/components/Picker';
import { useLanguage } from '../../shared/i18n/Language';

interface NetworkChoiceProps {
  readonly host: Pick<Host, 'networks'>;
  readonly value: string | null;
  readonly onChange: (network: string | null) => void;
}

/** What stands for the interface that leads furthest; no interface has a space in its name. */
const ANY = 'any network';

/** The choice; a chosen interface that is not there now stays one, and says so. */
export function NetworkChoice({ host, value, onChange }: NetworkChoiceProps) {
  const { words } = useLanguage();
  const says = words.settings;
  const [found, setFound] = useState<readonly Network[]>([]);

  useEffect(() => {
    let isGone = false;
    // Where the system does not say, the choice is only between the automatic one and what was chosen before.
    host.networks().then(
      (networks) => {
        if (!isGone) setFound(networks);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
    };
  }, [host]);

  const here = found.map(({ name, address }) => ({ id: name, label: `${name} (${address})` }));
  const isMissing = value !== null && found.every(({ name }) => name !== value);
  const options = [{ id: ANY, label: says.servedAny }, ...here, ...(isMissing ? [{ id: value, label: says.servedMissing(value) }] : [])];
  return (
    <div>
      <Picker label={says.servedAt} options={options} value={value ?? ANY} onChange={(id) => onChange(id === ANY ? null : id)} testId="network" />
      <p className="field-note">{says.servedNote}</p>
    </div>
  );
}
