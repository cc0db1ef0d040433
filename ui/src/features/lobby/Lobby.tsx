// In front of the room: see yourself, choose devices and a name, then start a room or join one. Nothing is sent from here.
import type { LocalMediaSnapshot } from '../../call';
import { IconButton } from '../../shared/components/Button';
import { BrandIcon, SettingsIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { Devices } from './Devices';
import { Door, type DoorProps } from './Door';
import { Picture } from './Picture';
import './lobby.css';

interface LobbyProps extends DoorProps {
  readonly local: LocalMediaSnapshot;
  readonly canCall: boolean;
  readonly watchLevel: (listener: (level: number) => void) => () => void;
  readonly startMedia: (wanted: { readonly camera: boolean; readonly microphone: boolean }) => void;
  readonly onSettings: () => void;
}

/** The lobby. */
export function Lobby(props: LobbyProps) {
  const { local, canCall, watchLevel, startMedia, onSettings, name } = props;
  const { words } = useLanguage();
  return (
    <div className="lobby" data-testid="lobby">
      <header className="lobby-head">
        <h1 className="brand">
          <span className="brand-mark">
            <BrandIcon size="large" />
          </span>
          {words.app.name}
        </h1>
        <IconButton label={words.bar.settings} onPress={onSettings} placement="bottom" data-testid="settings">
          <SettingsIcon />
        </IconButton>
      </header>
      <main className="lobby-main">
        <div className="lobby-self">
          <Picture local={local} name={name} canCall={canCall} startMedia={startMedia} />
          {canCall ? <Devices local={local} watchLevel={watchLevel} /> : null}
        </div>
        <div className="lobby-door">
          <p className="lobby-promise">{words.app.promise}</p>
          <Door {...props} />
        </div>
      </main>
    </div>
  );
}
