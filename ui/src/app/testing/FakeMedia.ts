// Own media and a call for tests and stories: states are set, not captured.
import type {
  Call,
  CallSnapshot,
  LocalMedia,
  LocalMediaSnapshot,
  MediaProblem,
  RemoteSnapshot,
  ScreenProblem,
  ScreenSnapshot,
  SourceSnapshot,
} from '../../call';
import type { Event } from '../../protocol/Event';

class Changing {
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  protected tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const OFF: SourceSnapshot = { state: 'off', problem: null, deviceId: null };
const ON: SourceSnapshot = { state: 'on', problem: null, deviceId: 'one' };
const NO_SCREEN: ScreenSnapshot = { state: 'off', problem: null, preview: null };

/** Own media. */
export class FakeLocalMedia extends Changing implements LocalMedia {
  isClosed = false;
  readonly started: { readonly camera: boolean; readonly microphone: boolean }[] = [];
  level = 0.55;
  #snapshot: LocalMediaSnapshot;

  constructor(private readonly picture: MediaStream | null = null) {
    super();
    this.#snapshot = {
      camera: OFF,
      microphone: OFF,
      screen: NO_SCREEN,
      preview: null,
      devices: {
        cameras: [{ id: 'one', label: 'Desk camera' }],
        microphones: [
          { id: 'one', label: 'Built-in microphone' },
          { id: 'two', label: 'Headset' },
        ],
        speakers: [{ id: 'one', label: 'Built-in speakers' }],
      },
      speakerId: null,
      actions: {
        toggleMicrophone: () => this.set({ microphone: this.#snapshot.microphone.state === 'on' ? OFF : ON }),
        toggleCamera: () => this.set({ camera: this.#snapshot.camera.state === 'on' ? OFF : ON }),
        toggleScreen: () => this.share(this.#snapshot.screen.state === 'off' ? new EventTarget() as MediaStream : null),
        chooseCamera: (id) => this.set({ camera: { ...this.#snapshot.camera, deviceId: id } }),
        chooseMicrophone: (id) => this.set({ microphone: { ...this.#snapshot.microphone, deviceId: id } }),
        chooseSpeaker: (id) => this.set({ speakerId: id }),
      },
    };
  }

  set(change: Partial<LocalMediaSnapshot>): void {
    const next = { ...this.#snapshot, ...change };
    this.#snapshot = { ...next, preview: next.camera.state === 'on' ? this.picture : null };
    this.tell();
  }

  turnOn(): void {
    this.set({ camera: ON, microphone: ON });
  }

  /** Shares this picture, or nothing more. */
  share(preview: MediaStream | null): void {
    this.set({ screen: preview === null ? NO_SCREEN : { state: 'on', problem: null, preview } });
  }

  /** The system refuses to share. */
  refuseScreen(problem: ScreenProblem): void {
    this.set({ screen: { ...NO_SCREEN, problem } });
  }

  /** As where pages cannot have a screen. */
  forbidScreen(): void {
    this.set({ actions: { ...this.#snapshot.actions, toggleScreen: null } });
  }

  fail(device: 'camera' | 'microphone', problem: MediaProblem): void {
    this.set({ [device]: { ...OFF, problem } });
  }

  snapshot(): LocalMediaSnapshot {
    return this.#snapshot;
  }

  start(wanted: { readonly camera: boolean; readonly microphone: boolean }): Promise<void> {
    this.started.push(wanted);
    this.set({ camera: wanted.camera ? ON : this.#snapshot.camera, microphone: wanted.microphone ? ON : this.#snapshot.microphone });
    return Promise.resolve();
  }

  watchLevel(listener: (level: number) => void): () => void {
    listener(this.level);
    return () => undefined;
  }

  tracks(): { audio: null; video: null } {
    return { audio: null, video: null };
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A call. */
export class FakeCall extends Changing implements Call {
  isClosed = false;
  readonly received: Event[] = [];
  #snapshot: CallSnapshot;

  constructor(local: LocalMedia, canConnect = true) {
    super();
    this.#snapshot = { canConnect, local: local.snapshot(), ownPicture: null, sendingProblem: null, remotes: [] };
  }

  setRemotes(...remotes: readonly RemoteSnapshot[]): void {
    this.#snapshot = { ...this.#snapshot, remotes };
    this.tell();
  }

  setSendingProblem(sendingProblem: CallSnapshot['sendingProblem']): void {
    this.#snapshot = { ...this.#snapshot, sendingProblem };
    this.tell();
  }

  snapshot(): CallSnapshot {
    return this.#snapshot;
  }

  receive(event: Event): void {
    this.received.push(event);
  }

  stats(): null {
    return null;
  }

  close(): void {
    this.isClosed = true;
  }
}
