// The own picture before going in, and in its place whatever keeps it from being there.
import { useState, type ReactNode } from 'react';
import type { LocalMediaSnapshot, MediaProblem } from '../../call';
import { Button } from '../../shared/components/Button';
import { Face } from '../../shared/components/Face';
import { Video } from '../../shared/components/Video';
import { CameraIcon, CameraOffIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';

interface PictureProps {
  readonly local: LocalMediaSnapshot;
  readonly name: string;
  /** False where no call can be made; then there is nothing to ask for. */
  readonly canCall: boolean;
  readonly startMedia: (wanted: { readonly camera: boolean; readonly microphone: boolean }) => void;
}

/** The place of the own picture. */
export function Picture({ local, name, canCall, startMedia }: PictureProps) {
  const { words } = useLanguage();
  const [isWithout, setWithout] = useState(false);
  const { camera, microphone, preview } = local;
  const hasTried = camera.state !== 'off' || microphone.state !== 'off' || camera.problem !== null || microphone.problem !== null;
  const microphoneAlone = camera.state === 'on' ? microphone.problem : null;

  let content: ReactNode;
  if (!canCall) {
    content = <Words icon={<CameraOffIcon size="large" />} title={words.media.problem.unsupported.title} body={words.room.noCall} />;
  } else if (camera.state === 'on' && preview !== null) {
    content = <Video stream={preview} label={words.lobby.pictureTitle} className="picture-video" muted testId="preview" />;
  } else if (camera.state === 'starting' || microphone.state === 'starting') {
    content = <Words title={words.lobby.askingTitle} body={words.lobby.askingBody} />;
  } else if (camera.problem !== null) {
    content = (
      <Trouble
        problem={camera.problem}
        device={microphone.problem === camera.problem ? null : words.media.camera}
        onRetry={() => startMedia({ camera: true, microphone: microphone.state === 'off' && microphone.problem !== null })}
      />
    );
  } else if (!hasTried && !isWithout) {
    content = (
      <Words
        icon={<CameraIcon size="large" />}
        title={words.lobby.explainTitle}
        body={words.lobby.explainBody}
        actions={
          <>
            <Button kind="primary" onPress={() => startMedia({ camera: true, microphone: true })} data-testid="ask-media">
              {words.lobby.explainAsk}
            </Button>
            <Button kind="plain" onPress={() => setWithout(true)} data-testid="without-media">
              {words.lobby.explainWithout}
            </Button>
          </>
        }
      />
    );
  } else {
    content = (
      <div className="picture-words" role="status">
        <Face name={name === '' ? words.you : name} size="large" />
        <p className="soft">{microphone.state === 'off' ? words.lobby.without : words.lobby.cameraOff}</p>
      </div>
    );
  }

  return (
    <section className="picture" aria-label={words.lobby.pictureTitle}>
      {content}
      {microphoneAlone === null ? null : (
        <p className="picture-plate" role="alert">
          {words.media.of(words.media.microphone, words.media.problem[microphoneAlone].title)}
        </p>
      )}
    </section>
  );
}

function Trouble({ problem, device, onRetry }: { readonly problem: MediaProblem; readonly device: string | null; readonly onRetry: () => void }) {
  const { words } = useLanguage();
  const { title, body } = words.media.problem[problem];
  const canRetry = problem !== 'insecure-page' && problem !== 'unsupported';
  return (
    <Words
      icon={<CameraOffIcon size="large" />}
      title={device === null ? title : words.media.of(device, title)}
      body={body}
      testId="media-problem"
      actions={
        canRetry ? (
          <Button kind="plain" onPress={onRetry}>
            {words.retry}
          </Button>
        ) : undefined
      }
    />
  );
}

interface WordsProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly body: string;
  readonly actions?: ReactNode;
  readonly testId?: string;
}

function Words({ icon, title, body, actions, testId }: WordsProps) {
  return (
    <div className="picture-words" role="status" data-testid={testId}>
      {icon === undefined ? null : <span className="picture-mark">{icon}</span>}
      <h2 className="picture-title">{title}</h2>
      <p className="soft picture-body">{body}</p>
      {actions === undefined ? null : <div className="picture-actions">{actions}</div>}
    </div>
  );
}
