// Where one goes in: the own name, a new room, or a link or code that was handed on. A link that arrived waits for a press of Join.
import { useState } from 'react';
import type { Failure } from '../../protocol/Failure';
import type { NearbyRoom } from '../../protocol/NearbyRoom';
import { Button } from '../../shared/components/Button';
import { Field } from '../../shared/components/Field';
import { Notice } from '../../shared/components/Notice';
import { useLanguage } from '../../shared/i18n/Language';
import { isServerAddress } from '../../shared/view/linkShape';
import { Join } from './Join';

/** Longest name, in characters: what the wire carries. */
const NAME_CHARS = 64;

/** What stands in front of the door. */
export interface DoorProps {
  readonly name: string;
  readonly onName: (name: string) => void;
  /** A start may need the address of a server. */
  readonly asksServer: boolean;
  readonly server: string;
  readonly onServer: (server: string) => void;
  readonly arrivedLink: string | null;
  readonly onForgetLink: () => void;
  /** A code that opened nothing, for another look at it. */
  readonly typedCode: string | null;
  /** Who waits behind a code in the local network, as it says. */
  readonly nearby: readonly NearbyRoom[];
  /** What is under way. */
  readonly entering: 'start' | 'join' | 'code' | 'return' | null;
  readonly failure: Failure | null;
  /** A link that is open in another window. */
  readonly otherWindow: string | null;
  readonly hasJustLeft: boolean;
  readonly onStart: () => void;
  readonly onJoin: (link: string, evenTwice: boolean) => void;
  /** `server` is that of the code, where it is not the one for new rooms. */
  readonly onJoinByCode: (code: string, server: string | null) => void;
  readonly onGiveUp: () => void;
}

/** The form. */
export function Door(props: DoorProps) {
  const { name, onName, arrivedLink, entering, failure, otherWindow, hasJustLeft } = props;
  const { words } = useLanguage();
  return (
    <div className="door paper">
      {failure === null || entering !== null ? null : (
        <Notice tone="danger" title={words.failure[failure.code].title} urgent testId="entry-failure">
          {words.failure[failure.code].body}
        </Notice>
      )}
      {otherWindow === null ? null : (
        <Notice
          tone="warn"
          title={words.lobby.otherWindowTitle}
          urgent
          testId="other-window"
          actions={<Button onPress={() => props.onJoin(otherWindow, true)}>{words.lobby.otherWindowEnter}</Button>}
        >
          {words.lobby.otherWindowBody}
        </Notice>
      )}
      {hasJustLeft && failure === null ? (
        <p className="door-left soft" role="status">
          {words.lobby.left}
        </p>
      ) : null}
      <Field label={words.lobby.name} value={name} onChange={onName} placeholder={words.lobby.nameHint} maxLength={NAME_CHARS} autoComplete="nickname" testId="name" />
      {entering !== null ? (
        <Entering how={entering} failure={failure} onGiveUp={props.onGiveUp} />
      ) : arrivedLink === null ? (
        <>
          <Start {...props} isMain />
          <Join key={`typed ${props.typedCode ?? ''}`} {...props} isMain={false} />
        </>
      ) : (
        <>
          <Join key={arrivedLink} {...props} isMain />
          <Start {...props} isMain={false} />
        </>
      )}
    </div>
  );
}

interface EnteringProps {
  readonly how: 'start' | 'join' | 'code' | 'return';
  /** Why it takes so long; the engine goes on trying. */
  readonly failure: Failure | null;
  readonly onGiveUp: () => void;
}

function Entering({ how, failure, onGiveUp }: EnteringProps) {
  const { words } = useLanguage();
  const sentence = { start: words.lobby.starting, join: words.lobby.joining, code: words.lobby.knocking, return: words.lobby.returning }[how];
  return (
    <div className="door-entering" role="status" data-testid="entering">
      <span className="spinner" aria-hidden="true" />
      <p>{sentence}</p>
      {failure === null ? null : (
        <p className="soft" data-testid="entering-trouble">
          {words.failure[failure.code].title}. {words.lobby.stillTrying}
        </p>
      )}
      <Button onPress={onGiveUp}>{how === 'return' ? words.lobby.returningStop : words.cancel}</Button>
    </div>
  );
}

function Start({ asksServer, server, onServer, failure, onStart, isMain }: DoorProps & { readonly isMain: boolean }) {
  const { words } = useLanguage();
  const [isOpen, setOpen] = useState(server !== '');
  const [fault, setFault] = useState<string | null>(null);
  const showsServer = asksServer && (isOpen || failure?.code === 'server-unreachable' || fault !== null);
  const start = (): void => {
    if (asksServer && server !== '' && !isServerAddress(server)) setFault(words.lobby.serverInvalid);
    else onStart();
  };
  return (
    <div className="door-part">
      <Button kind={isMain ? 'primary' : 'plain'} wide onPress={start} data-testid="start-room">
        {words.lobby.start}
      </Button>
      {showsServer ? (
        <Field
          label={words.lobby.server}
          value={server}
          onChange={(value) => {
            setFault(null);
            onServer(value.trim());
          }}
          type="url"
          placeholder={words.lobby.serverHint}
          note={words.lobby.serverNote}
          error={fault}
          testId="server"
        />
      ) : failure !== null && !isMain ? null : (
        <p className="door-note soft">
          {words.lobby.startNote}
          {asksServer ? (
            <>
              {' '}
              <button type="button" className="text-button" onClick={() => setOpen(true)}>
                {words.lobby.otherServer}
              </button>
            </>
          ) : null}
        </p>
      )}
    </div>
  );
}
