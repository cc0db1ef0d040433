// Everything that is kept between visits. Each change is stored at once; there is nothing to confirm.
import { useState } from 'react';
import type { LocalMediaSnapshot, MediaDevice } from '../../call';
import type { Host, Settings } from '../../host/port';
import { Button } from '../../shared/components/Button';
import { Field } from '../../shared/components/Field';
import { Notice } from '../../shared/components/Notice';
import { Picker, type PickerOption } from '../../shared/components/Picker';
import { Sheet } from '../../shared/components/Sheet';
import { Toggle } from '../../shared/components/Toggle';
import { CameraIcon, FolderIcon, MicrophoneIcon, SpeakerIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { isServerAddress } from '../../shared/view/linkShape';
import type { PastTransfers as Past } from '../../shared/view/PastTransfer';
import { Acquaintances } from './Acquaintances';
import { hasTurn } from './iceServer';
import { IceServers } from './IceServers';
import { NetworkChoice } from './NetworkChoice';
import { PastTransfers } from './PastTransfers';
import { SpeedLimit } from './SpeedLimit';
import { UnfinishedTransfers } from './UnfinishedTransfers';
import './settings.css';

interface SettingsSheetProps {
  readonly host: Pick<Host, 'unfinished' | 'discardUnfinished' | 'networks' | 'deviceKey'>;
  readonly settings: Settings;
  readonly history: Past;
  readonly local: LocalMediaSnapshot;
  readonly canCall: boolean;
  readonly canServe: boolean;
  readonly canChooseFolder: boolean;
  /** Storing failed; they hold until the program closes. */
  readonly isLost: boolean;
  readonly onChange: (change: Partial<Settings>) => void;
  readonly onChooseFolder: () => void;
  readonly onClose: () => void;
}

/** Longest name, in characters: what the wire carries. */
const NAME_CHARS = 64;
const SYSTEM = 'system';

/** An open settings dialog. */
export function SettingsSheet(props: SettingsSheetProps) {
  const { host, settings, history, local, canCall, canServe, canChooseFolder, isLost, onChange, onChooseFolder, onClose } = props;
  const { words } = useLanguage();
  const { settings: says, media } = words;
  const [name, setName] = useState(settings.name);
  const [server, setServer] = useState(settings.server);
  const isServerBad = server.trim() !== '' && !isServerAddress(server.trim());

  return (
    <Sheet title={says.title} onClose={onClose}>
      <div className="settings" data-testid="settings-dialog">
        {isLost ? <Notice tone="warn" title={says.saveFailed} /> : null}
        <section className="settings-part">
          <h3 className="settings-title">{says.you}</h3>
          <Field
            label={words.lobby.name}
            value={name}
            onChange={setName}
            onBlur={() => {
              if (name.trim() !== settings.name) onChange({ name: name.trim() });
            }}
            maxLength={NAME_CHARS}
            autoComplete="nickname"
            testId="settings-name"
          />
        </section>
        {canCall ? (
          <section className="settings-part">
            <h3 className="settings-title">{says.devices}</h3>
            <Picker label={media.camera} icon={<CameraIcon />} {...devices(local.devices.cameras, local.camera.deviceId, local.actions.chooseCamera)} />
            <Picker label={media.microphone} icon={<MicrophoneIcon />} {...devices(local.devices.microphones, local.microphone.deviceId, local.actions.chooseMicrophone)} />
            {local.actions.chooseSpeaker === null ? (
              <p className="field-note">{says.speakerFixed}</p>
            ) : (
              <Picker label={media.speaker} icon={<SpeakerIcon />} {...devices(local.devices.speakers, local.speakerId, local.actions.chooseSpeaker)} />
            )}
            {local.devices.cameras.concat(local.devices.microphones).some((device) => device.label !== '') ? null : (
              <p className="field-note">{says.devicesClosed}</p>
            )}
          </section>
        ) : null}
        <section className="settings-part">
          <h3 className="settings-title">{says.look}</h3>
          <div className="settings-pair">
            <Picker
              label={says.language}
              options={[
                { id: 'system', label: says.languageSystem },
                { id: 'en', label: 'English' },
                { id: 'ko', label: '한국어' },
              ]}
              value={settings.language}
              onChange={(id) => {
                if (id === 'system' || id === 'en' || id === 'ko') onChange({ language: id });
              }}
              testId="language"
            />
            <Picker
              label={says.theme}
              options={[
                { id: 'system', label: says.themeSystem },
                { id: 'day', label: says.themeDay },
                { id: 'evening', label: says.themeEvening },
              ]}
              value={settings.theme}
              onChange={(id) => {
                if (id === 'system' || id === 'day' || id === 'evening') onChange({ theme: id });
              }}
              testId="theme"
            />
          </div>
        </section>
        <section className="settings-part">
          <h3 className="settings-title">{says.files}</h3>
          {canChooseFolder ? (
            <div>
              <h4 className="settings-label">{says.folder}</h4>
              <div className="settings-folder">
                <FolderIcon />
                <span className="settings-path">{settings.downloadFolder ?? says.folderNone}</span>
                <Button onPress={onChooseFolder} data-testid="choose-folder">
                  {says.folderChoose}
                </Button>
              </div>
            </div>
          ) : null}
          <SpeedLimit value={settings.speedLimit} onChange={(speedLimit) => onChange({ speedLimit })} />
        </section>
        <Acquaintances
          host={host}
          isShown={settings.showDevice}
          acquaintances={settings.acquaintances}
          onShow={(showDevice) => onChange({ showDevice })}
          onChange={(acquaintances) => onChange({ acquaintances })}
        />
        <UnfinishedTransfers host={host} />
        <PastTransfers past={history} />
        <section className="settings-part">
          <h3 className="settings-title">{says.network}</h3>
          <p className="field-note">{says.nextRoom}</p>
          <Field
            label={says.server}
            value={server}
            onChange={setServer}
            onBlur={() => {
              if (!isServerBad && server.trim() !== settings.server) onChange({ server: server.trim() });
            }}
            type="url"
            placeholder={words.lobby.serverHint}
            note={canServe ? says.serverOwn : says.serverPage}
            error={isServerBad ? words.lobby.serverInvalid : null}
            testId="settings-server"
          />
          {canServe ? <NetworkChoice host={host} value={settings.network} onChange={(network) => onChange({ network })} /> : null}
          <IceServers servers={settings.iceServers} onChange={(iceServers) => onChange({ iceServers })} />
          <Toggle isOn={settings.relayOnly} onChange={(relayOnly) => onChange({ relayOnly })} note={says.relayOnlyNote} testId="relay-only">
            {says.relayOnly}
          </Toggle>
          {settings.relayOnly && !hasTurn(settings.iceServers) ? <Notice tone="warn" title={says.relayOnlyNeeds} /> : null}
        </section>
      </div>
    </Sheet>
  );

  function devices(of: readonly MediaDevice[], id: string | null, act: ((id: string | null) => void) | null) {
    const options: PickerOption[] = [
      { id: SYSTEM, label: media.systemDefault },
      ...of.filter((device) => device.id !== '').map((device, index) => ({ id: device.id, label: device.label === '' ? String(index + 1) : device.label })),
    ];
    return { options, value: id ?? SYSTEM, onChange: act === null ? null : (chosen: string) => act(chosen === SYSTEM ? null : chosen) };
  }
}
