// A look through the camera for the QR code of an invitation. What is found is filled in and waits for a press of Join.
import { useEffect, useRef, useState } from 'react';
import { lookAround, type MediaProblem } from '../../call';
import { Notice } from '../../shared/components/Notice';
import { Sheet } from '../../shared/components/Sheet';
import { useLanguage } from '../../shared/i18n/Language';
import { linkFault } from '../../shared/view/linkShape';
import { readCodes } from './readCodes';

interface ScanProps {
  readonly onFound: (link: string) => void;
  readonly onClose: () => void;
}

/** The camera's view. The camera is let go when this goes. */
export function Scan({ onFound, onClose }: ScanProps) {
  const { words } = useLanguage();
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<MediaProblem | null>(null);
  const [isForeign, setForeign] = useState(false);
  const found = useRef(onFound);
  useEffect(() => {
    found.current = onFound;
  });

  useEffect(() => {
    let isOver = false;
    let stop = (): void => undefined;
    const begin = async (): Promise<void> => {
      const stream = await lookAround();
      if (typeof stream === 'string') {
        setProblem(stream);
        return;
      }
      const end = (): void => stream.getTracks().forEach((track) => track.stop());
      const screen = video.current;
      if (isOver || screen === null) {
        end();
        return;
      }
      screen.srcObject = stream;
      // Muted pictures may play by themselves; where they may not, the first picture stands, which is enough to look at.
      screen.play().catch(() => undefined);
      const stopReading = readCodes(
        screen,
        (text) => {
          const isInvitation = linkFault(text) === null;
          setForeign(!isInvitation);
          if (isInvitation) found.current(text.trim());
        },
        () => {
          stop();
          setProblem('failed');
        },
      );
      stop = () => {
        stopReading();
        end();
        screen.srcObject = null;
      };
    };
    void begin();
    return () => {
      isOver = true;
      stop();
    };
  }, []);

  return (
    <Sheet title={words.lobby.scanTitle} onClose={onClose}>
      {problem === null ? (
        <div className="scan">
          <video ref={video} className="scan-view" muted playsInline aria-label={words.lobby.scanPicture} data-testid="scan-view" />
          {isForeign ? (
            <Notice tone="warn" title={words.lobby.scanForeignTitle} testId="scan-foreign">
              {words.lobby.scanForeignBody}
            </Notice>
          ) : (
            <p className="soft">{words.lobby.scanNote}</p>
          )}
        </div>
      ) : (
        <Notice tone="warn" title={words.media.problem[problem].title} urgent testId="scan-problem">
          {words.media.problem[problem].body}
        </Notice>
      )}
    </Sheet>
  );
}
