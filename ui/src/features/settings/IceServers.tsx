// The user's own STUN and TURN servers: a list to take from and a form to add to.
import { useState } from 'react';
import type { IceServer } from '../../protocol/IceServer';
import { Button, IconButton } from '../../shared/components/Button';
import { Field } from '../../shared/components/Field';
import { PlusIcon, TrashIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { iceServerFrom, type IceFault } from './iceServer';

interface IceServersProps {
  readonly servers: readonly IceServer[];
  readonly onChange: (servers: readonly IceServer[]) => void;
}

/** The list and the form. */
export function IceServers({ servers, onChange }: IceServersProps) {
  const { words } = useLanguage();
  const { settings } = words;
  const [url, setUrl] = useState('');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<IceFault | null>(null);
  const isTurn = /^turn/i.test(url.trim());

  const add = (): void => {
    const made = iceServerFrom(url, user, password, servers);
    if ('fault' in made) {
      setFault(made.fault);
      return;
    }
    onChange([...servers, made.server]);
    setUrl('');
    setUser('');
    setPassword('');
    setFault(null);
  };
  const typed = (set: (value: string) => void) => (value: string) => {
    setFault(null);
    set(value);
  };
  const faultWords: Record<IceFault, string> = { invalid: settings.iceInvalid, 'needs-user': settings.iceNeedsUser, twice: settings.iceTwice };

  return (
    <section className="ice" aria-label={settings.ice}>
      <h4 className="settings-label">{settings.ice}</h4>
      <p className="field-note">{settings.iceNote}</p>
      {servers.length === 0 ? (
        <p className="soft">{settings.iceEmpty}</p>
      ) : (
        <ul className="ice-list">
          {servers.map((server) => (
            <li key={server.urls.join(' ')} className="ice-one">
              <span className="ice-words">
                <span>{server.urls.join(', ')}</span>
                {server.username === undefined ? null : <span className="field-note">{server.username}</span>}
              </span>
              <IconButton
                label={settings.iceRemove(server.urls.join(', '))}
                onPress={() => onChange(servers.filter((other) => other !== server))}
                placement="left"
              >
                <TrashIcon />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <form
        className="ice-form"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Field label={settings.iceUrl} value={url} onChange={typed(setUrl)} placeholder={settings.iceUrlHint} error={fault === null ? null : faultWords[fault]} testId="ice-url" />
        {isTurn ? (
          <>
            <Field label={settings.iceUser} value={user} onChange={typed(setUser)} testId="ice-user" />
            <Field label={settings.icePassword} value={password} onChange={typed(setPassword)} type="password" testId="ice-password" />
          </>
        ) : null}
        <Button type="submit" icon={<PlusIcon />} isDisabled={url.trim() === ''} data-testid="ice-add">
          {settings.iceAdd}
        </Button>
      </form>
    </section>
  );
}
