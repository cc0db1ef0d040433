// What a screen sees of a call, and what it may do: plain values, replaced whole when something changes.
//
// How a screen uses it (React's `useSyncExternalStore` fits as it is):
//
//     const local = createLocalMedia({ cameraId, microphoneId, speakerId });       // in the lobby: own picture, devices, level
//     await local.start({ camera: true, microphone: true });                        // from a gesture, after explaining
//     const call = createCall({ local, connect, dispatch, iceServers, relayOnly });  // on entering; keeps the preview running
//     const stop = host.subscribe((event) => call.receive(event));                  // every event, in order
//     call.subscribe(render); call.snapshot();                                      // the same object until something changed
//     call.close(); local.close();                                                  // on leaving: connections end, the light goes out
//
// Promises: a snapshot never changes after it was handed out; an action that makes no sense now is null, and its control
// is to be shown disabled; actions never throw and never reject, what comes of them shows in the next snapshot.
import type { PeerId } from '../protocol/PeerId';
import type { Seen } from '../protocol/Seen';
import type { CodecProblem, Drawn, EngineProblem, RemoteMedia } from '../shared/rtc/RemoteMedia';

/** Why a camera or microphone is not there. The screen owns the words. */
export type MediaProblem =
  /** The page was not loaded over HTTPS (or from localhost), so the browser hides devices. */
  | 'insecure-page'
  /** This program cannot capture at all. */
  | 'unsupported'
  /** The user, or a policy, said no. */
  | 'refused'
  /** There is no such device. */
  | 'no-device'
  /** Another program holds it, or the system failed to open it. */
  | 'busy'
  /** It was unplugged while in use. */
  | 'unplugged'
  /** The permission was taken back while in use. */
  | 'withdrawn'
  /** The device works, but this system lacks the coder to send it. On Linux: package gstreamer1.0-plugins-good. */
  | CodecProblem
  /** Something else; a retry may help. */
  | 'failed';

/** Why nothing of the screen is shared although it was wanted. */
export type ScreenProblem =
  /** The user thought better of it, or the system does not allow it: the platform tells no difference. */
  | 'refused'
  /** The system offers no screen to choose from; on Linux the desktop's portal is missing. */
  | 'no-source'
  /** The system failed to capture what was chosen. */
  | 'failed';

/** A camera, microphone or speaker. */
export interface MediaDevice {
  readonly id: string;
  /** Empty until the user has granted access once: browsers hide names before. */
  readonly label: string;
}

/** What can be chosen from. */
export interface MediaDevices {
  readonly cameras: readonly MediaDevice[];
  readonly microphones: readonly MediaDevice[];
  /** Empty where the output cannot be chosen (`HTMLMediaElement.setSinkId` missing). */
  readonly speakers: readonly MediaDevice[];
}

/** Own camera or own microphone. */
export interface SourceSnapshot {
  /** `starting` while the browser asks or opens the device. */
  readonly state: 'off' | 'starting' | 'on';
  /** Why it is off although it was wanted; null when off on purpose. Cleared by the next try. */
  readonly problem: MediaProblem | null;
  /** The device in use, or the one that would be; null is the system's choice. */
  readonly deviceId: string | null;
}

/** Own screen or a window of it, which is sent in place of the camera's picture while it is shared. */
export interface ScreenSnapshot {
  /** `starting` while the system asks what to share. */
  readonly state: 'off' | 'starting' | 'on';
  /** Why it is off although it was wanted; null when off on purpose. Cleared by the next try. */
  readonly problem: ScreenProblem | null;
  /** What is shared, for the own picture; never mirrored. Null while off. */
  readonly preview: MediaStream | null;
}

/** Own media, the same in lobby and room. */
export interface LocalMediaSnapshot {
  readonly camera: SourceSnapshot;
  readonly microphone: SourceSnapshot;
  readonly screen: ScreenSnapshot;
  /** For the own picture (video only, so it never echoes; mirror it). Null while the camera is off. */
  readonly preview: MediaStream | null;
  readonly devices: MediaDevices;
  /** Chosen output: hand it to `setSinkId` of the elements that play others. Null is the system's choice. */
  readonly speakerId: string | null;
  readonly actions: LocalMediaActions;
}

/** What a screen may do with own media. */
export interface LocalMediaActions {
  /** Turns the microphone on or off. Off stops the device. Null while it starts or where there can be none. */
  readonly toggleMicrophone: (() => void) | null;
  /** Turns the camera on or off. Off stops the device and its light. */
  readonly toggleCamera: (() => void) | null;
  /** Begins or ends sharing the screen; from a gesture. Null while the system asks and where screens cannot be shared. */
  readonly toggleScreen: (() => void) | null;
  /** Takes another device, at once if it is on; null is the system's choice. */
  readonly chooseCamera: ((id: string | null) => void) | null;
  readonly chooseMicrophone: ((id: string | null) => void) | null;
  /** Null where the output cannot be chosen. */
  readonly chooseSpeaker: ((id: string | null) => void) | null;
}

/** Where the media connection to a peer stands. */
export type RemoteState =
  /** Being set up, or up but not proven yet. Nothing is shown. */
  | 'connecting'
  /** Proven; `media` may be shown. */
  | 'live'
  /** Proven and shown, but silent now; being mended. Keep the last picture, dimmed. */
  | 'interrupted'
  /** No path was found; tried again with the peer's next epoch or by `retry`. */
  | 'failed'
  /** The connection was not what the peer says it is. Somebody may be in between. */
  | 'refused';

/** Why something of a peer cannot be had although the connection stands. The screen owns the words. */
export type RemoteProblem =
  /** The two programs share no codec for sound. */
  | 'no-shared-audio-codec'
  /** The two programs share no codec for pictures. */
  | 'no-shared-video-codec'
  /** This system lacks the decoder of the peer's picture. */
  | CodecProblem;

/** Media of one peer. */
export interface RemoteSnapshot {
  readonly peer: PeerId;
  readonly state: RemoteState;
  /** Sound and picture of the peer; null until proven. Whether its camera is on says `Peer.camera`. */
  readonly media: RemoteMedia | null;
  /** Why not all of it can be had; null when nothing is in the way. */
  readonly problem: RemoteProblem | null;
  /** How the connection was proven, the weaker of both sides; null until it was. */
  readonly proof: Seen | null;
  /** Tries anew; null while there is nothing to try. */
  readonly retry: (() => void) | null;
}

/** A call as the screen shows it. */
export interface CallSnapshot {
  /** False where no media connection can be made here; `remotes` then stays empty, `local` still works. */
  readonly canConnect: boolean;
  readonly local: LocalMediaSnapshot;
  /** The own picture, screen or camera, where it is better drawn than played by a `<video>` of the preview; else null. */
  readonly ownPicture: Drawn | null;
  /** Why own media cannot be sent although the devices work; null when they can, or nobody is there to send them to. */
  readonly sendingProblem: EngineProblem | null;
  /** In the order the peers came. */
  readonly remotes: readonly RemoteSnapshot[];
}
