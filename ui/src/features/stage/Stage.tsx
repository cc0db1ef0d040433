// Who is here, in pictures: one fills the stage, more share an even grid that keeps its places, an enlarged one or a shared
// screen takes the stage and the others move to a strip; alone, the invitation.
//
// Promises: a tile is never taken away and made anew because the arrangement changed, so sound goes on without a gap.
import { useCallback, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { CallSnapshot, LocalMediaSnapshot } from '../../call';
import { Button, IconButton } from '../../shared/components/Button';
import { PeopleIcon, PersonAddIcon, PlayIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import type { Person } from '../../shared/view/Person';
import type { Admission } from './Admission';
import { Alone } from './Alone';
import { gridOf, type Size } from './grid';
import { Invitation } from './Invitation';
import { SelfPicture } from './SelfPicture';
import { SelfTile } from './SelfTile';
import type { Spoken } from './SpokenCode';
import { afterLook, afterToggle, ALL_ALIKE, staged } from './staging';
import { Tile } from './Tile';
import { useBox, type Box } from './useBox';
import type { WatchLevel } from './useSpeaking';
import './self.css';
import './stage.css';

interface StageProps {
  readonly people: readonly Person[];
  readonly call: CallSnapshot | null;
  readonly local: LocalMediaSnapshot;
  readonly canCall: boolean;
  readonly selfName: string;
  /** How loud the own microphone is. */
  readonly watchLevel: WatchLevel;
  readonly link: string;
  readonly aloneBecause: 'first' | 'early' | 'left';
  readonly isClosed: boolean;
  readonly copy: (text: string) => Promise<void>;
  readonly spoken: Spoken;
  readonly admission: Admission;
  /** Lies over the stage: chip, trouble, controls. */
  readonly children: ReactNode;
}

/** The stage. */
export function Stage(props: StageProps) {
  const { people, call, local, canCall, selfName, watchLevel, link, aloneBecause, isClosed, copy, spoken, admission, children } = props;
  const { words } = useLanguage();
  const [blocked, onBlocked] = useBlocked();
  const [staging, setStaging] = useState(ALL_ALIKE);
  const [isSelfAway, setSelfAway] = useState(false);
  /** While there are two: whose picture is shown without a cropped edge. */
  const [uncropped, setUncropped] = useState<string | null>(null);
  const grid = useRef<HTMLDivElement>(null);

  const current = staged(staging, people.map((person) => person.peer.id));
  const isAlone = people.length === 0;
  const inviteTitle = admission.withdrawn === null ? words.room.invitation.foldedTitle : words.room.withdrawal.title;
  const isWhole = people.length === 1;
  const layout = isWhole ? 'whole' : current === null ? 'grid' : 'large';
  const hasSelf = canCall && !isClosed;
  const hasSelfTile = hasSelf && !isWhole && !isSelfAway;
  const tiles = people.length + (hasSelfTile ? 1 : 0);
  const box = useBox(grid, isAlone ? 'alone' : layout);
  const tile = box === null ? null : tileOf(layout, tiles, box);
  const onEnlarge = useCallback(
    (peer: string) => {
      if (isWhole) setUncropped((before) => (before === peer ? null : peer));
      else setStaging((before) => afterToggle(before, peer, current));
    },
    [isWhole, current],
  );
  const onLook = useCallback((peer: string, isScreen: boolean) => setStaging((before) => afterLook(before, peer, isScreen)), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || current === null || isWhole) return;
    // Not also the side panel's.
    event.preventDefault();
    onEnlarge(current);
  };

  return (
    <section className={isAlone ? 'stage' : `stage stage-lit stage-${layout}`} aria-label={words.room.stage} data-people={people.length}>
      {isAlone ? (
        isClosed ? null : <Alone link={link} copy={copy} spoken={spoken} admission={admission} why={aloneBecause} />
      ) : (
        <div
          ref={grid}
          className={`stage-grid stage-grid-${layout}`}
          role="list"
          aria-label={words.room.people}
          style={sizes(tile, box, tiles)}
          onKeyDown={onKeyDown}
          data-testid="stage-grid"
        >
          {people.map((person) => {
            const { id } = person.peer;
            return (
              <Tile
                key={id}
                person={person}
                remote={call?.remotes.find((remote) => remote.peer === id) ?? null}
                canCall={canCall}
                speakerId={local.speakerId}
                place={layout === 'large' ? (id === current ? 'large' : 'strip') : layout}
                box={tile}
                isEnlarged={id === (isWhole ? uncropped : current)}
                onEnlarge={onEnlarge}
                onLook={onLook}
                onBlocked={onBlocked}
              />
            );
          })}
          {hasSelfTile ? (
            <SelfTile
              local={local}
              drawn={call?.ownPicture ?? null}
              name={selfName}
              place={layout === 'large' ? 'strip' : 'grid'}
              box={tile}
              watchLevel={watchLevel}
              onHide={() => setSelfAway(true)}
            />
          ) : null}
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
      {hasSelf && people.length < 2 ? <SelfPicture local={local} drawn={call?.ownPicture ?? null} name={selfName} isAway={isSelfAway} onAway={setSelfAway} /> : null}
      {isAlone || isClosed ? null : (
        <div className="stage-corner">
          {hasSelf && !isWhole && isSelfAway ? (
            <IconButton label={words.room.selfShow} look="plate" placement="bottom" onPress={() => setSelfAway(false)} autoFocus data-testid="self-show">
              <PeopleIcon />
            </IconButton>
          ) : null}
          <DialogTrigger>
            <IconButton label={inviteTitle} look="plate" placement="bottom" data-testid="invite">
              <PersonAddIcon />
            </IconButton>
            <Popover className="popover" placement="bottom end" offset={8}>
              <Dialog className="popover-dialog" aria-label={inviteTitle}>
                <h2 className="popover-title">{inviteTitle}</h2>
                <Invitation link={link} copy={copy} spoken={spoken} admission={admission} />
              </Dialog>
            </Popover>
          </DialogTrigger>
        </div>
      )}
      {children}
    </section>
  );
}

/** Pictures and sounds that wait for a gesture, by peer, and how to tell of one. */
function useBlocked(): [ReadonlyMap<string, () => void>, (peer: string, play: (() => void) | null) => void] {
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
  return [blocked, onBlocked];
}

function tileOf(layout: 'whole' | 'grid' | 'large', tiles: number, box: Box): Size | null {
  if (layout === 'grid') return gridOf(tiles, box, box.gap).tile;
  // In the strip tiles have the style sheet's size, which is of a camera's shape.
  return layout === 'whole' ? box : null;
}

/** For the style sheet. Until sizes are known it goes by its own. */
function sizes(tile: Size | null, box: Box | null, tiles: number): CSSProperties {
  return {
    '--others': String(Math.max(1, tiles - 1)),
    ...(tile === null ? {} : { '--tile-width': `${tile.width}px`, '--tile-height': `${tile.height}px` }),
    ...(box === null ? {} : { '--stage-width': `${box.width}px`, '--stage-height': `${box.height}px` }),
  } as CSSProperties;
}
