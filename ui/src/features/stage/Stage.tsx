// Who is here, in pictures: one fills the stage, more share an even grid that keeps its places; alone, the invitation.
import { useCallback, useState, type ReactNode } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { CallSnapshot, LocalMediaSnapshot } from '../../call';
import { Button, IconButton } from '../../shared/components/Button';
import { PersonAddIcon, PlayIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import type { Person } from '../../shared/view/Person';
import { Alone } from './Alone';
import { Invitation } from './Invitation';
import { SelfPicture } from './SelfPicture';
import { Tile } from './Tile';
import './stage.css';

interface StageProps {
  readonly people: readonly Person[];
  readonly call: CallSnapshot | null;
  readonly local: LocalMediaSnapshot;
  readonly canCall: boolean;
  readonly selfName: string;
  readonly link: string;
  readonly aloneBecause: 'first' | 'early' | 'left';
  readonly isClosed: boolean;
  readonly copy: (text: string) => Promise<void>;
  /** Lies over the stage: chip, trouble, controls. */
  readonly children: ReactNode;
}

/** The stage. */
export function Stage({ people, call, local, canCall, selfName, link, aloneBecause, isClosed, copy, children }: StageProps) {
  const { words } = useLanguage();
  const [blocked, setBlocked] = useState<ReadonlyMap<string, () => void>>(new Map());
  const onBlocked = useCallback((peer: string, play: (() => void) | null) => {
    setBlocked((before) => {
      if (play === null && !before.has(peer)) return before;
      const after = new Map(before);
      if (play === null) after.delete(peer);
      else after.set(peer, play);
      return after;
    });
  }, []);
  const isAlone = people.length === 0;

  return (
    <section className={isAlone ? 'stage' : 'stage stage-lit'} aria-label={words.room.stage} data-people={people.length}>
      {isAlone ? (
        isClosed ? null : <Alone link={link} copy={copy} why={aloneBecause} />
      ) : (
        <div className="stage-grid" data-count={Math.min(people.length, 16)}>
          {people.map((person) => (
            <Tile
              key={person.peer.id}
              person={person}
              remote={call?.remotes.find((remote) => remote.peer === person.peer.id) ?? null}
              canCall={canCall}
              speakerId={local.speakerId}
              onBlocked={onBlocked}
            />
          ))}
        </div>
      )}
      {blocked.size === 0 ? null : (
        <div className="stage-blocked" role="alert">
          <p>{words.room.playBlockedTitle}</p>
          <Button
            kind="primary"
            icon={<PlayIcon />}
            onPress={() => {
              for (const play of blocked.values()) play();
            }}
            data-testid="play"
          >
            {words.room.playBlocked}
          </Button>
        </div>
      )}
      {canCall && !isClosed ? <SelfPicture local={local} name={selfName} /> : null}
      {isAlone || isClosed ? null : (
        <div className="stage-invite">
          <DialogTrigger>
            <IconButton label={words.room.invitation.foldedTitle} look="plate" placement="bottom" data-testid="invite">
              <PersonAddIcon />
            </IconButton>
            <Popover className="popover" placement="bottom end" offset={8}>
              <Dialog className="popover-dialog" aria-label={words.room.invitation.foldedTitle}>
                <h2 className="popover-title">{words.room.invitation.foldedTitle}</h2>
                <Invitation link={link} copy={copy} />
              </Dialog>
            </Popover>
          </DialogTrigger>
        </div>
      )}
      {children}
    </section>
  );
}
