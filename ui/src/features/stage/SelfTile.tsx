// The own picture as one among equals, from three people on. Put away, it leaves its place to the others.
import { useRef } from 'react';
import type { Drawn, LocalMediaSnapshot } from '../../call';
import { IconButton } from '../../shared/components/Button';
import { EyeOffIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { roomIn } from './fit';
import type { Size } from './grid';
import { Plate } from './Plate';
import { SelfContent } from './SelfContent';
import type { TilePlace } from './Tile';
import { useSpeaking, type WatchLevel } from './useSpeaking';

interface SelfTileProps {
  readonly local: LocalMediaSnapshot;
  /** Where the own picture is drawn by somebody else. */
  readonly drawn: Drawn | null;
  readonly name: string;
  readonly place: TilePlace;
  /** Size of the tile; null in the strip. */
  readonly box: Size | null;
  readonly watchLevel: WatchLevel;
  readonly onHide: () => void;
}

/** The own tile. */
export function SelfTile({ local, drawn, name, place, box, watchLevel, onHide }: SelfTileProps) {
  const { words } = useLanguage();
  const frame = useRef<HTMLDivElement>(null);
  const isHeard = local.microphone.state === 'on';
  useSpeaking(frame, isHeard ? watchLevel : null);
  const own = local.screen.state === 'on' ? words.room.selfScreen : words.people.you(name === '' ? words.nameless : name);
  return (
    <div ref={frame} className={`tile tile-${place}`} role="listitem" aria-label={words.room.self} data-testid="self" data-room={roomIn(box)}>
      <SelfContent local={local} drawn={drawn} name={name} />
      <Plate name={own} isMuted={!isHeard} />
      <div className="tile-act">
        <IconButton label={words.room.selfHide} look="plate" placement="bottom" onPress={onHide} data-testid="self-hide">
          <EyeOffIcon />
        </IconButton>
      </div>
    </div>
  );
}
