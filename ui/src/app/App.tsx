// The screen: lobby, or room, and the settings over either. Everything it shows comes from the session's one state.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Lobby } from '../features/lobby/Lobby';
import { SettingsSheet } from '../features/settings/SettingsSheet';
import { Announcer, type Announcement } from '../shared/components/Announcer';
import { languageFrom, languageOf, LanguageProvider } from '../shared/i18n/Language';
import { RoomScreen } from './RoomScreen';
import type { Session } from './Session';
import { unfinishedTransfers } from './state/AppState';
import { tidingsBetween } from './state/tidings';
import { useTheme } from './useTheme';

/** The whole screen. */
export function App({ session }: { readonly session: Session }) {
  const snapshot = useSyncExternalStore(session.subscribe, session.snapshot);
  const [isSettingsOpen, setSettingsOpen] = useState(false);
  const [announcement, setAnnouncement] = useState<Announcement | null>(null);
  const { state, settings } = snapshot;
  const { host } = session;
  const code = settings.language === 'system' ? languageFrom(navigator.languages) : settings.language;
  const { local, room } = state;
  useTheme(settings.theme);

  useEffect(() => {
    const look = (): void => session.setVisible(document.visibilityState === 'visible');
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [session]);

  useEffect(() => {
    let before = session.snapshot().state;
    return session.subscribe(() => {
      const { state: after } = session.snapshot();
      for (const { say, notify } of tidingsBetween(before, after, languageOf(code))) {
        setAnnouncement((last) => ({ key: String(Number(last?.key ?? 0) + 1), words: say }));
        // Where the system shows nothing, the unread mark still does.
        if (notify !== null && !after.visible) host.notify(notify.title, notify.body).catch(() => undefined);
      }
      before = after;
    });
  }, [session, host, code]);

  const isInLobby = state.place !== 'room';
  useEffect(() => {
    if (!isInLobby) return undefined;
    session.lookNearby(true);
    return () => session.lookNearby(false);
  }, [session, isInLobby]);

  const isMoving = unfinishedTransfers(state).length > 0;
  useEffect(() => {
    if (!isMoving) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isMoving]);

  useEffect(() => {
    const { name } = languageOf(code).words.app;
    document.title = state.unread > 0 ? `(${state.unread}) ${name}` : name;
  }, [state.unread, code]);

  if (local === null) return null;
  return (
    <LanguageProvider code={code}>
      {state.place === 'room' && room !== null ? (
        <RoomScreen
          session={session}
          snapshot={snapshot}
          room={room}
          local={local}
          isSettingsOpen={isSettingsOpen}
          onSettings={() => setSettingsOpen(true)}
        />
      ) : (
        <Lobby
          local={local}
          canCall={host.can.call}
          watchLevel={session.watchLevel}
          startMedia={(wanted) => session.startMedia(wanted)}
          onSettings={() => setSettingsOpen(true)}
          name={settings.name}
          onName={(name) => session.changeSettings({ name })}
          asksServer={!host.can.serveRooms}
          server={settings.server}
          onServer={(server) => session.changeSettings({ server })}
          arrivedLink={state.arrivedLink}
          onForgetLink={() => session.forgetLink()}
          typedCode={state.typedCode}
          nearby={state.nearby}
          entering={state.place === 'entering' ? (state.entry?.how ?? null) : null}
          failure={state.entryFailure}
          otherWindow={state.otherWindow}
          hasJustLeft={state.justLeft}
          onStart={() => session.startRoom()}
          onJoin={(link, evenTwice) => session.joinRoom(link, evenTwice)}
          onJoinByCode={(typed, server) => session.joinByCode(typed, server)}
          onGiveUp={() => session.giveUpEntering()}
        />
      )}
      {isSettingsOpen ? (
        <SettingsSheet
          host={host}
          settings={settings}
          history={session.history}
          local={local}
          canCall={host.can.call}
          canServe={host.can.serveRooms}
          canChooseFolder={host.can.chooseFolder}
          isLost={snapshot.settingsLost}
          onChange={(change) => session.changeSettings(change)}
          onChooseFolder={() => session.chooseFolder()}
          onClose={() => setSettingsOpen(false)}
        />
      ) : null}
      <Announcer announcement={announcement} />
    </LanguageProvider>
  );
}
