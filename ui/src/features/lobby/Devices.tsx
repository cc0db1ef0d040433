// Under the own picture: on and off, how loud the microphone is, and which devices are used.
import type { LocalMediaSnapshot, MediaDevice } from '../../call';
import { IconButton } from '../../shared/components/Button';
import { Level } from '../../shared/components/Level';
import { Picker, type PickerOption } from '../../shared/components/Picker';
import { CameraIcon, CameraOffIcon, MicrophoneIcon, MicrophoneOffIcon, SpeakerIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';

interface DevicesProps {
  readonly local: LocalMediaSnapshot;
  readonly watchLevel: (listener: (level: number) => void) => () => void;
}

const SYSTEM = 'system';

/** The row of controls for own media. */
export function Devices({ local, watchLevel }: DevicesProps) {
  const { words } = useLanguage();
  const { camera, microphone, devices, speakerId, actions } = local;
  const isMicrophoneOn = microphone.state === 'on';
  const isCameraOn = camera.state === 'on';
  const options = (of: readonly MediaDevice[], kind: string): PickerOption[] => [
    { id: SYSTEM, label: words.media.systemDefault },
    ...of.filter((device) => device.id !== '').map((device, index) => ({ id: device.id, label: device.label === '' ? `${kind} ${index + 1}` : device.label })),
  ];
  const choose = (act: ((id: string | null) => void) | null) => (act === null ? null : (id: string) => act(id === SYSTEM ? null : id));

  return (
    <div className="devices">
      <div className="devices-switches">
        <IconButton
          label={isMicrophoneOn ? words.media.microphoneOff : words.media.microphoneOn}
          look={isMicrophoneOn ? 'bar' : 'bar-off'}
          isDisabled={actions.toggleMicrophone === null}
          onPress={() => actions.toggleMicrophone?.()}
          data-on={isMicrophoneOn}
          data-testid="toggle-mic"
        >
          {isMicrophoneOn ? <MicrophoneIcon /> : <MicrophoneOffIcon />}
        </IconButton>
        <Level watch={watchLevel} />
        <IconButton
          label={isCameraOn ? words.media.cameraOff : words.media.cameraOn}
          look={isCameraOn ? 'bar' : 'bar-off'}
          isDisabled={actions.toggleCamera === null}
          onPress={() => actions.toggleCamera?.()}
          data-on={isCameraOn}
          data-testid="toggle-camera"
        >
          {isCameraOn ? <CameraIcon /> : <CameraOffIcon />}
        </IconButton>
      </div>
      <div className="devices-pickers">
        <Picker
          label={words.media.microphone}
          compact
          icon={<MicrophoneIcon />}
          options={options(devices.microphones, words.media.microphone)}
          value={microphone.deviceId ?? SYSTEM}
          onChange={choose(actions.chooseMicrophone)}
          testId="pick-microphone"
        />
        <Picker
          label={words.media.camera}
          compact
          icon={<CameraIcon />}
          options={options(devices.cameras, words.media.camera)}
          value={camera.deviceId ?? SYSTEM}
          onChange={choose(actions.chooseCamera)}
          testId="pick-camera"
        />
        {actions.chooseSpeaker === null ? null : (
          <Picker
            label={words.media.speaker}
            compact
            icon={<SpeakerIcon />}
            options={options(devices.speakers, words.media.speaker)}
            value={speakerId ?? SYSTEM}
            onChange={choose(actions.chooseSpeaker)}
            testId="pick-speaker"
          />
        )}
      </div>
    </div>
  );
}
