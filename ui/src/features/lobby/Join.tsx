// Where a link is pasted or a spoken code typed. What is wrong with it is said here, before anything is asked of anyone.
import { useRef, useState } from 'react';
import { Button } from '../../shared/components/Button';
import { Field } from '../../shared/components/Field';
import { useLanguage } from '../../shared/i18n/Language';
import type { Words } from '../../shared/i18n/en';
import { codeFault, codeNumber, isCodeLike, type CodeFault } from '../../shared/view/codeShape';
import { isServerAddress, linkFault, type LinkFault } from '../../shared/view/linkShape';
import type { DoorProps } from './Door';
import { hostOf, Nearby, nameOf } from './Nearby';
import { Scan } from './Scan';

interface JoinProps extends DoorProps {
  /** A link has arrived, and is the first thing to decide on. */
  readonly isMain: boolean;
}

/** The form. */
export function Join({ arrivedLink, typedCode, nearby, asksServer, server, onForgetLink, onJoin, onJoinByCode, failure, isMain }: JoinProps) {
  const { words } = useLanguage();
  const [text, setText] = useState(arrivedLink ?? typedCode ?? '');
  const [fault, setFault] = useState<string | null>(arrivedLink === null ? null : linkWords(linkFault(arrivedLink), words));
  const [isScanning, setScanning] = useState(false);
  const [codeServer, setCodeServer] = useState('');
  const [serverFault, setServerFault] = useState<string | null>(null);
  const isCode = isCodeLike(text);
  const field = useRef<HTMLInputElement>(null);
  // Of several with the number of the code one may be false: then the address decides.
  const [found, another] = isCode ? nearby.filter(({ number }) => number === codeNumber(text)) : [];
  const foundServer = found !== undefined && another === undefined ? found.server : null;
  // A program that serves its own rooms would look for the code at itself.
  const needsServer = isCode && !asksServer && server === '' && foundServer === null;
  const join = (): void => {
    const wrong = isCode ? codeWords(codeFault(text), words) : linkWords(linkFault(text), words);
    const isServerWrong = needsServer && !isServerAddress(codeServer);
    setFault(wrong);
    setServerFault(isServerWrong ? words.lobby.serverInvalid : null);
    if (wrong !== null || isServerWrong) return;
    if (isCode) onJoinByCode(text.trim(), needsServer ? codeServer : foundServer);
    else onJoin(text.trim(), false);
  };
  return (
    <form
      className={isMain ? 'door-part door-invited' : 'door-part door-divided'}
      onSubmit={(event) => {
        event.preventDefault();
        join();
      }}
    >
      <h2 className="door-title">{isMain ? words.lobby.arrivedTitle : words.lobby.joinTitle}</h2>
      {isMain && failure === null ? <p className="soft">{words.lobby.arrivedBody}</p> : null}
      <div className="door-join">
        <Field
          label={words.lobby.link}
          value={text}
          onChange={(value) => {
            setFault(null);
            setText(value);
          }}
          placeholder={words.lobby.linkHint}
          note={found === undefined || foundServer === null ? null : words.lobby.nearbyFound(nameOf(found, words), hostOf(foundServer))}
          error={fault}
          inputRef={field}
          testId="join-link"
        />
        <Button kind={isMain ? 'primary' : 'plain'} type="submit" data-testid="join">
          {words.lobby.join}
        </Button>
      </div>
      {needsServer ? (
        <Field
          label={words.lobby.codeServer}
          value={codeServer}
          onChange={(value) => {
            setServerFault(null);
            setCodeServer(value.trim());
          }}
          type="url"
          placeholder={words.lobby.serverHint}
          note={words.lobby.codeServerNote}
          error={serverFault}
          testId="code-server"
        />
      ) : null}
      {isMain ? null : (
        <Button kind="quiet" onPress={() => setScanning(true)} data-testid="scan">
          {words.lobby.scan}
        </Button>
      )}
      {isScanning ? (
        <Scan
          onClose={() => setScanning(false)}
          onFound={(link) => {
            setScanning(false);
            setFault(null);
            setText(link);
          }}
        />
      ) : null}
      {isMain || nearby.length === 0 ? null : (
        <Nearby
          rooms={nearby}
          onChoose={({ number }) => {
            setFault(null);
            setText(`${number}-`);
            field.current?.focus();
          }}
        />
      )}
      {isMain ? (
        <Button kind="quiet" onPress={onForgetLink} data-testid="forget-link">
          {words.lobby.arrivedForget}
        </Button>
      ) : null}
    </form>
  );
}

function linkWords(fault: LinkFault | null, words: Words): string | null {
  const { linkEmpty, linkNoAddress, linkNoSecret, linkVersion, linkCut } = words.lobby;
  const says = { empty: linkEmpty, 'no-address': linkNoAddress, 'no-secret': linkNoSecret, version: linkVersion, cut: linkCut };
  return fault === null ? null : says[fault];
}

function codeWords(fault: CodeFault | null, words: Words): string | null {
  if (fault === null) return null;
  const { codeShape, codeWord } = words.lobby;
  return fault.kind === 'unknown-word' ? (codeWord[fault.place] ?? codeShape) : codeShape;
}
