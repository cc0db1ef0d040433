// A moving picture from a stream. Plays by itself where that is allowed, and says so where it is not.
import { useEffect, useRef } from 'react';
import type { PictureSize } from '../rtc/RemoteMedia';

interface VideoProps {
  readonly stream: MediaStream;
  readonly label: string;
  readonly className: string;
  readonly muted: boolean;
  /** Where the sound goes; null is the system's choice. */
  readonly speakerId?: string | null;
  /** The browser wants a gesture first. Called with how to play from one, or with null when it plays. */
  readonly onBlocked?: (play: (() => void) | null) => void;
  /** The stream has a picture now, or one of another size: it was turned, or something else is shown. */
  readonly onPicture?: (size: PictureSize) => void;
  readonly testId?: string;
}

/** A playing `<video>`. */
export function Video({ stream, label, className, muted, speakerId = null, onBlocked, onPicture, testId }: VideoProps) {
  const ref = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    const video = ref.current;
    if (video === null) return undefined;
    let isCurrent = true;
    const play = (): void => {
      video.muted = muted;
      video.play().then(
        () => {
          if (isCurrent) onBlocked?.(null);
        },
        (error: unknown) => {
          // Anything else is a stream that was replaced meanwhile.
          if (!isCurrent || !(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
          onBlocked?.(play);
          // The picture may often move without a gesture, only the sound may not; where neither may, the button starts both.
          video.muted = true;
          video.play().catch(() => undefined);
        },
      );
    };
    video.srcObject = stream;
    play();
    return () => {
      isCurrent = false;
      onBlocked?.(null);
      video.srcObject = null;
    };
  }, [stream, muted, onBlocked]);

  useEffect(() => {
    const video = ref.current;
    if (video === null || !('setSinkId' in video)) return;
    // A speaker that is gone falls back to the system's choice, which the element does by itself.
    video.setSinkId(speakerId ?? '').catch(() => undefined);
  }, [speakerId]);

  const look = (): void => {
    const { videoWidth: width = 0, videoHeight: height = 0 } = ref.current ?? {};
    if (width > 0) onPicture?.({ width, height });
  };
  return (
    <video
      ref={ref}
      className={className}
      muted={muted}
      aria-label={label}
      autoPlay
      playsInline
      disablePictureInPicture
      onResize={look}
      onLoadedData={look}
      data-testid={testId}
    />
  );
}
