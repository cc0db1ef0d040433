// Everyone in the room: who they are, from where they came in, what of theirs is on, and handing them files.
import type { HostKind } from '../../protocol/HostKind';
import type { PeerId } from '../../protocol/PeerId';
import { IconButton } from '../../shared/components/Button';
import { Face } from '../../shared/components/Face';
import { Toggle } from '../../shared/components/Toggle';
import { CameraIcon, CameraOffIcon, MicrophoneIcon, MicrophoneOffIcon, PaperclipIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import type { Words } from '../../shared/i18n/en';
import { nameOf, type Person } from '../../shared/view/Person';
import './people.css';

interface PeopleProps {
  readonly people: readonly Person[];
  readonly selfName: string;
  readonly selfHost: HostKind;
  readonly selfMicrophone: boolean;
  readonly selfCamera: boolean;
  /** Whose files are taken without asking. */
  readonly autoAccepted: ReadonlySet<PeerId>;
  readonly onAutoAccept: (peer: PeerId, isOn: boolean) => void;
  readonly onSendFiles: (peer: PeerId) => void;
}

/** The list of people. */
export function People({ people, selfName, selfHost, selfMicrophone, selfCamera, autoAccepted, onAutoAccept, onSendFiles }: PeopleProps) {
  const { words } = useLanguage();
  const own = selfName === '' ? words.nameless : selfName;
  return (
    <div className="people">
      <p className="people-count soft" role="status">
        {words.people.here(people.length + 1)}
      </p>
      <ul className="people-list" aria-label={words.people.landmark}>
        <li className="person">
          <Face name={own} />
          <div className="person-words">
            <p className="person-name">{words.people.you(own)}</p>
            <p className="person-host soft">{hostWord(selfHost, words)}</p>
          </div>
          <Marks microphone={selfMicrophone} camera={selfCamera} />
        </li>
        {people.map((person) => (
          <li key={person.peer.id} className="person" data-testid="person">
            <Face name={nameOf(person, words)} />
            <div className="person-words">
              <p className="person-name">{nameOf(person, words)}</p>
              <p className="person-host soft">{hostWord(person.peer.host, words)}</p>
            </div>
            {person.peer.host === 'shell' ? null : <Marks microphone={person.peer.microphone} camera={person.peer.camera} />}
            <IconButton
              label={words.people.sendFiles(nameOf(person, words))}
              isDisabled={person.peer.link !== 'connected'}
              onPress={() => onSendFiles(person.peer.id)}
              placement="left"
            >
              <PaperclipIcon />
            </IconButton>
            <div className="person-rule">
              <Toggle isOn={autoAccepted.has(person.peer.id)} onChange={(isOn) => onAutoAccept(person.peer.id, isOn)} testId="auto-accept">
                {words.people.autoAccept(nameOf(person, words))}
              </Toggle>
            </div>
          </li>
        ))}
      </ul>
      {people.length === 0 ? null : <p className="people-note soft">{words.people.autoAcceptNote}</p>}
      {people.some((person) => person.peer.host === 'browser') ? <p className="people-note soft">{words.people.browserNote}</p> : null}
    </div>
  );
}

function Marks({ microphone, camera }: { readonly microphone: boolean; readonly camera: boolean }) {
  const { words } = useLanguage();
  return (
    <span className="person-marks soft">
      {microphone ? <MicrophoneIcon /> : <MicrophoneOffIcon />}
      {camera ? <CameraIcon /> : <CameraOffIcon />}
      <span className="vh">{`${microphone ? words.people.micOn : words.people.micOff}, ${camera ? words.people.camOn : words.people.camOff}`}</span>
    </span>
  );
}

function hostWord(host: HostKind | null, words: Words): string {
  return host === null ? words.people.unknown : words.people[host];
}
