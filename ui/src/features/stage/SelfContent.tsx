// What the own picture shows: the screen while it is shared, else the camera as in a mirror, else a letter.
import type { Drawn, LocalMediaSnapshot } from '../../call';
import { DrawnPicture } from '../../shared/components/DrawnPicture';
import { Face } from '../../shared/components/Face';
import { Video } from '../../shared/components/Video';
import { useLanguage } from '../../shared/i18n/Language';

interface SelfContentProps {
  readonly local: LocalMediaSnapshot;
  /** Where the own picture is drawn by somebody else. */
  readonly drawn: Drawn | null;
  readonly name: string;
}

/** The own picture without its frame. */
export function SelfContent({ local, drawn, name }: SelfContentProps) {
  const { words } = useLanguage();
  const isScreen = local.screen.preview !== null;
  const preview = local.screen.preview ?? local.preview;
  if (preview !== null) {
    const [label, className, testId] = isScreen
      ? ([words.room.selfScreen, 'self-video self-video-screen', 'self-screen'] as const)
      : ([words.room.self, 'self-video', 'self-video'] as const);
    return drawn === null ? (
      <Video stream={preview} label={label} className={className} muted testId={testId} />
    ) : (
      <DrawnPicture media={drawn} label={label} className={className} testId={testId} />
    );
  }
  return (
    <div className="self-face">
      <Face name={name === '' ? words.you : name} />
    </div>
  );
}
