// The name on a tile, whether the microphone is off, and how loud somebody speaks: three bars, beside the ring around the tile.
import { MicrophoneOffIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';

interface PlateProps {
  readonly name: string;
  readonly isMuted: boolean;
}

/** A name plate. */
export function Plate({ name, isMuted }: PlateProps) {
  const { words } = useLanguage();
  return (
    <p className="tile-plate">
      {isMuted ? (
        <span className="tile-mark" data-testid="muted">
          <MicrophoneOffIcon />
          <span className="vh">{words.room.muted}</span>
        </span>
      ) : (
        <span className="tile-sound" aria-hidden="true">
          <span />
          <span />
          <span />
        </span>
      )}
      <span className="tile-plate-name">{name}</span>
    </p>
  );
}
