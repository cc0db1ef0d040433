// The room: puts stage, controls, panel and trouble together and gives each what it needs. Decides nothing itself.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { LocalMediaSnapshot } from '../call';
import { Chip } from '../features/connection/Chip';
import { Details } from '../features/connection/Details';
import { Trouble } from '../features/connection/Trouble';
import { ControlBar } from '../features/controls/ControlBar';
import { Keys } from '../features/controls/Keys';
import { LeaveQuestion } from '../features/controls/LeaveQuestion';
import { Conversation } from '../features/conversation/Conversation';
import { DropVeil } from '../features/dropping/DropVeil';
import { ReceiverQuestion } from '../features/dropping/ReceiverQuestion';
import { People } from '../features/people/People';
import { Stage } from '../features/stage/Stage';
import type { ReceivedAction } from '../host/port';
import { Button } from '../shared/components/Button';
import { useLanguage } from '../shared/i18n/Language';
import { nameOf } from '../shared/view/Person';
import { withdrawnLine } from '../shared/view/withdrawnLine';
import type { Session, SessionSnapshot } from './Session';
import { SidePanel } from './SidePanel';
import { peopleHere, unfinishedTransfers, type Panel, type Room } from './state/AppState';
import { troubleOf, troubleSentence, troubleTone } from './state/trouble';
import { useRoomKeys } from './useRoomKeys';
import { useWatching } from './useWatching';
import './room.css';

interface RoomScreenProps {
  readonly session: Session;
  readonly snapshot: SessionSnapshot;
  readonly room: Room;
  readonly local: LocalMediaSnapshot;
  readonly isSettingsOpen: boolean;
  readonly onSettings: () => void;
}

/** The room. */
export function RoomScreen({ session, snapshot, room, local, isSettingsOpen, onSettings }: RoomScreenProps) {
  const { words, code: language } = useLanguage();
  const { state, settings } = snapshot;
  const { host } = session;
  const [dialog, setDialog] = useState<'keys' | 'leave' | null>(null);
  const [isHovering, setHovering] = useState(false);
  // What a device lacked before we came in was told in the lobby.
  const [read, setRead] = useState<ReadonlySet<object>>(() => new Set<object>([local.camera, local.microphone, local.screen]));

  useEffect(
    () =>
      host.watchDrops(({ hovering, files }) => {
        setHovering(hovering);
        session.files.take(files);
      }),
    [host, session],
  );
  const copy = useCallback((text: string) => host.copy(text), [host]);
  const actions = useMemo(
    () => ({
      accept: (transfer: string, without: readonly number[]) => session.files.accept(transfer, without),
      decline: (transfer: string) => session.files.decline(transfer),
      cancel: (transfer: string) => session.files.cancel(transfer),
      pause: (transfer: string, paused: boolean) => session.files.pause(transfer, paused),
      offerAgain: (transfer: string) => session.files.offerAgain(transfer),
      useReceived: (transfer: string, action: ReceivedAction) => session.files.useReceived(transfer, action),
      receivedActions: host.receivedActions(),
      previews: session.files.previews,
    }),
    [host, session],
  );

  const people = peopleHere(state);
  const isClosed = room.state === 'closed';
  const canCall = host.can.call && state.call?.canConnect !== false;
  const canSend = !isClosed && people.some((person) => person.peer.link === 'connected');
  const unfinished = unfinishedTransfers(state).length;
  const { panel } = state;
  const hasDialog = dialog !== null || isSettingsOpen || state.filesInHand.length > 0;

  const toggle = (which: Panel): void => session.choosePanel(panel === which ? null : which);
  const closePanel = (): void => {
    session.choosePanel(null);
    // The button that opened it gets the focus back.
    const button = document.querySelector<HTMLElement>(`[data-testid="${panel === 'details' ? 'chip' : (panel ?? 'chat')}"]`);
    requestAnimationFrame(() => button?.focus());
  };
  const leave = (): void => {
    if (unfinished === 0) session.leave();
    else setDialog('leave');
  };
  const attach = (): void => {
    if (canSend) session.files.attach();
  };

  useRoomKeys(
    {
      toggleMicrophone: () => local.actions.toggleMicrophone?.(),
      toggleCamera: () => local.actions.toggleCamera?.(),
      toggleScreen: () => {
        if (canCall) local.actions.toggleScreen?.();
      },
      chat: () => toggle('chat'),
      files: attach,
      people: () => toggle('people'),
      list: () => setDialog('keys'),
      close: () => {
        if (panel !== null) closePanel();
      },
      talk: (isHeld) => {
        if (canCall) session.holdToTalk(isHeld);
      },
    },
    !hasDialog,
  );

  const shown = troubleOf(state, settings.acquaintances, read);
  const isPictureLive = state.call?.remotes.some((remote) => remote.state === 'live') === true && people.some((person) => person.peer.camera);
  const isWatching = useWatching(isPictureLive && panel === null && !hasDialog && shown === null);

  return (
    <main className={panel === null ? 'room' : 'room room-open'} aria-label={words.room.landmark} data-testid="room" data-room-state={room.state}>
      <Stage
        people={people}
        call={state.call}
        local={local}
        canCall={canCall}
        selfName={settings.name}
        watchLevel={session.watchLevel}
        link={room.link}
        aloneBecause={state.people.length > 0 ? 'left' : room.invitedBy === 'self' ? 'first' : 'early'}
        isClosed={isClosed}
        copy={copy}
        spoken={{ code: state.code, now: session.now, onOpen: () => session.openCode(language), onClose: () => session.closeCode() }}
        admission={{
          withdrawn: withdrawnLine(state, words),
          isForOne: room.isForOne,
          onForOne: (only) => session.inviteOne(only),
          onWithdraw: () => session.withdrawInvitation(),
        }}
      >
        <div className="room-chip">
          <Chip peers={people.map((person) => person.peer)} invitedBy={room.invitedBy} acquaintances={settings.acquaintances} onOpen={() => toggle('details')} />
        </div>
        {shown === null ? null : (
          <div className="room-trouble">
            <Trouble
              tone={troubleTone(shown)}
              kind={shown.kind}
              sentence={troubleSentence(shown, words)}
              action={
                shown.kind === 'closed' ? (
                  <Button onPress={() => session.leave()} data-testid="back">
                    {words.trouble.backToLobby}
                  </Button>
                ) : shown.kind === 'comparison-wanted' || shown.kind === 'device-changed' ? (
                  <Button onPress={() => session.choosePanel('details')} data-testid="look-at-comparison">
                    {words.comparing.look}
                  </Button>
                ) : null
              }
              onDismiss={
                shown.kind === 'refused'
                  ? () => session.readRefusal()
                  : 'fact' in shown && shown.fact !== null
                    ? () => setRead((before) => new Set([...before, shown.fact as object]))
                    : shown.kind === 'link-waits'
                      ? () => session.forgetLink()
                      : null
              }
            />
          </div>
        )}
        {canCall || people.length > 0 ? null : <p className="room-nocall soft">{words.room.noCall}</p>}
        <ControlBar
          local={local}
          canCall={canCall}
          canSend={canSend}
          openPanel={panel}
          unread={state.unread}
          isHidden={isWatching}
          isTalking={state.isTalking && local.microphone.state === 'on'}
          onFiles={attach}
          onPanel={toggle}
          onSettings={onSettings}
          onKeys={() => setDialog('keys')}
          onLeave={leave}
        />
      </Stage>
      {panel === null ? null : (
        <SidePanel
          panel={panel}
          onChoose={(which) => session.choosePanel(which)}
          onClose={closePanel}
          chat={
            <Conversation
              stream={state.stream}
              transfers={state.transfers}
              offeredAgain={state.offeredAgain}
              people={state.people}
              canSend={canSend}
              isOver={isClosed}
              copy={copy}
              onSend={(body) => session.sendText(body)}
              onAttach={attach}
              onAttachFolder={host.can.pickFolder ? () => session.files.attachFolder() : null}
              actions={actions}
            />
          }
          people={
            <People
              people={people}
              selfName={settings.name}
              selfHost={host.kind}
              selfMicrophone={local.microphone.state === 'on'}
              selfCamera={local.camera.state === 'on'}
              autoAccepted={state.autoAccepted}
              onAutoAccept={(peer, isOn) => session.files.setAutoAccept(peer, isOn)}
              onSendFiles={(peer) => session.files.attach(peer)}
            />
          }
          details={
            <Details
              people={people}
              invitedBy={room.invitedBy}
              remotes={state.call?.remotes ?? []}
              canCall={canCall}
              relayOnly={settings.relayOnly}
              ownHost={host.kind}
              comparisons={{
                acquaintances: settings.acquaintances,
                onCompare: (peer) => session.compare(peer),
                onJudge: (peer, same) => session.judgeComparison(peer, same),
              }}
            />
          }
        />
      )}
      {isHovering ? <DropVeil receivers={people.filter((person) => person.peer.link === 'connected').map((person) => nameOf(person, words))} /> : null}
      {dialog === 'keys' ? <Keys onClose={() => setDialog(null)} /> : null}
      {dialog === 'leave' ? <LeaveQuestion unfinished={unfinished} onStay={() => setDialog(null)} onLeave={() => session.leave()} /> : null}
      {state.filesInHand.length === 0 ? null : (
        <ReceiverQuestion
          people={people}
          files={state.filesInHand.length}
          onChoose={(peer) => session.files.offer(state.filesInHand, peer)}
          onClose={() => session.files.putDown()}
        />
      )}
    </main>
  );
}
