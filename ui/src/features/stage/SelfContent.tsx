// What the own picture shows: the screen while it is shared, else the camera as in a mirror, else a letter.
import type { LocalMediaSnapshot } from '../../call';
import { Face } from '../../shared/components/Face';
import { Video } from '../../shared/components/Video';
import { useLanguage } from '../../shared/i18n/Language';

interface SelfContentProps {
  readonly local: LocalMediaSnapshot;
  readonly name: string;
}

/** The own picture without its frame. */
export function SelfContent({ local, name }: SelfContentProps) {
  const { words } = useLanguage();
  if (local.screen.preview !== null) {
    return <Video stream={local.screen.preview} label={words.room.selfScreen} className="self-video self-video-screen" muted testId="self-screen" />;
  }
  if (local.preview !== null) {
    return <Video stream={local.preview} label={words.room.self} className="self-video" muted testId="self-video" />;
  }
  return (
    <div className="self-face">
      <Face name={name === '' ? words.you : name} />
    </div>
  );
}
