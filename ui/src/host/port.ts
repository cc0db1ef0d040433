// What a screen may ask of the program around it. Two hosts answer: `browser` (the page does everything itself) and
// `tauri` (Rust does). The entry file chooses; nothing else asks which one it is, only what it can do.
//
// Promises of a host: events arrive in order, one at a time, and never re-enter a listener; a promise rejects only with a
// `HostError`. Left to others: words for people, React, and the media plane's RTCPeerConnection (`call`).
import type { Command } from '../protocol/Command';
import type { Event } from '../protocol/Event';
import type { Failure } from '../protocol/Failure';
import type { HostKind } from '../protocol/HostKind';
import type { IceServer } from '../protocol/IceServer';
import type { PickedFile } from '../protocol/PickedFile';
import type { TransferId } from '../protocol/TransferId';
import type { Unfinished } from '../protocol/Unfinished';

/** What a host can do, as questions. */
export interface HostCan {
  /** Serve rooms itself, so that a start needs no server address. */
  readonly serveRooms: boolean;
  /** Show a folder of received files, and let the user choose it. */
  readonly chooseFolder: boolean;
  /** Let the user pick a whole folder to offer. */
  readonly pickFolder: boolean;
  /** Look for rooms in the local network. */
  readonly lookNearby: boolean;
  /** Make media connections at all. False in a webview without RTCPeerConnection. */
  readonly call: boolean;
}

/** The fastest limit of the speed that is kept, in bytes per second. */
export const SPEED_MAX = 1e12;

/** Kept between visits. Unknown or broken stored values fall back to the defaults, one by one. */
export interface Settings {
  readonly name: string;
  readonly theme: 'system' | 'day' | 'evening';
  readonly language: 'system' | 'en' | 'ko';
  readonly cameraId: string | null;
  readonly microphoneId: string | null;
  readonly speakerId: string | null;
  readonly startWithCamera: boolean;
  readonly startWithMicrophone: boolean;
  /** Used beside those the server hands out. */
  readonly iceServers: readonly IceServer[];
  /** Connect through TURN only. */
  readonly relayOnly: boolean;
  /** Base URL of the server for new rooms; empty means the host's own. */
  readonly server: string;
  /** Name of the interface that the host serves rooms at; null is the one that leads furthest. */
  readonly network: string | null;
  /** How fast files may leave, to all people together, in whole bytes per second (1 … 10^12); null is as fast as it goes. */
  readonly speedLimit: number | null;
  /** Where received files go; null where the host has no folder. */
  readonly downloadFolder: string | null;
  /** Peers are shown this device's key, and recognise it in later rooms. */
  readonly showDevice: boolean;
  /** Those the user has compared with, the newest first; at most `ACQUAINTANCES_MAX`. */
  readonly acquaintances: readonly Acquaintance[];
}

/** A device that the user found to be the one it says, by comparison. */
export interface Acquaintance {
  /** Its key, 43 characters of base64url. */
  readonly device: string;
  /** What its person was called then. */
  readonly name: string;
  /** When, milliseconds since 1970. */
  readonly comparedAtMs: number;
}

/** Acquaintances that are kept. */
export const ACQUAINTANCES_MAX = 500;

/** What became of the key by which peers recognise this device: the system's keychain is being asked, it is there, it cannot be had until the next start. */
export type DeviceKeyState = 'opening' | 'there' | 'missing';

/** An interface of this device. */
export interface Network {
  readonly name: string;
  /** The own address there. */
  readonly address: string;
}

/** How a received transfer can be reached. */
export type ReceivedAction = 'open' | 'show-in-folder' | 'save';

/** Where a link came from that the screen should fill in and ask about, but never follow by itself. */
export interface ArrivedLink {
  readonly link: string;
}

/** Rejections of a host's promises. */
export class HostError extends Error {
  constructor(readonly failure: Failure) {
    super(`${failure.code}: ${failure.detail}`);
    this.name = 'HostError';
  }
}

/** The program around the screen. */
export interface Host {
  readonly kind: HostKind;
  readonly can: HostCan;

  /** Passes a wish on. Resolves when it was taken; what comes of it arrives as events. */
  dispatch(command: Command): Promise<void>;
  /** Calls `listener` for every event from now on; returns how to stop. */
  subscribe(listener: (event: Event) => void): () => void;

  /** Lets the user pick files; empty when they think better of it. Call from a gesture. */
  pickFiles(): Promise<PickedFile[]>;
  /**
   * Lets the user pick a folder, which is one picked thing of many files; empty when they think better of it. Call from a gesture. One that
   * is over what an offer holds is refused when it is offered, with `offer-invalid`.
   */
  pickFolder(): Promise<PickedFile[]>;
  /** Calls `listener` with files dropped on the window, and with whether something hovers over it. */
  watchDrops(listener: (drop: { hovering: boolean; files: PickedFile[] }) => void): () => void;
  /** What can be done with a proven transfer here. */
  receivedActions(): readonly ReceivedAction[];
  /** Opens, shows or saves what was received. */
  useReceived(transfer: TransferId, action: ReceivedAction): Promise<void>;
  /** Small pictures of the first files of a transfer that are pictures, offered by us or received, as `data:` URLs. */
  previews(transfer: TransferId): Promise<readonly string[]>;

  /** The stored settings. */
  loadSettings(): Promise<Settings>;
  /** Stores them and puts them to use. */
  saveSettings(settings: Settings): Promise<void>;
  /** Lets the user choose the folder for received files; null when they think better of it. */
  chooseFolder(): Promise<string | null>;

  /** The interfaces that rooms can be served at; empty for a host that serves none. */
  networks(): Promise<readonly Network[]>;

  /** Whether peers can recognise this device. */
  deviceKey(): Promise<DeviceKeyState>;

  /** What earlier sessions left unfinished where received files go; nothing where a host keeps none. */
  unfinished(): Promise<Unfinished>;
  /** Throws it away, but for what is moving now. */
  discardUnfinished(): Promise<void>;

  /** Calls `listener` with invitations that reach the program from outside (its own URL, a deep link). */
  watchLinks(listener: (arrived: ArrivedLink) => void): () => void;
  /** Tells the user something while they look elsewhere. Does nothing where that is not allowed. */
  notify(title: string, body: string): Promise<void>;
  /** Keeps the screen awake until the returned function is called. */
  keepAwake(): () => void;
  /** Writes to the clipboard. */
  copy(text: string): Promise<void>;
}
