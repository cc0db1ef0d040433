// A moving picture that somebody else draws. See `CanvasMedia`.
import { useEffect, useRef } from 'react';
import type { CanvasMedia, PictureSize } from '../rtc/RemoteMedia';

interface DrawnPictureProps {
  readonly media: CanvasMedia;
  readonly label: string;
  readonly className: string;
  /** There is a picture now, or one of another size. */
  readonly onPicture: (size: PictureSize) => void;
  readonly testId?: string;
}

/** A drawn `<canvas>`. */
export function DrawnPicture({ media, label, className, onPicture, testId }: DrawnPictureProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    return canvas === null ? undefined : media.attach(canvas, onPicture);
  }, [media, onPicture]);
  return <canvas ref={ref} className={className} role="img" aria-label={label} data-testid={testId} />;
}
