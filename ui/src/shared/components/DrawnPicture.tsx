// A moving picture that somebody else draws. See `Drawn`.
import { useEffect, useRef } from 'react';
import type { Drawn, PictureSize } from '../rtc/RemoteMedia';

interface DrawnPictureProps {
  readonly media: Drawn;
  readonly label: string;
  readonly className: string;
  /** There is a picture now, or one of another size. */
  readonly onPicture?: (size: PictureSize) => void;
  readonly testId?: string;
}

const ignore = (): void => undefined;

/** A drawn `<canvas>`. */
export function DrawnPicture({ media, label, className, onPicture = ignore, testId }: DrawnPictureProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    return canvas === null ? undefined : media.attach(canvas, onPicture);
  }, [media, onPicture]);
  return <canvas ref={ref} className={className} role="img" aria-label={label} data-testid={testId} />;
}
