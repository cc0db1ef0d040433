// Media connections for a page whose platform has none, over the engine's media port.
//
// Promises: null where there is no port or the platform lacks what coding and playing take. Everything is made with the first
// connection or the first own picture in a room, and kept for the page's life: three workers, four sockets, one sound device that
// rests while nobody uses it.
// Left to others: whether it is needed (`main.tauri.tsx` asks for a native one first).
import type { MediaPortAddress } from '../../../protocol/MediaPortAddress';
import type { CanvasMedia, CodecProblem, EngineProblem, MediaConnectionFactory, OpenedConnection } from '../../../shared/rtc/RemoteMedia';
import { LevelWatch } from './LevelWatch';
import { MediaPort } from './MediaPort';
import { PictureDesk } from './PictureDesk';
import { SharedTrack } from './SharedTrack';
import { SoundDevice } from './SoundDevice';
import { StandInConnection } from './StandInConnection';
import type { CaptureTells, CaptureTold } from './workers/capture.worker';

/** What the platform must have, in the page; whether workers can read a camera only they can tell. */
const NEEDED = ['VideoEncoder', 'VideoDecoder', 'AudioContext', 'AudioWorkletNode', 'OffscreenCanvas', 'SharedArrayBuffer', 'Worker'] as const;

/** Null where there can be none. */
export function standInMediaConnections(address: MediaPortAddress | null): MediaConnectionFactory | null {
  if (address === null || !NEEDED.every((name) => name in globalThis)) return null;
  const problems = new Set<(problem: EngineProblem | null) => void>();
  let coding: CodecProblem | null = null;
  let isLost = false;
  let problem: EngineProblem | null = null;
  let parts: Parts | null = null;
  const changed = (): void => {
    const now = isLost ? 'engine-lost' : coding;
    if (now === problem) return;
    problem = now;
    for (const listener of [...problems]) listener(now);
  };
  const ready = (): Parts => {
    parts ??= makeParts(address, {
      coding: (told) => {
        coding = told;
        changed();
      },
      port: (told) => {
        isLost = told;
        changed();
      },
    });
    return parts;
  };
  return {
    open: (configuration) => open(configuration, ready()),
    watchProblem: (listener) => {
      problems.add(listener);
      if (problem !== null) listener(problem);
      return () => void problems.delete(listener);
    },
    // A `<video>` of it would be converted on the page's own thread, picture by picture, and beside the workers.
    showOwn: (track) => (track === null && parts === null ? null : ready().desk.showOwn(track)),
  };
}

interface Parts {
  readonly port: MediaPort;
  readonly desk: PictureDesk;
  readonly sound: SoundDevice;
  readonly audio: SharedTrack;
  readonly video: SharedTrack;
}

/** What the parts say of themselves. */
interface PartsTell {
  /** Own media cannot be coded, or can again. */
  coding(problem: CodecProblem | null): void;
  /** The engine was lost, or is back. */
  port(isLost: boolean): void;
}

function makeParts(address: MediaPortAddress, tells: PartsTell): Parts {
  // Some WebKitGTK abort when WebCodecs are the first media call of a page: this one is harmless, and sets up what they need.
  document.createElement('video').canPlayType('video/mp4');
  const sound = new SoundDevice(address);
  const camera = new Worker(new URL('./workers/capture.worker.ts', import.meta.url), { type: 'module' });
  camera.onmessage = ({ data }: MessageEvent<CaptureTells>) => tells.coding(data.problem);
  const tell = (message: CaptureTold, transfer: Transferable[] = []): void => camera.postMessage(message, transfer);
  tell({ type: 'open', address });
  return {
    port: new MediaPort(address, undefined, (isLost) => tells.port(isLost)),
    desk: new PictureDesk(address),
    sound,
    audio: new SharedTrack((track) => sound.capture(track)),
    video: new SharedTrack((track) => {
      // The track itself stays the page's, for its own picture; a copy is the worker's, which stops it.
      const copy = track?.clone() ?? null;
      tell({ type: 'use', track: copy }, copy === null ? [] : [copy]);
    }),
  };
}

function open(configuration: RTCConfiguration, { port, desk, sound, audio, video }: Parts): OpenedConnection {
  const levels = new LevelWatch();
  let tellProblem: (problem: CodecProblem | null) => void = () => undefined;
  const own = {
    use: (user: object, kind: 'audio' | 'video', track: MediaStreamTrack | null) =>
      (kind === 'audio' ? audio : video).use(user, track),
  };
  const connection: StandInConnection = new StandInConnection(configuration, port, own, {
    level: (levelDb) => levels.heard(levelDb),
    closed: () => {
      desk.close(connection.number);
      sound.stop(connection);
      levels.heard(null);
    },
  });
  const { number } = connection;
  const play = (): CanvasMedia => {
    desk.play(number, (problem) => tellProblem(problem));
    sound.play(connection);
    connection.play();
    return {
      kind: 'canvas',
      attach: (canvas, onPicture) => desk.attach(number, canvas, onPicture),
      watchLevel: (listener) => levels.watch(listener),
    };
  };
  return {
    connection,
    play,
    watchProblem: (listener) => {
      tellProblem = listener;
    },
  };
}
