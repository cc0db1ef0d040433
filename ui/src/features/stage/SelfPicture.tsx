// The own picture while there are two: floats in a corner, goes to another by dragging or arrow keys, and can be put away.
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Drawn, LocalMediaSnapshot } from '../../call';
import { IconButton } from '../../shared/components/Button';
import { EyeOffIcon, MicrophoneOffIcon, PeopleIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { SelfContent } from './SelfContent';

/** A corner of the stage. */
export interface Corner {
  readonly vertical: 'top' | 'bottom';
  readonly horizontal: 'left' | 'right';
}

interface SelfPictureProps {
  readonly local: LocalMediaSnapshot;
  /** Where the own picture is drawn by somebody else. */
  readonly drawn: Drawn | null;
  readonly name: string;
  readonly isAway: boolean;
  readonly onAway: (isAway: boolean) => void;
}

/** Movement below this many pixels is a press, not a drag. */
const DRAG_FROM_PX = 6;

/** The floating own picture. */
export function SelfPicture({ local, drawn, name, isAway, onAway }: SelfPictureProps) {
  const { words } = useLanguage();
  const [corner, setCorner] = useState<Corner>({ vertical: 'bottom', horizontal: 'right' });
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly x: number; readonly y: number; isMoving: boolean } | null>(null);
  const place = `self self-${corner.vertical} self-${corner.horizontal}`;

  if (isAway) {
    return (
      <div className={`${place} self-away`}>
        <IconButton label={words.room.selfShow} look="plate" onPress={() => onAway(false)} autoFocus data-testid="self-show">
          <PeopleIcon />
        </IconButton>
      </div>
    );
  }

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button') !== null)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, isMoving: false };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const begun = drag.current;
    if (begun === null) return;
    const x = event.clientX - begun.x;
    const y = event.clientY - begun.y;
    if (Math.hypot(x, y) > DRAG_FROM_PX) begun.isMoving = true;
    if (begun.isMoving && frame.current !== null) frame.current.style.translate = `${x}px ${y}px`;
  };
  const onPointerEnd = (event: PointerEvent<HTMLDivElement>): void => {
    const begun = drag.current;
    drag.current = null;
    const element = frame.current;
    const stage = element?.offsetParent?.getBoundingClientRect();
    if (begun === null || element === null || stage === undefined) return;
    element.style.translate = '';
    if (!begun.isMoving) return;
    setCorner({
      vertical: event.clientY < stage.top + stage.height / 2 ? 'top' : 'bottom',
      horizontal: event.clientX < stage.left + stage.width / 2 ? 'left' : 'right',
    });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const moved = afterArrow(corner, event.key);
    if (moved === null || event.target !== event.currentTarget) return;
    event.preventDefault();
    setCorner(moved);
  };

  const isMuted = local.microphone.state !== 'on';
  return (
    <div
      ref={frame}
      className={place}
      role="group"
      tabIndex={0}
      aria-label={words.room.self}
      aria-roledescription={words.room.selfMove}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
      onKeyDown={onKeyDown}
      data-testid="self"
      data-corner={`${corner.vertical}-${corner.horizontal}`}
    >
      <SelfContent local={local} drawn={drawn} name={name} />
      {isMuted ? (
        <span className="self-mark">
          <MicrophoneOffIcon />
          <span className="vh">{words.room.muted}</span>
        </span>
      ) : null}
      <div className="self-hide">
        <IconButton label={words.room.selfHide} look="plate" onPress={() => onAway(true)} data-testid="self-hide">
          <EyeOffIcon />
        </IconButton>
      </div>
    </div>
  );
}

/** Where an arrow key moves it; null for another key or an edge. */
export function afterArrow(corner: Corner, key: string): Corner | null {
  switch (key) {
    case 'ArrowUp':
      return { ...corner, vertical: 'top' };
    case 'ArrowDown':
      return { ...corner, vertical: 'bottom' };
    case 'ArrowLeft':
      return { ...corner, horizontal: 'left' };
    case 'ArrowRight':
      return { ...corner, horizontal: 'right' };
    default:
      return null;
  }
}
