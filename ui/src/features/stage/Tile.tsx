// One person on the stage: the proven picture, or who they are and what we wait for. A cut keeps the last picture, dimmed.
import { useCallback, useState } from 'react';
import type { RemoteMedia, RemoteSnapshot } from '../../call';
import { Button } from '../../shared/components/Button';
import { Face } from '../../shared/components/Face';
import { DrawnPicture } from '../../shared/components/DrawnPicture';
import { Video } from '../../shared/components/Video';
import { MicrophoneOffIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import type { Words } from '../../shared/i18n/en';
import { nameOf, type Person } from '../../shared/view/Person';

interface TileProps {
  readonly person: Person;
  readonly remote: RemoteSnapshot | null;
  readonly canCall: boolean;
  readonly speakerId: string | null;
  /** The browser wants a gesture before it plays; null when it plays. */
  readonly onBlocked: (peer: string, play: (() => void) | null) => void;
}

/** A tile. */
export function Tile({ person, remote, canCall, speakerId, onBlocked }: TileProps) {
  const { words } = useLanguage();
  const { peer } = person;
  const name = nameOf(person, words);
  const blocked = useCallback((play: (() => void) | null) => onBlocked(peer.id, play), [onBlocked, peer.id]);
  const media = remote?.media ?? null;
  const [pictured, setPictured] = useState<RemoteMedia | null>(null);
  const isPictureShown = media !== null && peer.camera && pictured === media;
  const onPicture = useCallback(() => setPictured(media), [media]);
  const pictureClass = isPictureShown ? 'tile-video' : 'tile-video tile-video-hidden';
  const isDimmed = peer.link === 'interrupted' || remote?.state === 'interrupted';
  const hasMedia = canCall && peer.host !== 'shell' && peer.link !== 'failed';

  return (
    <div className={`tile${isDimmed ? ' tile-dimmed' : ''}`} data-testid="tile" data-peer={peer.id} data-media={remote?.state ?? 'none'}>
      {media?.kind === 'stream' ? (
        <Video
          stream={media.stream}
          label={name}
          className={pictureClass}
          muted={false}
          speakerId={speakerId}
          onBlocked={blocked}
          onPicture={onPicture}
          testId="remote-video"
        />
      ) : null}
      {media?.kind === 'canvas' ? <DrawnPicture media={media} label={name} className={pictureClass} onPicture={onPicture} testId="remote-video" /> : null}
      {isPictureShown ? null : (
        <div className="tile-words">
          <Face name={name} size="large" />
          <p className="tile-name">{name}</p>
          <p className="tile-state">{hasMedia ? stateWords(person, remote, words) : quietWords(person, canCall, words)}</p>
          {remote?.retry === null || remote?.retry === undefined ? null : <Button onPress={remote.retry}>{words.retry}</Button>}
        </div>
      )}
      {isPictureShown ? (
        <p className="tile-plate">
          {peer.microphone ? null : (
            <span className="tile-mark">
              <MicrophoneOffIcon />
              <span className="vh">{words.room.muted}</span>
            </span>
          )}
          {name}
        </p>
      ) : null}
    </div>
  );
}

function stateWords({ peer }: Person, remote: RemoteSnapshot | null, words: Words): string {
  const name = peer.name.trim() === '' ? words.nameless : peer.name;
  if (remote?.state === 'refused') return words.room.callRefused;
  if (remote?.state === 'failed') return words.trouble.mediaFailed(name);
  if (peer.link === 'connecting') return words.room.connecting(name);
  if (remote === null || remote.media === null) return words.room.proving;
  return peer.camera ? words.room.pictureComing(name) : peer.microphone ? words.people.camOff : `${words.people.camOff}, ${words.people.micOff}`;
}

function quietWords({ peer }: Person, canCall: boolean, words: Words): string {
  const name = peer.name.trim() === '' ? words.nameless : peer.name;
  if (peer.link === 'failed') return peer.failure === null ? words.chip.failed : words.failure[peer.failure.code].title;
  if (peer.link === 'connecting') return words.room.connecting(name);
  return canCall ? words.people.shell : words.room.noCall;
}
