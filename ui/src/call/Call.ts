// The call of one room: own media towards everyone, everyone's media towards the screen.
//
// Promises: takes every event of the host in order and needs nothing else; says which own devices are on whenever that
// changes; `close` ends all connections. Left to others: who is in the room, sealing and proving (the host), words and
// pictures (the screen). See `CallSnapshot.ts` for how to use it.
import type { Command } from '../protocol/Command';
import type { Event } from '../protocol/Event';
import type { IceServer } from '../protocol/IceServer';
import type { PeerId } from '../protocol/PeerId';
import type { Drawn, EngineProblem, MediaConnectionFactory } from '../shared/rtc/RemoteMedia';
import type { CallSnapshot, SourceSnapshot } from './CallSnapshot';
import type { LocalMedia, LocalTracks } from './LocalMedia';
import { PeerMedia } from './PeerMedia';

/** What a call is made of. */
export interface CallOptions {
  /** Stays the caller's: closing the call leaves it running. */
  readonly local: LocalMedia;
  /** Makes media connections; null where there are none (`nativeMediaConnections()`, or a stand-in). */
  readonly connect: MediaConnectionFactory | null;
  /** Passes a command to the host. A rejection is the host's to report; the call goes on. */
  readonly dispatch: (command: Command) => Promise<void>;
  /** The user's own, from the settings; used beside those the room brings. */
  readonly iceServers: readonly IceServer[];
  /** Through TURN only. */
  readonly relayOnly: boolean;
}

/** A call. */
export interface Call {
  /** The same object until something changed. */
  snapshot(): CallSnapshot;
  /** Calls `listener` after every change; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Takes an event of the host; those that are not about the call are ignored. */
  receive(event: Event): void;
  /** Statistics of the connection to a peer, for details and tests; null while there is none. */
  stats(peer: PeerId): Promise<RTCStatsReport> | null;
  /** Ends all connections. The object cannot be used afterwards. */
  close(): void;
}

/** A call in which nobody is yet. */
export function createCall(options: CallOptions): Call {
  return new RoomCall(options);
}

class RoomCall implements Call {
  readonly #peers = new Map<PeerId, PeerMedia>();
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  #roomIceServers: readonly IceServer[] = [];
  #snapshot: CallSnapshot;
  #sentTracks: LocalTracks;
  #sentSound: boolean;
  #ownPicture: Drawn | null;
  #sendingProblem: EngineProblem | null = null;
  readonly #unwatch: () => void;
  #toldState = { microphone: false, camera: false };
  #closed = false;

  constructor(private readonly options: CallOptions) {
    this.#sentTracks = options.local.tracks();
    this.#sentSound = this.#sentTracks.audio?.enabled ?? false;
    this.#ownPicture = this.#showOwn(this.#sentTracks.video);
    this.#snapshot = this.#build();
    this.#unwatch =
      options.connect?.watchProblem((problem) => {
        this.#sendingProblem = problem;
        this.#changed();
      }) ?? (() => undefined);
    this.#unsubscribe = options.local.subscribe(() => this.#localChanged());
    this.#tellState();
  }

  snapshot(): CallSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  receive(event: Event): void {
    if (this.#closed) return;
    switch (event.type) {
      case 'room-entered':
        this.#roomIceServers = event.ice_servers;
        this.#tellState();
        break;
      case 'peer-changed': {
        const known = this.#peers.get(event.peer.id);
        if (known !== undefined) known.update(event.peer);
        else if (this.options.connect !== null) {
          this.#peers.set(event.peer.id, new PeerMedia(event.peer, this.#around(this.options.connect)));
          this.#changed();
        }
        break;
      }
      case 'peer-left':
        this.#peers.get(event.peer)?.close();
        if (this.#peers.delete(event.peer)) this.#changed();
        break;
      case 'media-signal-received':
        this.#peers.get(event.peer)?.receive(event.signal);
        break;
      case 'media-confirmed':
        this.#peers.get(event.peer)?.confirmed(event.link, event.seen);
        break;
      case 'media-refused':
        this.#peers.get(event.peer)?.refused(event.link);
        break;
      default:
        break;
    }
  }

  stats(peer: PeerId): Promise<RTCStatsReport> | null {
    return this.#peers.get(peer)?.stats() ?? null;
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    this.#unwatch();
    this.#showOwn(null);
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#listeners.clear();
  }

  #around(factory: MediaConnectionFactory) {
    return {
      factory,
      configuration: (): RTCConfiguration => ({
        iceServers: [...this.#roomIceServers, ...this.options.iceServers].map((server) => ({
          ...server,
          urls: [...server.urls],
        })),
        iceTransportPolicy: this.options.relayOnly ? 'relay' : 'all',
        bundlePolicy: 'max-bundle',
      }),
      tracks: () => this.options.local.tracks(),
      dispatch: (command: Command) => this.#dispatch(command),
      changed: () => this.#changed(),
    } as const;
  }

  #localChanged(): void {
    const tracks = this.options.local.tracks();
    const sound = tracks.audio?.enabled ?? false;
    if (tracks.video !== this.#sentTracks.video) this.#ownPicture = this.#showOwn(tracks.video);
    if (tracks.audio !== this.#sentTracks.audio || tracks.video !== this.#sentTracks.video || sound !== this.#sentSound) {
      this.#sentTracks = tracks;
      this.#sentSound = sound;
      for (const peer of this.#peers.values()) peer.sendTracks();
    }
    const { microphone, camera } = this.#ownState();
    if (microphone !== this.#toldState.microphone || camera !== this.#toldState.camera) this.#tellState();
    this.#changed();
  }

  #showOwn(track: MediaStreamTrack | null): Drawn | null {
    return this.options.connect?.showOwn(track) ?? null;
  }

  #ownState(): { microphone: boolean; camera: boolean } {
    const { microphone, camera, screen } = this.options.local.snapshot();
    // While another device is opened in place of one that was on, the others need not hear of the gap.
    const on = ({ state }: SourceSnapshot, told: boolean): boolean => state === 'on' || (state === 'starting' && told);
    return {
      microphone: on(microphone, this.#toldState.microphone),
      // A shared screen goes out in the camera's place: to the others it is the picture.
      camera: screen.state === 'on' || on(camera, this.#toldState.camera),
    };
  }

  #tellState(): void {
    this.#toldState = this.#ownState();
    this.#dispatch({ type: 'set-media-state', ...this.#toldState });
  }

  #dispatch(command: Command): void {
    if (this.#closed) return;
    // A host refuses when the room or the peer is gone, and its events say so.
    this.options.dispatch(command).catch(() => undefined);
  }

  #changed(): void {
    if (this.#closed) return;
    this.#snapshot = this.#build();
    for (const listener of [...this.#listeners]) listener();
  }

  #build(): CallSnapshot {
    return {
      canConnect: this.options.connect !== null,
      local: this.options.local.snapshot(),
      ownPicture: this.#ownPicture,
      sendingProblem: this.#sendingProblem,
      remotes: [...this.#peers.values()].map((peer) => peer.snapshot()),
    };
  }
}
