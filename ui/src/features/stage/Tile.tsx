// One person on the stage: the proven picture, or who they are and what we wait for. A cut keeps the last picture, dimmed.
//
// Promises: sound plays once, and goes on however the tile stands; a speaking ring that costs React nothing.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RemoteMedia, RemoteSnapshot } from '../../call';
import { Button, IconButton } from '../../shared/components/Button';
import { DrawnPicture } from '../../shared/components/DrawnPicture';
import { Face } from '../../shared/components/Face';
import { Video } from '../../shared/components/Video';
import { EnlargeIcon, ReduceIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { nameOf, type Person } from '../../shared/view/Person';
import { ENOUGH_IN_TILE, ENOUGH_ON_STAGE, fitOf, looksLikeScreen, roomIn, type Fit } from './fit';
import type { Size } from './grid';
import { Plate } from './Plate';
import { quietWords, stateWords } from './tileWords';
import { useSpeaking } from './useSpeaking';
import './tile.css';

/** How a tile stands: it is the whole stage, one among equals, the enlarged one, or beside the enlarged one. */
export type TilePlace = 'whole' | 'grid' | 'large' | 'strip';

interface TileProps {
  readonly person: Person;
  readonly remote: RemoteSnapshot | null;
  readonly canCall: boolean;
  readonly speakerId: string | null;
  readonly place: TilePlace;
  /** Size of the tile, to choose how its picture is cropped; null while it is not known. */
  readonly box: Size | null;
  /** The user wants to see this picture without a cropped edge, or larger than the others. */
  readonly isEnlarged: boolean;
  readonly onEnlarge: (peer: string) => void;
  /** The picture began or ceased to look like a shared screen. */
  readonly onLook: (peer: string, isScreen: boolean) => void;
  /** The browser wants a gesture before it plays; null when it plays. */
  readonly onBlocked: (peer: string, play: (() => void) | null) => void;
}

/** A tile. */
export function Tile({ person, remote, canCall, speakerId, place, box, isEnlarged, onEnlarge, onLook, onBlocked }: TileProps) {
  const { words } = useLanguage();
  const { peer } = person;
  const name = nameOf(person, words);
  const frame = useRef<HTMLDivElement>(null);
  const blocked = useCallback((play: (() => void) | null) => onBlocked(peer.id, play), [onBlocked, peer.id]);
  const media = remote?.media ?? null;
  const [picture, setPicture] = useState<{ readonly media: RemoteMedia; readonly size: Size } | null>(null);
  const onPicture = useCallback(
    (size: Size) => {
      if (media !== null) setPicture({ media, size });
    },
    [media],
  );
  const size = media !== null && peer.camera && picture?.media === media ? picture.size : null;
  const isScreen = size !== null && looksLikeScreen(size);
  useEffect(() => {
    onLook(peer.id, isScreen);
    return () => onLook(peer.id, false);
  }, [onLook, peer.id, isScreen]);

  const isInterrupted = peer.link === 'interrupted' || remote?.state === 'interrupted';
  const isHeard = media !== null && peer.microphone && !isInterrupted;
  const watch = useCallback((listener: (level: number) => void) => media?.watchLevel(listener) ?? (() => undefined), [media]);
  useSpeaking(frame, isHeard ? watch : null);

  const fit = size === null ? 'cover' : fitIn(place, isEnlarged, size, box);
  const hasMedia = canCall && peer.host !== 'shell' && peer.link !== 'failed';
  const problem = remote?.problem ?? null;
  const note = isInterrupted ? words.room.interrupted : problem === null ? null : words.room.problem[problem](name);
  const pictureClass = size === null ? 'tile-video tile-video-hidden' : 'tile-video';
  const canEnlarge = place !== 'whole' || isEnlarged || (size !== null && fit === 'cover');

  return (
    <div
      ref={frame}
      className={`tile tile-${place}${isInterrupted ? ' tile-dimmed' : ''}`}
      role="listitem"
      aria-label={name}
      onDoubleClick={(event) => {
        const isControl = event.target instanceof Element && event.target.closest('button') !== null;
        if (canEnlarge && !isControl) onEnlarge(peer.id);
      }}
      data-testid="tile"
      data-peer={peer.id}
      data-media={remote?.state ?? 'none'}
      data-fit={fit}
      data-room={place === 'whole' || place === 'large' ? 'ample' : roomIn(box)}
    >
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
      {size === null ? (
        <div className="tile-words">
          <Face name={name} size="large" />
          {place === 'whole' ? <p className="tile-name">{name}</p> : null}
          <p className="tile-state">{hasMedia ? stateWords(person, remote, words) : quietWords(person, canCall, words)}</p>
          {remote?.retry === null || remote?.retry === undefined ? null : (
            <Button onPress={remote.retry} data-testid="retry">
              {words.retry}
            </Button>
          )}
        </div>
      ) : null}
      {note === null || size === null ? null : (
        <p className="tile-note" data-testid="tile-note">
          {note}
        </p>
      )}
      {place === 'whole' && size === null ? null : <Plate name={name} isMuted={hasMedia && peer.host !== null && !peer.microphone} />}
      {canEnlarge ? (
        <div className="tile-act">
          <IconButton
            label={isEnlarged ? (place === 'whole' ? words.room.fill : words.room.allAlike) : place === 'whole' ? words.room.whole : words.room.enlarge(name)}
            look="plate"
            placement="bottom"
            onPress={() => onEnlarge(peer.id)}
            data-testid="enlarge"
          >
            {isEnlarged ? <ReduceIcon /> : <EnlargeIcon />}
          </IconButton>
        </div>
      ) : null}
    </div>
  );
}

function fitIn(place: TilePlace, isEnlarged: boolean, picture: Size, box: Size | null): Fit {
  if (isEnlarged || place === 'large') return 'contain';
  if (box === null) return looksLikeScreen(picture) ? 'contain' : 'cover';
  return fitOf(picture, box, place === 'whole' ? ENOUGH_ON_STAGE : ENOUGH_IN_TILE);
}
